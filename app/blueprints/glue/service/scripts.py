"""Scripts of jobs in S3: read, and stored where nobody changed them meanwhile."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import places

LONGEST = 512 * 1024
_GONE = ("NoSuchKey", "404")


class ScriptChanged(Exception):
    """Somebody else stored, or removed, the script meanwhile."""


@dataclass(frozen=True)
class Script:
    """A script's text; `problem` says why there is none, `fixed` why it cannot be edited; `etag` is its version."""

    address: str
    text: str = ""
    problem: str = ""
    etag: str = ""
    fixed: str = ""


def get(client: Any, address: str) -> Script:
    """Return a script; one that cannot be read is no error of the page."""
    place = places.read(address)
    if place is None or not place.key:
        said = "The job names no object in S3 as its script."
        return Script(address, problem=said, fixed=said)
    try:
        answer = client.get_object(Bucket=place.bucket, Key=place.key)
        body = answer["Body"].read(LONGEST + 1)
    except ClientError as error:
        said = error.response["Error"].get("Message", "") or str(error)
        return Script(address, problem=said, fixed="" if error.response["Error"]["Code"] in _GONE else said)
    if len(body) > LONGEST:
        return Script(address, _lossy(body[:LONGEST]), etag=answer["ETag"], fixed="It is longer than 512 KiB.")
    try:
        return Script(address, body.decode("utf-8"), etag=answer["ETag"])
    except UnicodeDecodeError:
        return Script(address, _lossy(body), etag=answer["ETag"], fixed="It is not UTF-8: some of it would be lost.")


def _lossy(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def put(client: Any, address: str, text: str, etag: str) -> str:
    """Store a script over the version that has an ETag (empty: over none) and return its new ETag.

    Raises ScriptChanged where the object is another one by now.
    """
    place = places.read(address)
    if place is None:
        raise ValueError(f"{address} is no address in S3")
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    body = {"Body": text.encode(), "ContentType": "text/x-python; charset=utf-8"}
    try:
        return str(client.put_object(Bucket=place.bucket, Key=place.key, **body, **condition)["ETag"])
    except ClientError as error:
        if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", *_GONE):
            raise ScriptChanged from error
        raise


def remove(client: Any, address: str) -> None:
    """Delete a script."""
    place = places.read(address)
    if place is not None and place.key:
        client.delete_object(Bucket=place.bucket, Key=place.key)
