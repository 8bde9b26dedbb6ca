"""Builds the layer of the scanner page, which the function `checkin` serves."""

import gzip
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.build_once import build_once, digest_of

# The lock file stands for the packages that go into the page.
INPUTS = ("infra/build_once.py", "infra/scanner_page.py", "package-lock.json")


def build_scanner_page(repository: Path) -> Path:
    """Return the folder of a layer that holds the page as it stands in the repository, building it only when it has to.

    The folder is `.build/scanner/<digest>`, its content the folder `python/antrian_scanner` with each file of the page
    compressed, `.gz` behind its name. Raises subprocess.CalledProcessError when the page cannot be built; the reason is
    printed.
    """

    def digest() -> str:
        return digest_of(repository, _inputs(repository), "")

    def build(layer: Path) -> None:
        package = layer / "python" / "antrian_scanner"
        package.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as page:
            node = Path(sys.executable).with_name("node")
            subprocess.run([node, "scanner/build.mjs", page], cwd=repository, check=True)  # noqa: S603 (our own words only)
            for file in Path(page).iterdir():
                compressed = gzip.compress(file.read_bytes(), mtime=0)
                package.joinpath(f"{file.name}.gz").write_bytes(compressed)

    return build_once(repository / ".build" / "scanner", digest, build)


def _inputs(repository: Path) -> Iterator[Path]:
    for name in INPUTS:
        yield repository / name
    yield from sorted(path for path in (repository / "scanner").rglob("*") if path.is_file())
