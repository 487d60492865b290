"""Copies within S3: the bytes never pass through the dashboard."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.names import key_problem
from app.blueprints.s3.service.answers import CHANGED, code_of
from app.blueprints.s3.service.listing import present
from app.blueprints.s3.service.names import numbered

COLLISIONS = ("ask", "replace", "rename", "skip")
MOST_NUMBERED = 200  # names tried before “rename” gives up


class Exists(Exception):
    """The target's key is taken, and the person has not said what to do about it."""


class KeyRefused(Exception):
    """The target's key cannot be used; the message says why."""


@dataclass(frozen=True)
class Place:
    """A bucket and a key."""

    bucket: str
    key: str


def copy(client: Any, source: Place, target: Place, collision: str = "ask", known: set[str] | None = None) -> Place:
    """Copy an object with its metadata and tags, and return where it went.

    `known` are the keys that are taken in the target's bucket, when the caller has looked already. Raises Exists
    (collision is "ask" or "skip" and the key is taken) and KeyRefused. "rename" finds a free name.
    """
    _check(source, target)
    if known is None and collision != "replace":
        known = present(client, target.bucket, [target.key])
    taken = target.key in (known or ())
    if taken and collision != "rename":
        raise Exists(target.key)
    place = free(client, target) if taken else target
    _copy(client, source, place, only_new=collision != "replace")
    return place


def _check(source: Place, target: Place) -> None:
    problem = key_problem(target.key)
    if problem:
        raise KeyRefused(problem)
    if source == target:
        raise KeyRefused("This is where the object is already: choose another name or folder.")


def _copy(client: Any, source: Place, target: Place, only_new: bool) -> None:
    named = {"Bucket": source.bucket, "Key": source.key}
    # The listing told what was there; this condition makes AWS refuse what has appeared since.
    condition = {"IfNoneMatch": "*"} if only_new else {}
    try:
        client.copy_object(Bucket=target.bucket, Key=target.key, CopySource=named, **condition)
    except ClientError as error:
        if code_of(error) in CHANGED and only_new:
            raise Exists(target.key) from error
        raise


def free(client: Any, target: Place) -> Place:
    """Return the first free name of the kind “photo (2).jpg” beside a taken one."""
    candidates = [numbered(target.key, number) for number in range(2, MOST_NUMBERED)]
    taken = present(client, target.bucket, candidates)
    found = next((key for key in candidates if key not in taken), None)
    if found is None or key_problem(found):
        raise Exists(target.key)
    return Place(target.bucket, found)
