"""What the layer of the scanner page holds, and when it is built again."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from checkin.page import CONTENT_TYPES, HASHED
from infra.scanner_page import build_scanner_page
from tests.infra.synthesis import REPOSITORY

# Without the decoder, which is loaded while the officer signs in.
MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the page is built from, free to be changed."""
    copy = tmp_path_factory.mktemp("repository")
    for folder in ("infra", "scanner"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(REPOSITORY / name, copy / name)
    (copy / "node_modules").symlink_to(REPOSITORY / "node_modules")
    return copy


@pytest.fixture(scope="module")
def layer(repository: Path) -> Path:
    """Return a layer that was just built."""
    return build_scanner_page(repository)


@pytest.fixture(scope="module")
def files(layer: Path) -> dict[str, bytes]:
    """Return what is in it, compressed as it is, by the names under which the page asks for it."""
    assert [path.name for path in layer.iterdir()] == ["python"]
    assert [path.name for path in (layer / "python").iterdir()] == ["antrian_scanner"]
    folder = layer / "python" / "antrian_scanner"
    return {path.name.removesuffix(".gz"): path.read_bytes() for path in folder.iterdir()}


def test_every_file_is_of_a_kind_that_is_served(files: dict[str, bytes]) -> None:
    assert {"index.html", "sw.js", "manifest.webmanifest"} <= files.keys()
    assert {Path(name).suffix for name in files} <= CONTENT_TYPES.keys()


def test_every_file_that_the_document_names_is_there_and_never_changes(files: dict[str, bytes]) -> None:
    document = gzip.decompress(files["index.html"]).decode()
    named = set(re.findall(r'(?:src|href)="scanner/([^"]+)"', document))
    assert {Path(name).suffix for name in named} >= {".css", ".js"}
    assert named <= files.keys()
    assert all(HASHED.search(name) for name in named if Path(name).suffix in {".css", ".js"})


def test_the_document_has_one_place_for_the_settings_and_no_script_of_its_own(files: dict[str, bytes]) -> None:
    document = gzip.decompress(files["index.html"]).decode()
    assert document.count("@settings@") == 1
    scripts = re.findall(r"<script[^>]*>", document)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", document)


def test_document_styles_and_manifest_point_nowhere_else(files: dict[str, bytes]) -> None:
    for name, compressed in files.items():
        if Path(name).suffix in {".css", ".html", ".webmanifest"}:
            # The name of SVG looks like an address and is none.
            assert not re.search(rb"https?://(?!www\.w3\.org/2000/svg)", gzip.decompress(compressed)), name


def test_it_is_small_without_the_decoder(files: dict[str, bytes]) -> None:
    assert sum(len(content) for name, content in files.items() if not name.endswith(".wasm")) < MOST_BYTES


def test_the_same_sources_always_give_the_same_bytes(repository: Path, layer: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(layer)
    assert build_scanner_page(repository) == layer
    folder = layer / "python" / "antrian_scanner"
    assert {path.name.removesuffix(".gz"): path.read_bytes() for path in folder.iterdir()} == files
    assert {content[4:8] for content in files.values()} == {bytes(4)}  # where gzip would tell the time


def test_it_is_built_again_only_when_something_that_goes_in_has_changed(
    repository: Path, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delattr("infra.scanner_page.subprocess.run")
        assert build_scanner_page(repository) == layer
    style = repository / "scanner/src/page.css"
    before = style.read_text(encoding="utf-8")
    style.write_text(before + "\n.added { color: red }\n", encoding="utf-8")
    changed = build_scanner_page(repository)
    assert changed != layer
    assert any(b".added" in gzip.decompress(path.read_bytes()) for path in changed.rglob("*.css.gz"))
    style.write_text(before, encoding="utf-8")
    assert build_scanner_page(repository) == layer


def test_a_build_that_fails_leaves_nothing_behind(repository: Path, layer: Path) -> None:
    before = sorted(layer.parent.iterdir())
    broken = repository / "scanner/src/page.css"
    right = broken.read_text(encoding="utf-8")
    broken.unlink()
    with pytest.raises(subprocess.CalledProcessError):
        build_scanner_page(repository)
    broken.write_text(right, encoding="utf-8")
    assert sorted(layer.parent.iterdir()) == before
