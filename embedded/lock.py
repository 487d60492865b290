"""The lock that lets one embedded AWS at a time use a state directory; the kernel frees it at death."""

import os
import sys
from pathlib import Path


class InUseError(Exception):
    """Another process holds the state directory."""


def acquire(path: Path, create: bool = True) -> int:
    """Lock the file for the life of this process and return its descriptor; InUseError when taken."""
    descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise InUseError(str(path.parent)) from error
    return descriptor


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
