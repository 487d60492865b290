"""Thumbnails, made once and kept in a cache bucket of the account: never in the person's bucket, never on the disk.

The key is made of the picture's bucket, key and ETag: a changed picture has another thumbnail, and the old one expires.
"""

import hashlib
import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.blueprints.s3.service.picture import MOST_SOURCE, NoPreview, Small, icon, shrink

KEEP_DAYS = 90
logger = logging.getLogger("trellis.s3")


@dataclass(frozen=True)
class Cache:
    """The bucket that keeps thumbnails; `owner` is the account it must belong to, for its name can be guessed."""

    bucket: str
    owner: str
    region: str
    writable: bool
    most_pixels: int


@dataclass(frozen=True)
class Thumbnail:
    """A thumbnail, or the icon where there is none; `etag` is the picture's, without quotes."""

    small: Small
    etag: str
    kept: bool


def cache_key(bucket: str, key: str, etag: str) -> str:
    """Return where the thumbnail of a picture is kept."""
    digest = hashlib.sha256("\0".join((bucket, key, etag)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"thumbnails/{digest[:2]}/{digest}.webp"


def thumbnail(client: Any, cache: Cache, bucket: str, key: str, etag: str = "") -> Thumbnail:
    """Return an object's thumbnail: one GetObject once it is kept. Raises ClientError where there is no object.

    `etag` is the one that the page showed; where the object has changed since, its newest thumbnail is given.
    """
    kept = _kept(client, cache, cache_key(bucket, key, etag)) if etag else None
    if kept is not None:
        return Thumbnail(kept, etag, True)
    return _flights.once((bucket, key, etag), lambda: _make(client, cache, bucket, key, etag))


class _Flights:
    """Lets one thread do what several want at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Any, Future[Thumbnail]] = {}

    def once(self, name: Any, work: Any) -> Thumbnail:
        """Return the answer of `work`, or of the same work that another thread is doing."""
        with self._lock:
            found = self._running.get(name)
            if found is None:
                mine = self._running[name] = Future()
        if found is not None:
            return found.result()
        try:
            answer: Thumbnail = work()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(answer)
            return answer
        finally:
            with self._lock:
                del self._running[name]


_flights = _Flights()


def _kept(client: Any, cache: Cache, key: str) -> Small | None:
    try:
        answer = client.get_object(Bucket=cache.bucket, Key=key, ExpectedBucketOwner=cache.owner)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return None
        raise
    with answer["Body"] as body:
        return Small.from_facts(body.read(), answer.get("Metadata", {}))


def _make(client: Any, cache: Cache, bucket: str, key: str, etag: str) -> Thumbnail:
    answer = _source(client, bucket, key, etag)
    found = answer["ETag"].strip('"')
    place = cache_key(bucket, key, found)
    with answer["Body"] as body:
        kept = _kept(client, cache, place) if found != etag else None
        if kept is not None:
            return Thumbnail(kept, found, True)
        small = _from_body(body, answer["ContentLength"], cache.most_pixels)
    return Thumbnail(small, found, cache.writable and _keep(client, cache, place, small))


def _source(client: Any, bucket: str, key: str, etag: str) -> Any:
    if etag:
        try:
            return client.get_object(Bucket=bucket, Key=key, IfMatch=f'"{etag}"')
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise
    return client.get_object(Bucket=bucket, Key=key)


def _from_body(body: Any, length: int, most_pixels: int) -> Small:
    try:
        if length > MOST_SOURCE:
            raise NoPreview("too-large", f"Files above {MOST_SOURCE >> 20} MiB get no preview.")
        return shrink(body.read(), most_pixels)
    except NoPreview as error:
        return Small(icon(), reason=error.code)


def _keep(client: Any, cache: Cache, key: str, small: Small) -> bool:
    """Keep a thumbnail; that it cannot be kept costs time later, not the picture now."""
    try:
        _put(client, cache, key, small)
    except (ClientError, BotoCoreError) as error:
        logger.warning("the thumbnail is not kept in %s: %s", cache.bucket, error)
        return False
    return True


def _put(client: Any, cache: Cache, key: str, small: Small) -> None:
    wanted = {
        "Bucket": cache.bucket,
        "Key": key,
        "Body": small.body,
        "ContentType": "image/webp",
        "Metadata": small.facts(),
        "ExpectedBucketOwner": cache.owner,
    }
    try:
        client.put_object(**wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        create_cache(client, cache)
        client.put_object(**wanted)


def create_cache(client: Any, cache: Cache) -> None:
    """Make the cache bucket, whose objects expire; that another thread or worker was faster is as well."""
    place = {} if cache.region == "us-east-1" else {"LocationConstraint": cache.region}
    options = {"CreateBucketConfiguration": place} if place else {}
    try:
        client.create_bucket(Bucket=cache.bucket, **options)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    rule = {
        "ID": "expire",
        "Status": "Enabled",
        "Filter": {"Prefix": "thumbnails/"},
        "Expiration": {"Days": KEEP_DAYS},
    }
    client.put_bucket_lifecycle_configuration(Bucket=cache.bucket, LifecycleConfiguration={"Rules": [rule]})
