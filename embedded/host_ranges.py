"""S3's reads: what is asked for is read, in pieces (private names of the emulator, like host.py).

The emulator reads the whole object into memory for every read and every range; a client that fetches a large file in
ranges, as boto3 and the AWS CLI do, would read it as often as it has ranges. Here a range is cut out of a mapped file,
and a large object is sent piece by piece. Ranges of versions, which the emulator takes no notice of, are cut here.
"""

import asyncio
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, BinaryIO

from embedded.asgi import Receive, Send

_SMALL = 1024 * 1024  # bytes; below it a mapping costs more than reading
_LARGE = 8 * 1024 * 1024  # bytes; from here on an object is not held to be sent
_PIECE = 1024 * 1024

_WHOLE, _CUT, _SENT = "whole", "cut", "sent"
# What a body is read for: to be cut, to be sent, or (by the emulator's other services) to be had whole.
_purpose: ContextVar[str] = ContextVar("purpose", default=_WHOLE)
_served: ContextVar[bool] = ContextVar("served", default=False)


class Reads:
    """Reading of the emulator's S3."""

    def __init__(self, s3: Any, streaming: Any) -> None:
        self._s3, self._streaming = s3, streaming
        self._dispatch, self._get, self._copy_part = s3._dispatch, s3._get_object, s3._upload_part_copy
        self._read_body, self._version_body = s3._read_body, s3._version_body

    def install(self) -> None:
        """Stand between the emulator's operations and the files."""
        self._s3._dispatch = self._answered
        self._s3._get_object, self._s3._upload_part_copy = self._got, self._copied
        self._s3._read_body, self._s3._version_body = self._body, self._body_of_version

    def _answered(self, method: str, *given: Any) -> Any:
        """Answer a request: only then may a body be sent as it is read."""
        with _set(_served, method == "GET"):
            return self._dispatch(method, *given)

    def _got(self, bucket: str, key: str, headers: dict[str, str], parameters: Any = None) -> Any:
        numbered = "partNumber" in (parameters or {})
        ranged = bool(headers.get("range")) and not numbered
        whole = _SENT if _served.get() and not numbered else _WHOLE
        with _set(_purpose, _CUT if ranged else whole):
            answer = self._get(bucket, key, headers, parameters)
        of_version = ranged and "versionId" in (parameters or {}) and answer[0] == 200
        return self._cut(bucket, key, headers["range"], *answer[1:]) if of_version else answer

    def _cut(self, bucket: str, key: str, wanted: str, headers: dict[str, str], body: Any) -> Any:
        """Answer with a range of a version as the emulator answers with one of an object."""
        size, found = len(body), self._s3._parse_range(wanted, len(body))
        if found is None:
            said = {"Content-Type": "application/xml", "Content-Range": f"bytes */{size}"}
            return 416, said, self._s3._xml_body(self._s3._range_error_xml(bucket, key))
        first, last = found
        kept = {name: value for name, value in headers.items() if not name.lower().startswith("x-amz-checksum-")}
        kept |= {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{size}"}
        return 206, kept, body[first : last + 1]

    def _copied(self, *given: Any) -> Any:
        """Copy a part: a range of the source as a rule."""
        with _set(_purpose, _CUT):
            return self._copy_part(*given)

    def _body(self, bucket: str, key: str, record: dict[str, Any]) -> Any:
        if record.get("body") is not None or not _apart(record["size"]):
            return self._read_body(bucket, key, record)
        return self._opened(self._s3._object_disk_path(bucket, key))

    def _body_of_version(self, bucket: Any, name: str, key: str, version: dict[str, Any]) -> Any:
        path = self._s3._version_disk_path(name, key, version["version_id"])
        if version.get("data") is None and _apart(version["size"]) and path and os.path.isfile(path):  # noqa: PTH113
            return self._opened(path)
        return self._version_body(bucket, name, key, version)

    def _opened(self, path: str) -> Any:
        file = open(path, "rb")  # noqa: PTH123,SIM115 - the emulator's paths are texts; closed by whoever reads
        if _purpose.get() == _SENT:
            return self._streaming(lambda send, receive: send_file(file, send, receive))
        with file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def install(s3: Any) -> None:
    """Let the emulator read no more than it was asked for."""
    from ministack.core.responses import StreamingResponse

    Reads(s3, StreamingResponse).install()


def _apart(size: int) -> bool:
    """Whether a body of that many bytes is not to be held in memory."""
    purpose = _purpose.get()
    return (purpose == _CUT and size >= _SMALL) or (purpose == _SENT and size >= _LARGE)


async def send_file(file: BinaryIO, send: Send, receive: Receive) -> None:
    """Send a file, as long as somebody is there to take it."""
    left = asyncio.create_task(_left(receive))
    try:
        with file:
            while not left.done() and (piece := await asyncio.to_thread(file.read, _PIECE)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not left.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        left.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
