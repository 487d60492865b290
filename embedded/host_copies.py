"""S3's copies and versions: bytes that are on disk already are shared, not read (private names, like host.py).

The emulator reads the whole source of a copy, of an object that a newer version displaces and of a version that is the
newest again, and writes it once more, while nobody else is answered. An object's file is never written again, only
replaced, so that several objects and versions may be links to one. What must be read, for a checksum that a copy asks
for, is read in pieces in a thread: the copy ends with Unreckoned before it has changed anything, and begins again.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from embedded import assembly, host_crc
from embedded.assembly import Stored
from embedded.host_sums import Answer

Key = tuple[Any, ...]  # which bytes, and which checksum
_ALGORITHM = "x-amz-checksum-algorithm"
_SMALL = 1024 * 1024  # bytes; below it a thread costs more than the sum

# Filled while bodies are to be shared; emptied, not only unset: tasks that were started meanwhile took it along.
_sharing: ContextVar[list[bool] | None] = ContextVar("sharing", default=None)
_sums: ContextVar[dict[Key, str] | None] = ContextVar("sums", default=None)


class Unreckoned(Exception):
    """A checksum of a file that nobody has reckoned yet."""

    def __init__(self, name: str, stored: Stored) -> None:
        super().__init__(name)
        self.name = name
        self.file = open(stored.path, "rb", buffering=0)  # noqa: SIM115,PTH123 - closed by reckoned
        told = os.fstat(self.file.fileno())
        self.size = told.st_size
        self.key: Key = (name, told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)

    def reckoned(self) -> str:
        """Return the checksum, in base64."""
        with self.file:
            return host_crc.of_file(self.name, self.file)


class Copies:
    """Copies and versions of the emulator's S3."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self._request, self._copy = s3.handle_request, s3._copy_object
        self._delete, self._keep_null = s3._delete_object_version, s3._preserve_null_version
        self._read, self._read_version, self._reckon = s3._read_body, s3._version_body, s3._compute_s3_checksum

    def install(self) -> None:
        """Stand between the emulator's operations and the files."""
        s3 = self._s3
        s3.handle_request, s3._copy_object = self._handle, self._copied
        s3._delete_object_version, s3._preserve_null_version = self._deleted, self._kept
        s3._persist_displaced_version, s3._compute_s3_checksum = self._displaced, self._sum
        s3._read_body, s3._version_body = self._body, self._body_of_version

    async def _handle(self, method: str, *given: Any, **options: Any) -> Answer:
        """Answer one request to S3, again when a checksum is there that it needed."""
        account, known, token = self._s3.get_account_id(), dict[Key, str](), None
        if method == "PUT":
            token = _sums.set(known)
        try:
            while True:
                try:
                    answer: Answer = await self._request(method, *given, **options)
                    return answer
                except Unreckoned as missing:
                    known[missing.key] = await asyncio.to_thread(missing.reckoned)
                    self._s3.set_request_account_id(account)  # the bucket's owner may have taken its place
        finally:
            if token is not None:
                _sums.reset(token)

    def _copied(self, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        """Copy as the emulator does, with the checksum that is asked for by name; tell the copy's checksums."""
        if named := headers.get(_ALGORITHM):
            headers = {"x-amz-sdk-checksum-algorithm": named, **headers}
        objects = (self._s3._buckets.get(bucket) or {"objects": {}})["objects"]
        before = objects.get(key)
        try:
            with _shared():
                status, told, body = self._copy(bucket, key, headers)
        except OSError:  # a full disk: what was there is there
            objects.pop(key, None)
            objects.update({} if before is None else {key: before})
            raise
        if status == 200:
            sums = objects[key]["checksums"].items()
            more = "".join(f"<Checksum{name}>{value}</Checksum{name}>" for name, value in sums)
            body = body.replace(b"</CopyObjectResult>", f"{more}</CopyObjectResult>".encode())
        return status, told, body

    def _deleted(self, *given: Any) -> Any:
        with _shared():
            return self._delete(*given)

    def _kept(self, *given: Any) -> None:
        with _shared():
            self._keep_null(*given)

    def _displaced(self, bucket: str, key: str, prior: dict[str, Any] | None, versioning: str) -> None:
        """Keep the bytes of a version that is not the newest any more; an error here is one of the request."""
        if versioning == "Suspended":
            self._s3._delete_version_file(bucket, key, "null")
        version = (prior or {}).get("version_id") or "null"
        if prior is None or (versioning == "Suspended" and version == "null"):
            return
        source, path = self._s3._object_disk_path(bucket, key), self._s3._version_disk_path(bucket, key, version)
        if path is not None and os.path.isfile(source) and not Stored(source).is_at(path):  # noqa: PTH113
            assembly.share(Stored(source), f"{path}.tmp")
            os.replace(f"{path}.tmp", path)  # noqa: PTH105

    def _body(self, bucket: str, key: str, record: dict[str, Any]) -> Any:
        path = self._s3._object_disk_path(bucket, key) if _sharing.get() and record.get("body") is None else None
        return Stored(path) if path and os.path.isfile(path) else self._read(bucket, key, record)  # noqa: PTH113

    def _body_of_version(self, bucket: Any, name: str, key: str, version: dict[str, Any]) -> Any:
        shared = _sharing.get() and version.get("data") is None
        path = self._s3._version_disk_path(name, key, version["version_id"]) if shared else None
        if path and os.path.isfile(path):  # noqa: PTH113
            return Stored(path)
        return self._read_version(bucket, name, key, version)

    def _sum(self, name: str, body: Any) -> str | None:
        if not isinstance(body, Stored):
            found: str | None = self._reckon(name, body)
            return found
        missing, known = Unreckoned(name.upper().replace("_", ""), body), _sums.get()
        if known is None or missing.size < _SMALL:
            return missing.reckoned()
        if missing.key in known:
            missing.file.close()
            return known[missing.key]
        raise missing


@contextmanager
def _shared() -> Iterator[None]:
    """Let bodies be told as the files they are in."""
    mark = [True]
    token = _sharing.set(mark)
    try:
        yield
    finally:
        mark.clear()
        _sharing.reset(token)
