# ruff: noqa: PTH103, PTH108, PTH123
# The emulator's paths are texts.
"""The bytes of S3's objects on disk: parts written aside and put together into one file, files that objects share."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from typing import BinaryIO

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_CHUNK = 16 * 1024 * 1024


class Part(bytes):
    """Stands for a part whose bytes lie on disk: as long as they are, with their MD5, and nothing in memory."""

    path: str
    size: int
    etag: str

    def __new__(cls, path: str, size: int, etag: str) -> "Part":
        """Describe a file."""
        made = super().__new__(cls)
        made.path, made.size, made.etag = path, size, etag
        return made

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True

    def digest(self) -> bytes:
        """Return the MD5 of the bytes: what the emulator's S3 makes the whole object's ETag of."""
        return bytes.fromhex(self.etag.strip('"'))


class Whole:
    """Parts put together in one file, which is moved to where the object lies."""

    def __init__(self, path: str, parts: Sequence[Part]) -> None:
        self.path, self.kind = path, ""  # of its checksum
        self.sizes = [part.size for part in parts]

    @property
    def size(self) -> int:
        """Bytes of them all."""
        return sum(self.sizes)


class Stored:
    """Stands for bytes that lie in an object's file, which is never written again, only replaced: it may be shared."""

    def __init__(self, path: str) -> None:
        self.path = path

    def is_at(self, path: str) -> bool:
        """Whether another path names these very bytes."""
        return os.path.exists(path) and os.path.samefile(self.path, path)  # noqa: PTH110,PTH121


def share(stored: Stored, path: str) -> None:
    """Let a new path name these bytes too; where the file system has no links, copy them."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH120
    remove([path])
    try:
        os.link(stored.path, path)
    except OSError:
        with open(stored.path, "rb", buffering=0) as source, _opened(path) as target:
            _append(source, target, os.fstat(source.fileno()).st_size)


def write(directory: str, data: bytes) -> str:
    """Write bytes to a new file of this directory; return its path."""
    path = _new(directory)
    with _opened(path) as file:
        file.write(data)
    return path


def join(directory: str, parts: Sequence[Part]) -> Whole:
    """Put parts together in a new file of this directory: inside the kernel where it can, nothing of it in memory."""
    whole = Whole(_new(directory), parts)
    with _opened(whole.path) as target:
        for part in parts:
            with open(part.path, "rb", buffering=0) as source:
                _append(source, target, part.size)
    return whole


def remove(paths: Iterable[str]) -> None:
    """Remove files, those that are gone already among them."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def empty(directory: str) -> None:
    """Make the directory, without what a process left that is gone."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory, mode=0o700, exist_ok=True)


def _new(directory: str) -> str:
    return os.path.join(directory, secrets.token_hex(16))  # noqa: PTH118


def _opened(path: str) -> BinaryIO:
    return os.fdopen(os.open(path, _FLAGS, 0o600), "wb", buffering=0)


def _append(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Append a whole file to another."""
    left = size
    try:
        while left and (done := os.copy_file_range(source.fileno(), target.fileno(), min(left, _CHUNK))):
            left -= done
    except (AttributeError, OSError):  # not on this system, or not between these files
        pass
    while chunk := source.read(_CHUNK):
        target.write(chunk)
