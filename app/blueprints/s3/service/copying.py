"""Copies and moves within S3: the bytes never pass through the dashboard."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.names import key_problem
from app.blueprints.s3.service.answers import CHANGED, code_of, message_of
from app.blueprints.s3.service.deleting import Target, delete_one
from app.blueprints.s3.service.listing import present
from app.blueprints.s3.service.names import numbered

COLLISIONS = ("ask", "replace", "rename", "skip")
MOST_NUMBERED = 200  # names tried before “rename” gives up
CHANGED_MEANWHILE = "Somebody has changed the object meanwhile."


class Exists(Exception):
    """The target's key is taken, and the person has not said what to do about it."""


class KeyRefused(Exception):
    """The target's key cannot be used; the message says why."""


class SourceChanged(Exception):
    """The object was written again between the look at it and its copy: nothing was copied."""


@dataclass(frozen=True)
class Place:
    """A bucket and a key."""

    bucket: str
    key: str


@dataclass(frozen=True)
class Copied:
    """Where a copy went, and the ETag of exactly what was copied."""

    place: Place
    etag: str


@dataclass(frozen=True)
class Moved:
    """Where an object went; `kept` says why its original is still there, and is empty when that is gone."""

    bucket: str
    key: str
    kept: str = ""


def copy(client: Any, source: Place, target: Place, collision: str = "ask", known: set[str] | None = None) -> Copied:
    """Copy an object with its metadata, tags and storage class.

    `known` are the keys that are taken in the target's bucket, when the caller has looked already. Raises Exists
    (collision is "ask" or "skip" and the key is taken), KeyRefused and SourceChanged. "rename" finds a free name.
    """
    _check(source, target)
    if known is None and collision != "replace":
        known = present(client, target.bucket, [target.key])
    taken = target.key in (known or ())
    if taken and collision != "rename":
        raise Exists(target.key)
    place = free(client, target) if taken else target
    return Copied(place, _copy(client, source, place, only_new=collision != "replace"))


def move(client: Any, source: Place, target: Place, collision: str = "ask") -> Moved:
    """Copy an object, then delete the original, unless somebody has written it meanwhile; raises what copy raises."""
    copied = copy(client, source, target, collision)
    try:
        gone = delete_one(client, source.bucket, Target(source.key, if_match=copied.etag))
    except ClientError as error:
        return Moved(copied.place.bucket, copied.place.key, f"{code_of(error)}: {message_of(error)}")
    return Moved(copied.place.bucket, copied.place.key, why_kept(gone.code, gone.message) if gone.failed else "")


def why_kept(code: str, message: str) -> str:
    """Return in words why an original could not be deleted after its copy."""
    return CHANGED_MEANWHILE if code in CHANGED else message


def _check(source: Place, target: Place) -> None:
    problem = key_problem(target.key)
    if problem:
        raise KeyRefused(problem)
    if source == target:
        raise KeyRefused("This is where the object is already: choose another name or folder.")


def _copy(client: Any, source: Place, target: Place, only_new: bool) -> str:
    """Copy what lies at `source` now, and return its ETag."""
    named = {"Bucket": source.bucket, "Key": source.key}
    seen = client.head_object(**named)
    kept = {"StorageClass": seen["StorageClass"]} if seen.get("StorageClass") else {}  # else a copy becomes STANDARD
    # The listing told what was there; this condition makes AWS refuse what has appeared since.
    condition = {"IfNoneMatch": "*"} if only_new else {}
    etag: str = seen["ETag"]
    try:
        client.copy_object(
            Bucket=target.bucket, Key=target.key, CopySource=named, CopySourceIfMatch=etag, **kept, **condition
        )
    except ClientError as error:
        if code_of(error) not in CHANGED:
            raise
        if client.head_object(**named)["ETag"] != etag:  # both conditions fail with the same code
            raise SourceChanged(CHANGED_MEANWHILE) from error
        raise Exists(target.key) from error
    return etag


def free(client: Any, target: Place) -> Place:
    """Return the first free name of the kind “photo (2).jpg” beside a taken one."""
    candidates = [numbered(target.key, number) for number in range(2, MOST_NUMBERED)]
    taken = present(client, target.bucket, candidates)
    found = next((key for key in candidates if key not in taken), None)
    if found is None or key_problem(found):
        raise Exists(target.key)
    return Place(target.bucket, found)
