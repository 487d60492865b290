"""Uploads in parts that nobody has finished: in no listing, but AWS bills their parts until they are aborted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.service.answers import DENIED, code_of, message_of

MOST = 10  # uploads shown: the size of each is a call of its own
MOST_ABORTED = 1000  # uploads that one request aborts, one call for each


@dataclass(frozen=True)
class Unfinished:
    """One upload that has begun and not ended; `size` counts the bytes of its parts so far."""

    key: str
    upload_id: str
    started: datetime | None
    parts: int
    size: int


@dataclass(frozen=True)
class Uploads:
    """A bucket's unfinished uploads; `more` says that there are others, `reason` why they cannot be listed."""

    uploads: list[Unfinished]
    more: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Aborted:
    """How many uploads were aborted; `more` says that others are left, `reason` why they cannot be."""

    number: int
    more: bool = False
    reason: str = ""


def list_unfinished(client: Any, bucket: str) -> Uploads:
    """Return the first unfinished uploads of a bucket, by key."""
    try:
        found = list(islice(_each(client, bucket), MOST + 1))
        return Uploads([_sized(client, bucket, item) for item in found[:MOST]], len(found) > MOST)
    except ClientError as error:
        return Uploads([], reason=_reason(error))


def _each(client: Any, bucket: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        yield from page.get("Uploads", [])


def _sized(client: Any, bucket: str, item: dict[str, Any]) -> Unfinished:
    named = {"Bucket": bucket, "Key": item["Key"], "UploadId": item["UploadId"]}
    try:
        pages = list(client.get_paginator("list_parts").paginate(**named))
    except ClientError as error:
        if code_of(error) != "NoSuchUpload":  # it has ended since it was listed
            raise
        pages = []
    sizes = [part["Size"] for page in pages for part in page.get("Parts", [])]
    return Unfinished(item["Key"], item["UploadId"], item.get("Initiated"), len(sizes), sum(sizes))


def _reason(error: ClientError) -> str:
    if code_of(error) not in DENIED | {"NotImplemented", "MethodNotAllowed"}:
        raise error
    return f"{code_of(error)}: {message_of(error)}"


def abort(client: Any, bucket: str, key: str, upload_id: str) -> bool:
    """Abort one upload and remove its parts; returns False when it had ended already."""
    try:
        client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
    except ClientError as error:
        if code_of(error) != "NoSuchUpload":
            raise
        return False
    return True


def abort_all(client: Any, bucket: str) -> Aborted:
    """Abort every unfinished upload of a bucket, those that run now too."""
    try:
        found = list(islice(_each(client, bucket), MOST_ABORTED + 1))
        number = sum(abort(client, bucket, item["Key"], item["UploadId"]) for item in found[:MOST_ABORTED])
        return Aborted(number, len(found) > MOST_ABORTED)
    except ClientError as error:
        return Aborted(0, reason=_reason(error))
