"""Where the local system keeps its things. All of it may be deleted when nothing runs."""

import hashlib
import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
STATE = REPOSITORY / ".local"
STACK_FILE = STATE / "stack.json"
TOKENS_FILE = STATE / "tokens.json"
CLOCK_FILE = STATE / "clock"
CDK_ASSEMBLY = STATE / "cdk.out"
CDK_OUTPUTS = STATE / "cdk-outputs.json"
# Each copy of a function unpacks the layer: 1,600 files, which take a disk seconds to write and to remove again. Memory
# that is mounted as a file system takes none, where there is plenty of it.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it belongs to this checkout and user
ENOUGH_MEMORY = 4 * 2**30


def temporary_folder(shared_memory: Path = SHARED_MEMORY) -> Path:
    """Return where the local AWS unpacks functions and layers; the same one as long as nobody mounts anything else."""
    if not os.access(shared_memory, os.W_OK) or shutil.disk_usage(shared_memory).total < ENOUGH_MEMORY:
        return STATE / "tmp"
    return shared_memory / f"antrian-{hashlib.sha256(f'{os.getuid()}:{REPOSITORY}'.encode()).hexdigest()[:12]}"


TEMPORARY = temporary_folder()
