"""Many objects as one zip, made while it is sent: nothing is held, nothing touches the disk."""

import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.service import media, names
from app.blueprints.s3.service.downloads import PIECE

MISSING = "_missing.txt"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time
_PACKED = ("text/", "application/json", "application/xml", "image/svg+xml", "application/javascript")


class _Sink:
    """What zipfile writes to: not seekable, emptied after each piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is given away by take()."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


@dataclass(frozen=True)
class _Missing:
    key: str
    reason: str


class Archive:
    """Chosen objects and folders of a bucket as a zip; iterating gives its bytes.

    An object that cannot be read is named in `_missing.txt`; where none can be, the first failure is raised before the
    first byte. A connection that breaks in the middle of an object breaks the zip: a damaged file is worse than none.
    """

    def __init__(self, client: Any, bucket: str, keys: list[str], folders: list[str]):
        self._client, self._bucket, self._keys, self._folders = client, bucket, keys, folders
        self.root = _root([*keys, *folders])
        self._taken: set[str] = set()
        self._missing: list[_Missing] = []
        self._failure: ClientError | None = None

    def __iter__(self) -> Generator[bytes, None, None]:
        sink = _Sink()
        written = False
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:  # type: ignore[call-overload]
            for key in self._all_keys():
                answer = self._open(key)
                if answer is not None:
                    written = True
                    with closing(answer["Body"]):
                        yield from self._entry(made, sink, key, answer)
            if not written and self._failure:
                raise self._failure
            self._note_missing(made)
        yield sink.take()

    def _all_keys(self) -> Iterator[str]:
        seen = set()
        for key in self._keys:
            seen.add(key)
            yield key
        for folder in self._folders:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder)
            for page in pages:
                for entry in page.get("Contents", []):
                    if entry["Key"] not in seen and not (entry["Key"].endswith("/") and not entry["Size"]):
                        yield entry["Key"]

    def _open(self, key: str) -> Any:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                raise
            self._failure = self._failure or error
            self._missing.append(_Missing(key, error.response["Error"].get("Message") or str(error)))
            return None

    def _entry(self, made: zipfile.ZipFile, sink: _Sink, key: str, answer: Any) -> Iterator[bytes]:
        body, length = answer["Body"], answer["ContentLength"]
        piece = body.read(PIECE) if length else b""
        entry = zipfile.ZipInfo(self._name(key), _when(answer.get("LastModified")))
        entry.compress_type = _packing(media.kind_of(piece, key).type)
        entry.file_size = length  # zipfile decides by it whether the entry needs ZIP64
        entry.external_attr = 0o644 << 16
        with made.open(entry, "w") as out:
            while piece:
                out.write(piece)
                yield sink.take()
                piece = body.read(PIECE)
        yield sink.take()

    def _name(self, key: str) -> str:
        """Return a harmless name that no other entry has."""
        wanted = names.clean(key.removeprefix(self.root)).path or "object"
        name, number = wanted, 2
        while name.casefold() in self._taken:  # Windows and macOS do not tell A from a
            name, number = names.numbered(wanted, number), number + 1
        self._taken.add(name.casefold())
        return name

    def _note_missing(self, made: zipfile.ZipFile) -> None:
        if self._missing:
            lines = ["These objects could not be read and are not in this archive:", ""]
            lines += [f"{entry.key!r}: {entry.reason}" for entry in self._missing]
            made.writestr(self._name(self.root + MISSING), "\n".join(lines) + "\n")


def _root(chosen: list[str]) -> str:
    """Return the folder that everything chosen lies in, "" for the bucket itself."""
    parents = [key.rstrip("/").rpartition("/")[0] for key in chosen]
    split = [parent.split("/") if parent else [] for parent in parents]
    common = []
    for level in zip(*split, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return "/".join(common) + "/" if common else ""


def _packing(kind: str) -> int:
    """Return the method for a type: pictures are packed already, text is worth it."""
    return zipfile.ZIP_DEFLATED if kind.startswith(_PACKED) else zipfile.ZIP_STORED


def _when(moment: datetime | None) -> tuple[int, int, int, int, int, int]:
    if moment is None or moment.year < EARLIEST[0]:
        return EARLIEST
    utc = moment.astimezone(UTC)
    return (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
