"""Versions of one object: list, restore, take back a deletion."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.blueprints.s3.names import relative
from app.blueprints.s3.service.deleting import Deletion, Target, delete_one

MOST = 100  # versions shown of one object


@dataclass(frozen=True)
class Version:
    """One version of an object, or the delete marker that hides it (size and etag are None then)."""

    version_id: str
    latest: bool
    modified: datetime | None
    size: int | None
    etag: str | None
    storage_class: str | None

    @property
    def is_marker(self) -> bool:
        """Whether this is a delete marker."""
        return self.etag is None


@dataclass(frozen=True)
class Versions:
    """The versions of an object, newest first; `more` says that there are older ones than these."""

    versions: list[Version]
    more: bool

    @property
    def versioned(self) -> bool:
        """Whether the object ever lay in a bucket with versioning on."""
        return len(self.versions) > 1 or any(version.version_id != "null" for version in self.versions)

    @property
    def deleted(self) -> bool:
        """Whether a delete marker hides the object now."""
        return any(version.latest and version.is_marker for version in self.versions)


def list_versions(client: Any, bucket: str, key: str) -> Versions:
    """Return the versions of exactly one key."""
    # Keys are listed in order, so that the key itself comes before all longer ones with the same beginning.
    answer = client.list_object_versions(Bucket=bucket, Prefix=key, MaxKeys=MOST)
    items = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
    found = [_version(item) for item in items if item["Key"] == key]
    found.sort(key=_age, reverse=True)
    return Versions(found, bool(answer.get("IsTruncated")) and answer.get("NextKeyMarker") == key)


def _version(item: dict[str, Any]) -> Version:
    modified, etag = item.get("LastModified"), item.get("ETag")
    return Version(item["VersionId"], item["IsLatest"], modified, item.get("Size"), etag, item.get("StorageClass"))


def _age(version: Version) -> tuple[bool, float]:
    return version.latest, version.modified.timestamp() if version.modified else 0.0


def restore(client: Any, bucket: str, key: str, version_id: str) -> str:
    """Make an old version the current one, by copying it on top, and return the new version's id."""
    source = {"Bucket": bucket, "Key": key, "VersionId": version_id}
    stored = client.head_object(**source).get("StorageClass")
    kept = {"StorageClass": stored} if stored else {}  # else a copy becomes STANDARD
    answer = client.copy_object(Bucket=bucket, Key=key, CopySource=source, **kept)
    new: str = answer.get("VersionId", "null")
    return new


def delete_version(client: Any, bucket: str, key: str, version_id: str) -> Deletion:
    """Delete one version for good; deleting a delete marker brings the object back."""
    return delete_one(client, bucket, Target(key, version_id))


@dataclass(frozen=True)
class DeletedObject:
    """An object that a delete marker hides."""

    key: str
    name: str
    marker: str
    deleted: datetime | None


@dataclass(frozen=True)
class DeletedPage:
    """The hidden objects of a folder; the next page begins at `next_key` and `next_version`."""

    bucket: str
    prefix: str
    objects: list[DeletedObject]
    next_key: str | None
    next_version: str | None


def list_deleted(
    client: Any, bucket: str, prefix: str, key: str | None = None, version: str | None = None
) -> DeletedPage:
    """Return the objects of a folder that delete markers hide, among its next 1,000 versions."""
    start = {"KeyMarker": key} if key else {}
    start |= {"VersionIdMarker": version} if key and version else {}
    answer = client.list_object_versions(Bucket=bucket, Prefix=prefix, Delimiter="/", MaxKeys=1000, **start)
    hidden = [
        DeletedObject(item["Key"], relative(item["Key"], prefix), item["VersionId"], item.get("LastModified"))
        for item in answer.get("DeleteMarkers", [])
        if item["IsLatest"]
    ]
    return DeletedPage(bucket, prefix, hidden, answer.get("NextKeyMarker"), answer.get("NextVersionIdMarker"))
