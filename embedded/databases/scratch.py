"""A directory in memory in which a database is made: a hundred small files, each forced to disk, would take seconds."""

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embedded import lock
from embedded.databases.place import Owner, remove

logger = logging.getLogger("embedded.databases")
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
    folder, held = _begin(memory if roomy else otherwise)
    try:
        inside = folder / "data"
        inside.mkdir(mode=0o700)
        owner.give(folder, inside)
        yield inside
    finally:
        os.close(held)
        remove(folder)


def _begin(where: Path) -> tuple[Path, int]:
    """Return a new directory and its lock, which is held.

    Between its first breath and its lock another process may take it for one that was left, and remove it.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
        with contextlib.suppress(lock.InUseError, FileNotFoundError):
            held = lock.acquire(folder / "lock")
            if (folder / "lock").exists():
                return folder, held
            os.close(held)


def sweep(memory: Path = MEMORY) -> None:
    """Remove the directories of processes that were killed while they made a database.

    Nothing is put into a directory that another process is removing. Nobody needs this done now: what fails is logged.
    """
    for path in list(memory.glob(f"{PREFIX}*/lock")):
        try:
            held = lock.acquire(path, create=False)
            try:
                remove(path.parent)
            finally:
                os.close(held)
        except (lock.InUseError, FileNotFoundError, PermissionError):
            continue  # Another's, or just removed.
        except OSError:
            logger.exception("What a killed process left could not be removed: %s", path.parent)
