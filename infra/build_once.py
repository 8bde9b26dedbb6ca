"""Builds a folder under `.build` only when its inputs have changed, and never shows half of one."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

KEPT = 3  # a synth that runs beside this one may still be reading an older one


def build_once(builds: Path, digest: Callable[[], str], build: Callable[[Path], None]) -> Path:
    """Return the folder in `builds` that is named after the digest of its inputs, building it when it is not there.

    `build` fills the folder that it gets. What it raises passes through, and leaves nothing behind.
    """
    built = builds / digest()
    if built.exists():
        os.utime(built)
        return built
    builds.mkdir(parents=True, exist_ok=True)
    # Built aside and renamed when complete, so that neither a crash nor a second synth ever shows half of it.
    with tempfile.TemporaryDirectory(prefix=".building-", dir=builds) as aside:
        complete = Path(aside, "complete")
        complete.mkdir()
        build(complete)
        if digest() != built.name:
            return build_once(builds, digest, build)  # a file was saved meanwhile: neither the old state nor the new
        try:
            complete.rename(built)
        except OSError:
            if not built.exists():
                raise
            # Another synth has just built the same: its digest says so.
    for old in sorted(builds.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return built


def digest_of(repository: Path, files: Iterable[Path], more: str) -> str:
    """Return the SHA-256 of these files of the repository, their names included, and of what else matters."""
    digest = hashlib.sha256(more.encode())
    for path in files:
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(repository).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
