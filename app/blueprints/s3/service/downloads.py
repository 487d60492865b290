"""An object's bytes as they are: opened before the answer begins, passed on in large pieces, never held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.service import media

PIECE = 256 * 1024  # bytes passed on at once
_UNCHANGED = ("304", "NotModified")


class Unchanged(Exception):
    """The client has the object as it is."""

    def __init__(self, etag: str):
        super().__init__(etag)
        self.etag = etag


@dataclass(frozen=True)
class Wanted:
    """What of an object is asked for: a version, an HTTP Range, and what the client knows already."""

    bucket: str
    key: str
    version: str | None = None
    range: str | None = None
    if_none_match: str | None = None
    if_modified_since: datetime | None = None
    if_match: str | None = None

    def parameters(self) -> dict[str, Any]:
        """Return GetObject's parameters."""
        known = {
            "Bucket": self.bucket,
            "Key": self.key,
            "VersionId": self.version,
            "Range": self.range,
            "IfMatch": self.if_match,
            "IfNoneMatch": self.if_none_match,
            "IfModifiedSince": self.if_modified_since,
        }
        return {name: value for name, value in known.items() if value}


class Download:
    """An open object: facts for the headers, and its bytes once. Close it, also when nobody reads to the end."""

    def __init__(self, answer: Mapping[str, Any], key: str):
        self._body = answer["Body"]
        self.length: int = answer["ContentLength"]
        self.etag: str = answer.get("ETag", "")
        self.modified: datetime | None = answer.get("LastModified")
        self.range: str | None = answer.get("ContentRange")
        self._first = b""
        self.kind = self._sniff(key)

    def _sniff(self, key: str) -> str:
        """Decide the type by the bytes that are sent anyway; a piece from the middle tells nothing."""
        if self.range and not self.range.startswith("bytes 0-"):
            return media.UNKNOWN
        try:
            self._first = self._body.read(min(PIECE, self.length)) if self.length else b""
        except BaseException:
            self.close()
            raise
        return media.kind_of(self._first, key).type

    def __iter__(self) -> Iterator[bytes]:
        """Give the bytes in large pieces; raises what the connection raises, so that a cut is never an end."""
        try:
            if self._first:
                yield self._first
                self._first = b""
            while piece := self._body.read(PIECE):
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection to S3 back, or cut it where bytes are left."""
        self._body.close()


def open_object(client: Any, wanted: Wanted) -> Download:
    """Open an object; raises Unchanged, or ClientError (no such key, no access, a range that does not exist)."""
    try:
        answer = client.get_object(**wanted.parameters())
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _UNCHANGED:
            headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
            raise Unchanged(headers.get("etag", "")) from error
        raise
    return Download(answer, wanted.key)
