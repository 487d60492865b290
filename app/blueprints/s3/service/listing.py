"""One folder of a bucket: its sub-folders and a hundred of its objects, by exactly one call."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.names import relative
from app.blueprints.s3.service.answers import OtherRegion, region_in

PAGE = 100  # entries: objects and folders together, as S3 counts them
SORTS = ("name", "size", "modified")
VIEWS = ("gallery", "list")
PICTURES = {
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".apng",
    ".gif",
    ".webp",
    ".avif",
    ".tif",
    ".tiff",
    ".bmp",
    ".dib",
}
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """What a person wants to see of a bucket."""

    prefix: str = ""
    search: str = ""
    token: str | None = None
    view: str = "gallery"
    sort: str = "name"
    order: str = "asc"


@dataclass(frozen=True)
class Crumb:
    """One folder of the way to here."""

    name: str
    prefix: str


@dataclass(frozen=True)
class Folder:
    """A sub-folder: what S3 calls a common prefix."""

    name: str
    prefix: str


@dataclass(frozen=True)
class Entry:
    """One object as a listing knows it; `may_be_picture` goes by the name, since a listing has no content type."""

    key: str
    name: str
    size: int
    modified: datetime | None
    etag: str
    storage_class: str
    may_be_picture: bool


@dataclass(frozen=True)
class Listing:
    """A folder's page; `next_token` leads to the next hundred, `region` is the bucket's where AWS names it."""

    bucket: str
    asked: Asked
    crumbs: list[Crumb]
    folders: list[Folder]
    objects: list[Entry]
    next_token: str | None
    region: str | None

    @property
    def empty(self) -> bool:
        """Whether nothing is here."""
        return not self.folders and not self.objects

    @property
    def sorted_within_page(self) -> bool:
        """Whether the order holds for this page only: S3 itself lists by name, upwards."""
        by_name = self.asked.sort == "name" and self.asked.order == "asc"
        return not by_name and bool(self.next_token or self.asked.token)


def list_folder(client: Any, bucket: str, asked: Asked) -> Listing:
    """Return one page of a folder; raises OtherRegion where the bucket lives elsewhere."""
    resume = {"ContinuationToken": asked.token} if asked.token else {}
    try:
        answer = client.list_objects_v2(
            Bucket=bucket, Prefix=asked.prefix + asked.search, Delimiter="/", MaxKeys=PAGE, **resume
        )
    except ClientError as error:
        elsewhere = region_in(error)
        if elsewhere:
            raise OtherRegion(bucket, elsewhere) from error
        raise
    return _listing(bucket, asked, answer)


def _listing(bucket: str, asked: Asked, answer: dict[str, Any]) -> Listing:
    prefixes = [item["Prefix"] for item in answer.get("CommonPrefixes", [])]
    folders = [Folder(relative(prefix, asked.prefix), prefix) for prefix in prefixes]
    objects = [_entry(item, asked.prefix) for item in answer.get("Contents", [])]
    headers = answer["ResponseMetadata"].get("HTTPHeaders", {})
    down = asked.order == "desc"
    return Listing(
        bucket=bucket,
        asked=asked,
        crumbs=crumbs(asked.prefix),
        folders=folders[::-1] if down and asked.sort == "name" else folders,
        objects=sorted(objects, key=_order(asked.sort), reverse=down),
        next_token=answer.get("NextContinuationToken"),
        region=headers.get("x-amz-bucket-region"),
    )


def _order(sort: str) -> Callable[[Entry], Any]:
    orders: dict[str, Callable[[Entry], Any]] = {
        "size": lambda entry: entry.size,
        "modified": lambda entry: entry.modified or LONG_AGO,
    }
    return orders.get(sort, lambda entry: entry.key)


def _entry(item: dict[str, Any], prefix: str) -> Entry:
    key, size = item["Key"], item["Size"]
    return Entry(
        key=key,
        name=relative(key, prefix),
        size=size,
        modified=item.get("LastModified"),
        etag=item.get("ETag", ""),
        storage_class=item.get("StorageClass", "STANDARD"),
        may_be_picture=may_be_picture(key, size),
    )


def may_be_picture(key: str, size: int) -> bool:
    """Whether a thumbnail is worth asking for: a picture's name, or one that says nothing about its content."""
    extension = PurePosixPath(key).suffix.lower()
    return size > 0 and not key.endswith("/") and (extension in PICTURES or not extension)


def crumbs(prefix: str) -> list[Crumb]:
    """Return the folders on the way to a prefix: “a/b/” gives a/ and a/b/."""
    found, start = list[Crumb](), 0
    while (end := prefix.find("/", start)) >= 0:
        found.append(Crumb(prefix[start:end], prefix[: end + 1]))
        start = end + 1
    return found


def walk(client: Any, bucket: str, prefix: str) -> Iterator[Entry]:
    """Yield every object below a prefix, a thousand per call, its name being the whole key."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        for page in pages:
            yield from (_entry(item, "") for item in page.get("Contents", []))
    except ClientError as error:
        elsewhere = region_in(error)
        if elsewhere:
            raise OtherRegion(bucket, elsewhere) from error
        raise


def under(client: Any, bucket: str, prefix: str, most: int) -> tuple[list[str], bool]:
    """Return the keys below a prefix, at most `most`, and whether there are more."""
    keys = list[str]()
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        keys += [item["Key"] for item in page.get("Contents", [])]
        if len(keys) > most or (len(keys) == most and page.get("IsTruncated")):
            return keys[:most], True
    return keys, False


def present(client: Any, bucket: str, keys: list[str]) -> set[str]:
    """Return those of some keys that exist now, by as few listings as their distance allows."""
    if not keys:
        return set()
    if len(keys) == 1:
        return _present_one(client, bucket, keys[0])
    first, last = min(keys), max(keys)
    shared = first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]
    window, more = _window(client, bucket, shared, first, last)
    missing = [key for key in keys if key not in window] if more else []
    return (window & set(keys)).union(*(_present_one(client, bucket, key) for key in missing))


def _present_one(client: Any, bucket: str, key: str) -> set[str]:
    answer = client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    return {item["Key"] for item in answer.get("Contents", [])} & {key}


def _window(client: Any, bucket: str, shared: str, first: str, last: str) -> tuple[set[str], bool]:
    """Return up to 1,000 keys from just before `first`, and whether the listing ended before `last`."""
    before = {"StartAfter": first[:-1]} if len(first) > len(shared) > 0 or len(first) > 1 else {}
    answer = client.list_objects_v2(Bucket=bucket, Prefix=shared, MaxKeys=1000, **before)
    keys = [item["Key"] for item in answer.get("Contents", [])]
    return set(keys), bool(answer.get("IsTruncated")) and keys[-1] < last
