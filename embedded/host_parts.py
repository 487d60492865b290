"""S3's multipart uploads, whatever their size (private names of the emulator, like host.py).

The emulator keeps parts in memory and joins them there, while nobody else is answered. Here each part is written to
disk as it comes, and the parts are put together in a thread; the emulator's own code then makes the object, from parts
that say how long they are and what their MD5 is, and its file is moved in. What AWS refuses and the emulator would
take is refused: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from embedded import assembly
from embedded.assembly import Part, Stored, Whole
from embedded.host_sums import Answer, Sums

SMALLEST = 5 * 1024 * 1024  # bytes of every part but the last
_MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"
_ORDER = "The list of parts was not in ascending order. The parts list must be specified in order by part number."
_SMALL = "Your proposed upload is smaller than the minimum allowed object size."

# The parts of the upload that is completed now, put together.
_whole: ContextVar[Whole | None] = ContextVar("whole", default=None)


class _Upload:
    """An upload with parts on disk: the emulator's own record of it, and whether it is being completed or aborted."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record, self.ending = record, asyncio.Lock()
        self.replaced: list[str] = []

    def files(self) -> list[str]:
        """Return every file of the upload."""
        return [part["body"].path for part in self.record["parts"].values()] + self.replaced

    def replace(self, part: Part) -> None:
        """Let go of a part that was stored anew, unless it is being read."""
        if self.ending.locked():
            self.replaced.append(part.path)
        else:
            assembly.remove([part.path])

    def part(self, number: int) -> Part | None:
        """Return a part, None when there is none of that number."""
        found: Part | None = self.record["parts"].get(number, {}).get("body")
        return found


