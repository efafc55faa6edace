"""Where a run of the tests keeps its folders, and the one that all of its processes share."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 2**31  # bytes
SHARED = "TESTS_SHARED_FOLDER"


def quick() -> Path | None:
    """A place in memory where there is plenty of it, for what need not outlive the run; None: the usual one."""
    if not os.access(MEMORY, os.W_OK):
        return None
    found = os.statvfs(MEMORY)
    return MEMORY if found.f_bavail * found.f_frsize > ENOUGH else None


def open_shared() -> None:
    """Make the run's shared folder and tell the processes started from here; every account may pass through it."""
    folder = tempfile.mkdtemp(prefix="visavis-run-", dir=quick())
    Path(folder).chmod(0o711)
    os.environ[SHARED] = folder


def shared() -> Path:
    """The folder that all processes of this run share."""
    return Path(os.environ[SHARED])


def close_shared() -> None:
    """Remove the run's shared folder."""
    shutil.rmtree(os.environ.pop(SHARED, ""), ignore_errors=True)
