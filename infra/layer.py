"""Builds the layer that the five functions share, without Docker: all of it is pure Python."""

import compileall
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from py_compile import PycInvalidationMode

import holidays
import uv

from infra.build_once import build_once, digest_of

HOLIDAY_YEARS = 11  # this year and the next ten: a stack that nobody deploys for years still knows them


def build_layer(repository: Path) -> Path:
    """Return the folder of a layer that holds what stands in the repository now, building it only when it has to.

    The folder is `.build/layer/<digest>`, its name the SHA-256 of everything that goes in, its content one folder
    `python`. Raises subprocess.CalledProcessError when a dependency cannot be installed.
    """
    first_year = datetime.now(UTC).year
    years = range(first_year, first_year + HOLIDAY_YEARS)

    def digest() -> str:
        more = f"{sys.version_info[:2]} {years} {version('holidays')}"
        return digest_of(repository, _inputs(repository), more)

    def build(layer: Path) -> None:
        python = layer / "python"
        _install_dependencies(repository, python)
        shutil.copytree(
            repository / "layers/common/src/antrian", python / "antrian", ignore=shutil.ignore_patterns("__pycache__")
        )
        _bake_offices(repository, python / "antrian_offices", years)
        _compile(python)

    return build_once(repository / ".build" / "layer", digest, build)


def national_holidays(years: range) -> Mapping[str, str]:
    """Return Indonesia's public holidays, ISO date to Indonesian name, in order of date."""
    calendar = holidays.country_holidays("ID", years=years, language="id")
    # "perkiraan": the library's estimate of a date that follows the moon, until the government publishes it.
    return {day.isoformat(): calendar[day].replace(" (perkiraan)", "") for day in sorted(calendar)}


def _inputs(repository: Path) -> Iterator[Path]:
    yield repository / "infra/build_once.py"
    yield repository / "infra/layer.py"
    yield _lock(repository)
    yield from sorted((repository / "offices").glob("*.toml"))
    for path in sorted((repository / "layers/common/src/antrian").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _lock(repository: Path) -> Path:
    return repository / "layers/common/requirements.lock"


def _install_dependencies(repository: Path, python: Path) -> None:
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--quiet", "--link-mode=copy"]
    places = [f"--python={sys.executable}", f"--target={python}", f"--requirement={_lock(repository)}"]
    command = [uv.find_uv_bin(), "pip", "install", *options, *places]
    subprocess.run(command, check=True)  # noqa: S603 (our own words only)
    # Lambda imports nothing of this: installers' records, command lines and their manual pages.
    for ballast in [*python.glob("*.dist-info"), python / "bin", python / "share"]:
        shutil.rmtree(ballast, ignore_errors=True)
    python.joinpath(".lock").unlink(missing_ok=True)


def _bake_offices(repository: Path, folder: Path, years: range) -> None:
    folder.mkdir()
    for path in sorted((repository / "offices").glob("*.toml")):
        shutil.copyfile(path, folder / path.name)
    text = json.dumps(national_holidays(years), ensure_ascii=False, indent=1)
    folder.joinpath("holidays.json").write_text(text + "\n", encoding="utf-8")


def _compile(python: Path) -> None:
    # Without .pyc files a cold start takes twice as long. They are unchecked, because unpacking changes the sources'
    # times, and without this machine's path, so that a traceback reads alike wherever the layer was built.
    complete = compileall.compile_dir(
        python,
        quiet=1,
        stripdir=str(python),
        prependdir="/opt/python",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        optimize=0,
    )
    if not complete:
        raise RuntimeError(f"the layer was not built: a source under {python} does not compile; its error is above")