class Parts:
    """Multipart uploads of the emulator's S3."""

    def __init__(self, s3: Any, sums: Sums, directory: Path) -> None:
        self._s3, self._sums, self._directory = s3, sums, str(directory)
        self._uploads: dict[str, _Upload] = {}
        self._request, self._complete = s3.handle_request, s3._complete_multipart_upload
        self._replicate = s3._maybe_replicate
        # What the emulator makes an object of right now.
        self._moving: Whole | None = None
        assembly.empty(self._directory)

    def install(self) -> None:
        """Stand between the emulator's requests and its S3."""
        self._s3.handle_request = self._handle
        self._s3._complete_multipart_upload = self._checked
        self._s3._maybe_replicate = self._described

    async def _handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, parameters: dict[str, Any], **options: Any
    ) -> Answer:
        """Answer one request to S3."""

        def go() -> Awaitable[Answer]:
            answer: Awaitable[Answer] = self._request(method, path, headers, body, parameters, **options)
            return answer

        named = parameters.get("uploadId", [""])[0]
        if named and method in ("POST", "DELETE"):
            return await self._ended(named, method, body, go)
        if method != "PUT":
            return await go()
        copies = "x-amz-copy-source" in headers or "x-amz-copy-source" in parameters
        algorithm = (self._s3._multipart_uploads.get(named) or {}).get("checksum_algorithm") if named else ""

        async def stored() -> Answer:
            return await self._part(named, _number(parameters), None if copies else body, go) if named else await go()

        answer: Answer = await self._sums.knowing(body, headers, algorithm or "", stored)
        return answer

    async def _part(self, named: str, number: int, body: bytes | None, go: Callable[[], Awaitable[Answer]]) -> Answer:
        """Store a part: its bytes go to disk before the emulator looks at them, those of a copy after it read them."""
        path = "" if body is None else await asyncio.to_thread(assembly.write, self._directory, body)
        # Looked up now: another upload of the same part may have been faster.
        upload = self._uploads.get(named)
        replaced = upload.part(number) if upload else None
        answer = await go()
        kept = answer[0] == 200 and self._keep(named, number, path)
        if not kept:
            assembly.remove([path] if path else [])
        elif replaced is not None and upload is not None:
            upload.replace(replaced)
        return answer

    def _keep(self, named: str, number: int, path: str) -> bool:
        """Put what stands for the file where the emulator has the bytes; return whether it took them."""
        record = self._s3._multipart_uploads.get(named)
        part = record["parts"].get(number) if record else None
        if part is None or isinstance(part["body"], Part):
            return False
        if not path:
            path = assembly.write(self._directory, part["body"])
            if name := record.get("checksum_algorithm"):
                part["checksums"] = {name: self._s3._compute_s3_checksum(name, part["body"])}
        part["body"] = Part(path, part["size"], part["etag"])
        self._uploads.setdefault(named, _Upload(record))
        return True

    async def _ended(self, named: str, method: str, body: bytes, go: Callable[[], Awaitable[Answer]]) -> Answer:
        """Complete or abort an upload, once whoever asked the same before is answered."""
        upload = self._uploads.get(named)
        if upload is None:
            return await go()
        async with upload.ending:
            if named not in self._uploads or method == "DELETE":
                answer = await go()
            else:
                answer = await self._completed(upload, body, go)
            if answer[0] < 300 and self._uploads.pop(named, None) is not None:
                await asyncio.to_thread(assembly.remove, upload.files())
        return answer

    async def _completed(self, upload: _Upload, body: bytes, go: Callable[[], Awaitable[Answer]]) -> Answer:
        whole = await self._joined(upload, body)
        token = _whole.set(whole)
        try:
            return await go()
        finally:
            _whole.reset(token)
            # It was moved away unless the upload was refused.
            assembly.remove([whole.path] if whole else [])

    async def _joined(self, upload: _Upload, body: bytes) -> Whole | None:
        """Put the named parts together; None when there is nothing to put together."""
        numbers = self._numbers(body) or []
        while parts := [part for number in numbers if (part := upload.part(number))]:
            if len(parts) < len(numbers):
                return None
            whole = await asyncio.to_thread(assembly.join, self._directory, parts)
            if all(part is upload.part(number) for part, number in zip(parts, numbers, strict=True)):
                return whole
            assembly.remove([whole.path])  # a part was stored anew meanwhile
        return None

    def _numbers(self, body: bytes) -> list[int] | None:
        """Return the numbers of the parts that a completion names, None when it is not to be understood."""
        try:
            found = [part for part in self._s3.fromstring(body).iter() if _local(part) == "Part"]
            return [int(child.text) for part in found for child in part if _local(child) == "PartNumber"]
        except (self._s3.ParseError, TypeError, ValueError):
            return None

    def _checked(
        self, bucket: str, key: str, body: bytes, parameters: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        """Complete an upload as the emulator does, of what AWS would take."""
        record = self._s3._multipart_uploads.get(parameters.get("uploadId", [""])[0])
        if record is None or (record["bucket"], record["key"]) != (bucket, key):
            answer: Answer = self._complete(bucket, key, body, parameters, headers)
            return answer
        refused: Answer | None = self._refusal(record, self._numbers(body))
        return refused or self._moved(record, bucket, key, body, parameters, headers)

    def _moved(self, record: dict[str, Any], *given: Any) -> Answer:
        """Let the emulator make the object; where nothing was put together, it sees that parts are missing."""
        parts, self._moving = record["parts"], _whole.get()
        if self._moving is None:
            record["parts"] = {}
        else:
            self._moving.kind = record.get("checksum_type", "")
        try:
            answer = self._sums.complete(record, self._moving, lambda: self._complete(*given))
        finally:
            self._moving, record["parts"] = None, parts
        if answer[0] == 200:  # who asks again gets the same
            self._s3._completed_multipart_uploads[given[3]["uploadId"][0]]["response"] = answer
        return answer

    def _refusal(self, record: dict[str, Any], numbers: list[int] | None) -> Answer | None:
        if not numbers:
            return self._error("MalformedXML", _MALFORMED)
        if numbers != sorted(set(numbers)):
            return self._error("InvalidPartOrder", _ORDER)
        parts = [record["parts"].get(number) for number in numbers]
        if None not in parts and any(part["size"] < SMALLEST for part in parts[:-1]):
            return self._error("EntityTooSmall", _SMALL)
        return None

    def _error(self, code: str, sentence: str) -> Answer:
        answer: Answer = self._s3._error(code, sentence, 400)
        return answer

    def _described(self, bucket: str, key: str, record: dict[str, Any], data: Any, tags: Any = None) -> None:
        """Tell a completed object's own size and where its bytes are, before the emulator goes on with it."""
        whole = self._moving
        if whole is not None:
            record["size"] = whole.size
            record["checksum_type"] = whole.kind if record["checksums"] else None
            if self._s3._replication_rule_for(bucket, key, tags)[0] is not None:
                record["body"] = Stored(whole.path)
        self._replicate(bucket, key, record, data, tags)
        if whole is not None:
            record["body"] = whole


def _number(parameters: dict[str, Any]) -> int:
    text = str(parameters.get("partNumber", [""])[0])
    return int(text) if text.isdigit() else 0


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
