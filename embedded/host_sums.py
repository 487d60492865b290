"""S3's checksums: reckoned beside the event loop, of the whole object where AWS says so (private names, like host.py).

The emulator reckons MD5 and checksums while nobody else is answered, and calls every checksum of a multipart
upload composite, which CRC64NVME never is on AWS.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

from embedded import crc
from embedded.assembly import Part, Whole

Answer = tuple[int, dict[str, str], Any]
FULL, COMPOSITE = "FULL_OBJECT", "COMPOSITE"
_HEADER = "x-amz-checksum-"
_LARGE = 1024 * 1024  # bytes; below it a thread costs more than the sums


class Known(NamedTuple):
    """A body whose sums are reckoned."""

    body: bytes
    md5: Any
    sums: Mapping[str, str | None]


_known: ContextVar[Known | None] = ContextVar("known", default=None)


class _Hashes:
    """Stands in for hashlib in the emulator's S3."""

    def __getattr__(self, name: str) -> Any:
        return getattr(hashlib, name)

    def md5(self, data: bytes = b"", **options: Any) -> Any:
        """Return the MD5 of data, the known one where there is one."""
        known = _known.get()
        if known is not None and data is known.body:
            return known.md5
        return data if isinstance(data, Part) else hashlib.md5(data, **options)  # noqa: S324 - S3's ETag


class Sums:
    """The checksums of the emulator's S3."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self._reckon, self._create = s3._compute_s3_checksum, s3._create_multipart_upload
        self._composite, self._attributes = s3._composite_checksum, s3._get_object_attributes
        # What is completed now: its parts' bytes, if its checksum is one of the whole.
        self._sizes: list[int] | None = None

    def install(self) -> None:
        """Stand between the emulator's S3 and its sums."""
        hashes = _Hashes()
        self._s3.hashlib = hashes
        self._s3.md5_hash = lambda data: hashes.md5(data).hexdigest()
        self._s3._compute_s3_checksum, self._s3._create_multipart_upload = self._sum, self._created
        self._s3._composite_checksum, self._s3._get_object_attributes = self._of_parts, self._told

    async def knowing(
        self, body: bytes, headers: Mapping[str, str], more: str, go: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Do what needs the sums of a body with them reckoned beforehand; `more` is a checksum besides the headers'."""
        if len(body) < _LARGE:
            return await go()
        names = {name.removeprefix(_HEADER) for name in headers if name.startswith(_HEADER)}
        names |= {headers.get("x-amz-sdk-checksum-algorithm", ""), more}
        token = _known.set(await asyncio.to_thread(self._all, body, {name.upper() for name in names if name}))
        try:
            return await go()
        finally:
            _known.reset(token)

    def _all(self, body: bytes, names: set[str]) -> Known:
        sums = {name: self._reckon(name, body) for name in names}
        return Known(body, hashlib.md5(body), sums)  # noqa: S324

    def _sum(self, name: str, body: bytes) -> str | None:
        known = _known.get()
        if known is not None and body is known.body and (name or "").upper() in known.sums:
            return known.sums[name.upper()]
        found: str | None = self._reckon(name, body)
        return found

    def complete(self, record: dict[str, Any], whole: Whole | None, go: Callable[[], Answer]) -> Answer:
        """Complete an upload, with the checksum of its type."""
        full = record.get("checksum_type") == FULL and whole is not None
        self._sizes = whole.sizes if full and whole is not None else None
        try:
            status, headers, body = go()
        finally:
            self._sizes = None
        return status, headers, body.replace(_type(COMPOSITE), _type(FULL)) if full else body

    def _of_parts(self, name: str | None, sums: list[str | None]) -> str | None:
        if self._sizes is None or not name:
            found: str | None = self._composite(name, sums)
            return found
        pairs = [(value, size) for value, size in zip(sums, self._sizes, strict=True) if value]
        return crc.of_whole(name, pairs) if len(pairs) == len(sums) else None

    def _created(self, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        """Begin an upload; the type of its checksum is the one asked for, else its algorithm's own."""
        named, asked = headers.get(f"{_HEADER}algorithm", "").upper(), headers.get(f"{_HEADER}type", "").upper()
        if refused := _refusal(named, asked):
            told: Answer = self._s3._error("InvalidRequest", refused, 400)
            return told
        answer: Answer = self._create(bucket, key, headers)
        if answer[0] == 200 and named:
            kind = asked or (FULL if named == "CRC64NVME" else COMPOSITE)
            answer[1][f"{_HEADER}type"] = kind
            (id,) = (one.text for one in self._s3.fromstring(answer[2]).iter() if one.tag.endswith("UploadId"))
            self._s3._multipart_uploads[id]["checksum_type"] = kind
        return answer

    def _told(self, bucket: str, key: str, *given: Any) -> Answer:
        answer: Answer = self._attributes(bucket, key, *given)
        record = (self._s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key) or {}
        if answer[0] != 200 or record.get("checksum_type") != FULL:
            return answer
        return answer[0], answer[1], answer[2].replace(_type(COMPOSITE), _type(FULL))


def _type(kind: str) -> bytes:
    return f"<ChecksumType>{kind}<".encode()


def _refusal(named: str, asked: str) -> str:
    if not asked:
        return ""
    if not named:
        return "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
    if asked not in (FULL, COMPOSITE):
        return "Value for x-amz-checksum-type header is invalid."
    fits = named in crc.NAMES if asked == FULL else named != "CRC64NVME"
    return "" if fits else f"The {asked} checksum type cannot be used with the {named.lower()} checksum algorithm."
