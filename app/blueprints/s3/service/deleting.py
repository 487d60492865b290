"""Deleting objects and versions, a thousand at a time, with an answer for each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.service.answers import CHANGED, GONE, code_of, message_of

BATCH = 1000  # keys: the most that one DeleteObjects takes
ANY = "*"


@dataclass(frozen=True)
class Target:
    """What to delete: an object, or one of its versions. `if_match` is the ETag it must still have, or ANY."""

    key: str
    version_id: str | None = None
    if_match: str | None = None


@dataclass(frozen=True)
class Deletion:
    """What became of one Target; `marker` is the delete marker that hides the object where versioning is on."""

    key: str
    version_id: str | None
    marker: str | None = None
    code: str = ""
    message: str = ""

    @property
    def gone(self) -> bool:
        """Whether it was not there any more: somebody else was faster."""
        return self.code in GONE

    @property
    def failed(self) -> bool:
        """Whether AWS refused."""
        return bool(self.code) and not self.gone


def delete(client: Any, bucket: str, targets: Iterable[Target]) -> list[Deletion]:
    """Delete every target and return what became of each, in AWS's order; raises only when a whole call fails."""
    wanted = list(targets)
    plain = [target for target in wanted if fits_xml(target.key)]
    odd = [target for target in wanted if not fits_xml(target.key)]
    done = [deletion for batch in _batches(plain) for deletion in _delete_batch(client, bucket, batch)]
    return done + [delete_one(client, bucket, target) for target in odd]


def fits_xml(key: str) -> bool:
    """Whether a key survives the XML that DeleteObjects sends: XML changes carriage returns and forbids controls."""
    return all(character in "\t\n" or character >= " " for character in key) and not set(key) & {"\ufffe", "\uffff"}


def delete_one(client: Any, bucket: str, target: Target) -> Deletion:
    """Delete one target by DeleteObject."""
    extra = {"VersionId": target.version_id, "IfMatch": target.if_match}
    given = {name: value for name, value in extra.items() if value}
    try:
        answer = client.delete_object(Bucket=bucket, Key=target.key, **given)
    except ClientError as error:
        if code_of(error) not in GONE | CHANGED:
            raise
        return Deletion(target.key, target.version_id, code=code_of(error), message=message_of(error))
    marker = answer.get("VersionId") if answer.get("DeleteMarker") and not target.version_id else None
    return Deletion(target.key, target.version_id, marker)


def _batches(targets: list[Target]) -> Iterator[list[Target]]:
    rest = iter(targets)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _delete_batch(client: Any, bucket: str, batch: list[Target]) -> list[Deletion]:
    answer = client.delete_objects(Bucket=bucket, Delete={"Objects": [_named(target) for target in batch]})
    asked = {target.key: target.version_id for target in batch}
    done = [
        Deletion(item["Key"], item.get("VersionId") or asked.get(item["Key"]), item.get("DeleteMarkerVersionId"))
        for item in answer.get("Deleted", [])
    ]
    return done + [
        Deletion(item["Key"], item.get("VersionId"), None, item.get("Code", "Unknown"), item.get("Message", ""))
        for item in answer.get("Errors", [])
    ]


def _named(target: Target) -> dict[str, str]:
    given = {"Key": target.key, "VersionId": target.version_id, "ETag": target.if_match}
    return {name: value for name, value in given.items() if value}
