"""S3 notifications that invoke a function: read, merged, written; never anybody else's lost.

PutBucketNotificationConfiguration replaces the whole configuration, and S3 has no condition for it: what is there is
read, changed, and read again just before it is written.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from app.notifications import KINDS, Notification, read

__all__ = ["Notification", "read"]

EVENTS = {
    "s3:ObjectCreated:*": "Any object created",
    "s3:ObjectCreated:Put": "Put",
    "s3:ObjectCreated:Post": "Posted by a form",
    "s3:ObjectCreated:Copy": "Copied",
    "s3:ObjectCreated:CompleteMultipartUpload": "Uploaded in parts",
    "s3:ObjectRemoved:*": "Any object removed",
    "s3:ObjectRemoved:Delete": "Deleted",
    "s3:ObjectRemoved:DeleteMarkerCreated": "Delete marker made",
}


class Conflict(Exception):
    """The configuration cannot take the notification; the text says why."""


def get(client: Any, bucket: str) -> dict[str, Any]:
    """Return a bucket's configuration as AWS has it."""
    found = client.get_bucket_notification_configuration(Bucket=bucket)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def overlap(wanted: Notification, there: Sequence[Notification]) -> Notification | None:
    """Return a notification that S3 would not let stand beside another: the same event and keys that fit both."""
    return next((one for one in there if _same_events(wanted.events, one.events) and _same_keys(wanted, one)), None)


def _same_events(left: Sequence[str], right: Sequence[str]) -> bool:
    return any(_covers(a, b) or _covers(b, a) for a in left for b in right)


def _covers(wide: str, narrow: str) -> bool:
    return wide == narrow or (wide.endswith("*") and narrow.startswith(wide[:-1]))


def _same_keys(left: Notification, right: Notification) -> bool:
    prefixes = left.prefix.startswith(right.prefix) or right.prefix.startswith(left.prefix)
    suffixes = left.suffix.endswith(right.suffix) or right.suffix.endswith(left.suffix)
    return prefixes and suffixes


def explain(other: Notification) -> str:
    """Return why two notifications cannot stand beside each other, in words."""
    where = f"keys that begin with “{other.prefix}”" if other.prefix else "any key"
    ends = f" and end with “{other.suffix}”" if other.suffix else ""
    return (
        f"The bucket already tells {other.name} about {', '.join(other.events)} for {where}{ends}. S3 lets one event "
        "of an object go to one target only: choose another prefix or suffix, or remove that one first."
    )


def add(client: Any, bucket: str, wanted: Notification) -> None:
    """Add a notification to those that a bucket has. Raises Conflict."""
    before = get(client, bucket)
    other = overlap(wanted, read(before))
    if other is not None:
        raise Conflict(explain(other))
    rules = [
        {"Name": name, "Value": value}
        for name, value in (("prefix", wanted.prefix), ("suffix", wanted.suffix))
        if value
    ]
    made: dict[str, Any] = {"Id": wanted.id, "LambdaFunctionArn": wanted.target, "Events": list(wanted.events)}
    if rules:
        made["Filter"] = {"Key": {"FilterRules": rules}}
    kind = "LambdaFunctionConfigurations"
    _write(client, bucket, before, {**before, kind: [*before.get(kind, []), made]})


def remove(client: Any, bucket: str, id: str) -> bool:
    """Remove a notification; returns whether it was there."""
    before = get(client, bucket)
    after = {
        kind: [one for one in value if one.get("Id") != id] if kind in KINDS else value
        for kind, value in before.items()
    }
    if after == before:
        return False
    _write(client, bucket, before, {kind: value for kind, value in after.items() if value or kind not in KINDS})
    return True


def _write(client: Any, bucket: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if get(client, bucket) != before:
        raise Conflict(
            "Somebody changed the bucket's notifications at this very moment. Nothing was written: try again."
        )
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=after)


def new_id(function: str, bucket: str, prefix: str, suffix: str, events: Sequence[str]) -> str:
    """Return an id that says whose it is and that another trigger does not have."""
    digest = hashlib.sha256("\0".join([bucket, prefix, suffix, *events]).encode()).hexdigest()[:10]
    return f"{function[:40]}-{digest}"
