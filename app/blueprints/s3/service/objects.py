"""One object: its facts, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from botocore.exceptions import ClientError

from app.blueprints.s3.service import tags
from app.blueprints.s3.service.answers import DENIED, GONE, code_of, message_of
from app.blueprints.s3.service.deleting import ANY, Deletion, Target, delete_one
from app.blueprints.s3.service.media import Inspection, inspect
from app.blueprints.s3.service.versions import Versions, list_versions

T = TypeVar("T")
NOT_FOR_US = DENIED | {"NotImplemented", "MethodNotAllowed", "InvalidObjectState"}
HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ExpiresString",
    "WebsiteRedirectLocation",
)


@dataclass(frozen=True)
class Part(Generic[T]):
    """A part of the page that these credentials may not be allowed to read: its value, or the reason why not."""

    value: T | None
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """What HeadObject says of an object."""

    bucket: str
    key: str
    version_id: str | None
    size: int
    modified: datetime | None
    etag: str
    content_type: str
    storage_class: str
    encryption: str | None
    metadata: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class ObjectPage:
    """An object with everything around it; `facts` is None when a delete marker hides it."""

    bucket: str
    key: str
    asked_version: str | None
    facts: Facts | None
    inspection: Part[Inspection]
    tags: Part[dict[str, str]]
    versions: Part[Versions]
    position_shown: bool = False


def read(client: Any, bucket: str, key: str, version_id: str | None = None, position: bool = False) -> ObjectPage:
    """Return an object's page; `position` tells whether the place where a picture was taken is part of it.

    Raises AWS's error for an object that neither exists nor has versions.
    """
    versions = _part(lambda: list_versions(client, bucket, key))
    try:
        facts = head(client, bucket, key, version_id)
    except ClientError as error:
        if code_of(error) not in GONE or not (versions.value and versions.value.deleted):
            raise
        return ObjectPage(bucket, key, version_id, None, Part(None), Part(None), versions)
    return ObjectPage(
        bucket=bucket,
        key=key,
        asked_version=version_id,
        facts=facts,
        inspection=_part(lambda: inspect(client, bucket, key, version_id, position=position)),
        tags=_part(lambda: tags.read(client, bucket, key, version_id)),
        versions=versions,
        position_shown=position,
    )


def _part(read_it: Callable[[], T]) -> Part[T]:
    try:
        return Part(read_it())
    except ClientError as error:
        if code_of(error) not in NOT_FOR_US:
            raise
        return Part(None, f"{code_of(error)}: {message_of(error)}")


def head(client: Any, bucket: str, key: str, version_id: str | None = None) -> Facts:
    """Return an object's facts."""
    extra = {"VersionId": version_id} if version_id else {}
    answer = client.head_object(Bucket=bucket, Key=key, **extra)
    return Facts(
        bucket=bucket,
        key=key,
        version_id=answer.get("VersionId") or version_id,
        size=answer["ContentLength"],
        modified=answer.get("LastModified"),
        etag=answer.get("ETag", ""),
        content_type=answer.get("ContentType", ""),
        storage_class=answer.get("StorageClass", "STANDARD"),
        encryption=answer.get("ServerSideEncryption"),
        metadata=answer.get("Metadata", {}),
        headers={name: answer[name] for name in HEADERS if answer.get(name)},
    )


def delete(client: Any, bucket: str, key: str) -> Deletion:
    """Delete an object if it is still there; where versioning is on, a delete marker hides it."""
    return delete_one(client, bucket, Target(key, if_match=ANY))
