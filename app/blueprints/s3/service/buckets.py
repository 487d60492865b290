"""Buckets: list, create, empty, delete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.names import bucket_name_problem
from app.blueprints.s3.service.answers import code_of
from app.blueprints.s3.service.deleting import Deletion, Target, delete
from app.blueprints.s3.service.unfinished import Aborted, abort_all

BATCH = 1000  # versions: what one ListObjectVersions names and one DeleteObjects takes
NAME_CODES = {
    "BucketAlreadyExists": "Somebody else owns a bucket of this name: names are shared by all of AWS.",
    "BucketAlreadyOwnedByYou": "You have a bucket of this name already.",
    "InvalidBucketName": "AWS refuses this name.",
    "OperationAborted": "AWS is still creating or deleting a bucket of this name. Try again in a minute.",
    "TooManyBuckets": "This account has as many buckets as AWS allows it.",
}


class NameRefused(Exception):
    """The name of a new bucket cannot be used; the message says why and stands beside the field."""


@dataclass(frozen=True)
class Bucket:
    """One bucket; `region` is None where AWS does not say, `is_cache` marks the dashboard's own thumbnails."""

    name: str
    created: datetime | None
    region: str | None
    is_cache: bool = False


@dataclass(frozen=True)
class Buckets:
    """The account's buckets, those whose name holds `search`; `total` counts all of them."""

    buckets: list[Bucket]
    search: str
    total: int


@dataclass(frozen=True)
class Contents:
    """What stands in the way of a bucket's deletion; `more` says that these counts are only the first of them."""

    bucket: str
    objects: int
    old_versions: int
    delete_markers: int
    more: bool

    @property
    def total(self) -> int:
        """Everything that must go before the bucket can."""
        return self.objects + self.old_versions + self.delete_markers


@dataclass(frozen=True)
class Emptied:
    """What one round of emptying did; `left` is what remains (its `more` means at least that many).

    `uploads` are the unfinished uploads, aborted in the last round.
    """

    bucket: str
    deleted: int
    failures: list[Deletion]
    left: Contents
    uploads: Aborted = Aborted(0)


def list_buckets(client: Any, search: str = "", cache_bucket: str = "") -> Buckets:
    """Return the account's buckets in all regions, by name."""
    pages = client.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 1000})
    found = [_bucket(item, cache_bucket) for page in pages for item in page.get("Buckets", [])]
    wanted = search.strip().lower()
    return Buckets([bucket for bucket in found if wanted in bucket.name], search, len(found))


def _bucket(item: dict[str, Any], cache_bucket: str) -> Bucket:
    name = item["Name"]
    return Bucket(name, item.get("CreationDate"), item.get("BucketRegion"), name == cache_bucket)


def create_bucket(client: Any, name: str) -> None:
    """Create a bucket in the client's region; raises NameRefused where the name cannot be had."""
    problem = bucket_name_problem(name)
    if problem:
        raise NameRefused(problem)
    if _own(client, name):  # in us-east-1 AWS answers 200 for a bucket that is there already
        raise NameRefused(NAME_CODES["BucketAlreadyOwnedByYou"])
    region = client.meta.region_name
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=name, **place)
    except ClientError as error:
        if code_of(error) not in NAME_CODES:
            raise
        raise NameRefused(NAME_CODES[code_of(error)]) from error


def _own(client: Any, name: str) -> bool:
    answer = client.list_buckets(Prefix=name, MaxBuckets=1000)
    return any(item["Name"] == name for item in answer.get("Buckets", []))


def contents(client: Any, bucket: str) -> Contents:
    """Return what a bucket holds, counted in its first 1,000 versions."""
    answer = client.list_object_versions(Bucket=bucket, MaxKeys=BATCH)
    return _count(bucket, answer)


def _count(bucket: str, answer: dict[str, Any]) -> Contents:
    versions = answer.get("Versions", [])
    current = sum(1 for version in versions if version["IsLatest"])
    markers = len(answer.get("DeleteMarkers", []))
    return Contents(bucket, current, len(versions) - current, markers, bool(answer.get("IsTruncated")))


def delete_bucket(client: Any, bucket: str) -> Contents | None:
    """Delete a bucket; returns None when it is gone, and what it holds when AWS refuses because of that."""
    try:
        client.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if code_of(error) != "BucketNotEmpty":
            raise
        return contents(client, bucket)
    return None


def empty_bucket(client: Any, bucket: str, rounds: int = 5) -> Emptied:
    """Delete every version and delete marker, at most `rounds` thousand of them; stops where AWS refuses some.

    When nothing of these is left, unfinished uploads are aborted.
    """
    deleted, failures = 0, list[Deletion]()
    for _ in range(rounds):
        answer = client.list_object_versions(Bucket=bucket, MaxKeys=BATCH)
        found = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        if found:
            targets = [Target(item["Key"], item["VersionId"]) for item in found]
            refused = [done for done in delete(client, bucket, targets) if done.failed]
            deleted += len(found) - len(refused)
            failures += refused
        if not answer.get("IsTruncated") or failures:
            break
    left = contents(client, bucket)
    return Emptied(bucket, deleted, failures, left, Aborted(0) if left.total else abort_all(client, bucket))
