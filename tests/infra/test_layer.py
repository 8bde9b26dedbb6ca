"""What the layer holds, and when it is built again."""

import json
import shutil
import subprocess
import sys
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from infra.layer import HOLIDAY_YEARS, build_layer, national_holidays
from infra.sbom import layer_sbom
from tests.infra.synthesis import REPOSITORY

MOST_BYTES = 25_000_000


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a layer is built from, free to be changed."""
    copy = tmp_path_factory.mktemp("repository")
    for folder in ("infra", "offices", "layers"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture(scope="module")
def layer(repository: Path) -> Path:
    """Return a layer that was just built."""
    return build_layer(repository)


def test_it_is_small_and_pure_python(layer: Path) -> None:
    files = [path for path in layer.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert not [path for path in files if path.suffix in {".so", ".pyd", ".dylib"}]


def test_every_module_comes_compiled_and_with_its_source(layer: Path) -> None:
    sources = list(layer.rglob("*.py"))
    tag = sys.implementation.cache_tag
    missing = [path for path in sources if not (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").exists()]
    assert sources
    assert not missing


def test_what_is_compiled_is_never_compared_with_its_source(layer: Path) -> None:
    for path in layer.rglob("*.pyc"):
        assert path.read_bytes()[4:8] == (1).to_bytes(4, "little"), path


def test_nothing_in_it_tells_where_it_was_built(layer: Path, repository: Path) -> None:
    assert not [path for path in layer.rglob("*.pyc") if str(repository).encode() in path.read_bytes()]


def test_the_functions_find_in_it_what_they_import(layer: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(layer / 'python')!r})\n"
        "import antrian, segno, tzdata, aws_lambda_powertools, antrian_offices\n"
        "for module in antrian, segno, tzdata, aws_lambda_powertools: print(module.__file__)"
    )
    found = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert all(line.startswith(str(layer)) for line in found.stdout.splitlines())


def test_it_holds_no_file_that_nobody_imports(layer: Path) -> None:
    assert not list((layer / "python").glob("*.dist-info"))
    assert not [path for path in layer.rglob("*") if path.name in {"tests", "bin", "share"}]


def test_the_sbom_names_every_package_in_it(layer: Path) -> None:
    ours = {"antrian", "antrian_offices", "__pycache__"}
    modules = {path.stem for path in (layer / "python").iterdir()} - ours
    packages = {canonicalize_name(name) for module in modules for name in packages_distributions()[module]}
    assert packages == {component["name"] for component in json.loads(layer_sbom())["components"]}


def test_it_carries_the_offices_and_the_holidays_of_this_year_and_the_next_ten(layer: Path) -> None:
    offices = layer / "python" / "antrian_offices"
    assert (offices / "bogor.toml").read_bytes() == (REPOSITORY / "offices/bogor.toml").read_bytes()
    holidays = json.loads((offices / "holidays.json").read_text(encoding="utf-8"))
    years = {date.fromisoformat(day).year for day in holidays}
    assert len(years) == HOLIDAY_YEARS
    assert holidays[f"{min(years)}-08-17"] == "Hari Kemerdekaan Republik Indonesia"


def test_holidays_have_the_names_that_applicants_know() -> None:
    holidays = national_holidays(range(2026, 2037))
    assert holidays["2026-12-25"] == "Hari Raya Natal"
    assert list(holidays) == sorted(holidays)
    assert not [name for name in holidays.values() if "perkiraan" in name]


def test_it_is_built_again_only_when_something_that_goes_in_has_changed(
    repository: Path, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delattr("infra.layer._install_dependencies")
        assert build_layer(repository) == layer
    module = repository / "layers/common/src/antrian/added.py"
    module.write_text("ADDED = True\n", encoding="utf-8")
    changed = build_layer(repository)
    assert changed != layer
    assert (changed / "python/antrian/added.py").exists()
    assert not (layer / "python/antrian/added.py").exists()
    module.unlink()
    assert build_layer(repository) == layer


def test_a_file_that_is_saved_while_it_is_built_is_in_it_under_the_right_digest(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = repository / "layers/common/src/antrian/saved.py"

    def install(_: Path, python: Path) -> None:
        python.mkdir(parents=True)
        module.write_text("SAVED = True\n", encoding="utf-8")

    monkeypatch.setattr("infra.layer._install_dependencies", install)
    (repository / "layers/common/src/antrian/__init__.py").write_text('"""Changed."""\n', encoding="utf-8")
    built = build_layer(repository)
    assert (built / "python/antrian/saved.py").exists()
    assert build_layer(repository) == built


def test_a_build_that_fails_leaves_nothing_behind(repository: Path, layer: Path) -> None:
    before = sorted(layer.parent.iterdir())
    module = repository / "layers/common/src/antrian/broken.py"
    module.write_text("def broken(:\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="does not compile"):
        build_layer(repository)
    module.unlink()
    assert sorted(layer.parent.iterdir()) == before
