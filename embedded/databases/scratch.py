"""A directory in memory in which a database is made: a hundred small files, each forced to disk, would take seconds."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embedded import lock
from embedded.databases.place import Owner, remove

MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 128 * 1024 * 1024
PREFIX = "trellis-making-"


@contextlib.contextmanager
def scratch(owner: Owner, otherwise: Path, memory: Path = MEMORY) -> Iterator[Path]:
    """Yield an empty directory of the owner's, in memory where there is room; it is gone afterwards.

    Who is killed meanwhile leaves it behind, with a lock that nobody holds any more.
    """
    sweep(memory)
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory if roomy else otherwise))
    held = lock.acquire(folder / "lock")
    try:
        inside = folder / "data"
        inside.mkdir(mode=0o700)
        owner.give(folder, inside)
        yield inside
    finally:
        os.close(held)
        remove(folder)


def sweep(memory: Path = MEMORY) -> None:
    """Remove the directories of processes that were killed while they made a database."""
    for path in memory.glob(f"{PREFIX}*/lock"):
        folder = path.parent
        with contextlib.suppress(lock.InUseError, FileNotFoundError, PermissionError):  # another's, or just removed
            os.close(lock.acquire(path))
            remove(folder)
