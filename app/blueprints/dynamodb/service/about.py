"""What else DynamoDB knows of a table, each by a call of its own: time to live, recovery, tags."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.dynamodb.service.asking import asked
from app.blueprints.dynamodb.service.tables import Table, side_by_side


@dataclass(frozen=True)
class Fact:
    """One fact in words and whether it is on; `refused` is AWS's sentence where it may not be asked."""

    on: bool = False
    text: str = ""
    refused: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class About:
    """A table's settings; tags are pairs."""

    ttl: Fact
    recovery: Fact
    tags: tuple[tuple[str, str], ...] = ()
    tags_refused: str = ""


def about(client: Any, table: Table) -> About:
    """Return a table's settings; what may not be asked is told, and the rest is there all the same."""
    ttl, recovery, tags = side_by_side(
        [
            lambda: _asked(lambda: _ttl(client, table.name)),
            lambda: _asked(lambda: _recovery(client, table.name)),
            lambda: _tags(client, table.arn),
        ]
    )
    return About(ttl, recovery, *tags)


def _asked(call: Callable[[], Fact]) -> Fact:
    try:
        return call()
    except ClientError as error:
        return Fact(refused=_said(error))


def _said(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message") or error)


def _ttl(client: Any, name: str) -> Fact:
    found = client.describe_time_to_live(TableName=name).get("TimeToLiveDescription") or {}
    status = found.get("TimeToLiveStatus") or "DISABLED"
    on = status in ("ENABLED", "ENABLING")
    return Fact(on, found.get("AttributeName") or "" if on else "")


def _recovery(client: Any, name: str) -> Fact:
    found = client.describe_continuous_backups(TableName=name).get("ContinuousBackupsDescription") or {}
    details = found.get("PointInTimeRecoveryDescription") or {}
    on = details.get("PointInTimeRecoveryStatus") == "ENABLED"
    return Fact(on, since=details.get("EarliestRestorableDateTime"))


def _tags(client: Any, arn: str) -> tuple[tuple[tuple[str, str], ...], str]:
    try:
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return tuple((one["Key"], one["Value"]) for page in pages for one in page.get("Tags", [])), ""
    except ClientError as error:
        return (), _said(error)


def protect(client: Any, name: str, on: bool) -> None:
    """Switch deletion protection."""
    asked(client.update_table, TableName=name, DeletionProtectionEnabled=on)


def set_ttl(client: Any, name: str, attribute: str, on: bool) -> None:
    """Let items end at the time in an attribute (epoch seconds, a number), or no longer."""
    specification = {"Enabled": on, "AttributeName": attribute}
    asked(client.update_time_to_live, TableName=name, TimeToLiveSpecification=specification)


def set_recovery(client: Any, name: str, on: bool) -> None:
    """Switch point-in-time recovery."""
    specification = {"PointInTimeRecoveryEnabled": on}
    asked(client.update_continuous_backups, TableName=name, PointInTimeRecoverySpecification=specification)
