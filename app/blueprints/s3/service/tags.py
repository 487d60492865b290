"""Tags of objects within S3's limits."""

import re
from collections.abc import Iterable
from typing import Any

MOST = 10
LONGEST_KEY = 128
LONGEST_VALUE = 256
_ALLOWED = re.compile(r"[\w\s+\-=._:/@]*")


class TagRefused(Exception):
    """Tags are not as S3 wants them; the message says which and why."""


def checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return tags from typed pairs, empty lines left out; raises TagRefused.

    Follows https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
    """
    tags = dict[str, str]()
    for key, value in ((key.strip(), value.strip()) for key, value in pairs):
        if not key and not value:
            continue
        _check(key, value)
        if key in tags:
            raise TagRefused(f"The tag “{key}” is there twice.")
        tags[key] = value
    if len(tags) > MOST:
        raise TagRefused(f"An object has at most {MOST} tags; these are {len(tags)}.")
    return tags


def _check(key: str, value: str) -> None:
    if not key:
        raise TagRefused(f"The value “{value}” has no tag name.")
    if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
        raise TagRefused(f"A tag name has at most {LONGEST_KEY} characters, a value {LONGEST_VALUE}: “{key[:40]}”.")
    if key.lower().startswith("aws:"):
        raise TagRefused("Tag names that begin with “aws:” belong to AWS.")
    for text in (key, value):
        if not _ALLOWED.fullmatch(text):
            raise TagRefused(
                f"“{text[:40]}” has a character that tags do not take: letters, digits, spaces, + - = . _ : / @"
            )


def read(client: Any, bucket: str, key: str, version_id: str | None = None) -> dict[str, str]:
    """Return an object's tags."""
    extra = {"VersionId": version_id} if version_id else {}
    answer = client.get_object_tagging(Bucket=bucket, Key=key, **extra)
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def write(client: Any, bucket: str, key: str, tags: dict[str, str], version_id: str | None = None) -> None:
    """Replace an object's tags; no tags at all removes the set."""
    extra = {"VersionId": version_id} if version_id else {}
    if not tags:
        client.delete_object_tagging(Bucket=bucket, Key=key, **extra)
        return
    named = [{"Key": name, "Value": value} for name, value in tags.items()]
    client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": named}, **extra)


def merge(client: Any, bucket: str, key: str, tags: dict[str, str]) -> None:
    """Add tags to an object's own, changing those of the same name; raises TagRefused above the limit."""
    merged = read(client, bucket, key) | tags
    write(client, bucket, key, checked(merged.items()))
