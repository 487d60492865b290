"""Log groups and their streams."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.logs.service import prices
from app.blueprints.logs.service.times import of_milliseconds
from app.problems import refused

PAGE = 50
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
CLASSES = {"STANDARD": "Standard", "INFREQUENT_ACCESS": "Infrequent Access", "DELIVERY": "Delivery"}
NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")


@dataclass(frozen=True)
class Group:
    """A log group; `stored` is in bytes, `retention` in days, each None where AWS did not say or keeps for ever."""

    name: str
    arn: str
    created: datetime | None
    retention: int | None = None
    stored: int | None = None
    kind: str = "STANDARD"
    protected: bool = False

    @property
    def class_name(self) -> str:
        """The class as AWS's console writes it."""
        return CLASSES.get(self.kind, self.kind.title())

    @property
    def price(self) -> float | None:
        """What its stored bytes cost a month."""
        return None if self.stored is None else prices.storage(self.stored)


@dataclass(frozen=True)
class Groups:
    """A page of groups; `search` is a part of their names."""

    groups: list[Group]
    search: str = ""
    next_token: str = ""
    token: str = ""
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def stored(self) -> int:
        """The bytes of this page's groups."""
        return sum(group.stored or 0 for group in self.groups)


@dataclass(frozen=True)
class Stream:
    """A log stream."""

    name: str
    last: datetime | None
    first: datetime | None
    created: datetime | None


@dataclass(frozen=True)
class Streams:
    """A page of a group's streams, the one with the latest event first, or by name where a prefix was given."""

    group: Group
    streams: list[Stream]
    prefix: str = ""
    next_token: str = ""
    token: str = ""


def list_groups(client: Any, search: str = "", token: str = "") -> Groups:
    """Return up to 50 groups; AWS gives no facts to a search by a part of the name, so they are asked for."""
    if search and not NAME.fullmatch(search):
        return Groups([], search)
    asked: dict[str, Any] = {"limit": PAGE}
    if search:
        asked["logGroupNamePattern"] = search
    if token:
        asked["nextToken"] = token
    answer = client.describe_log_groups(**asked)
    found = [_group(one) for one in answer.get("logGroups", [])]
    if search and found and any(one.stored is None for one in found):
        found = _with_facts(client, found)
    return Groups(found, search, answer.get("nextToken", ""), token)


def _with_facts(client: Any, found: list[Group]) -> list[Group]:
    answer = client.describe_log_groups(logGroupIdentifiers=[one.arn.removesuffix(":*") for one in found])
    facts = {one["logGroupName"]: _group(one) for one in answer.get("logGroups", [])}
    return [facts.get(one.name, one) for one in found]


def get_group(client: Any, name: str) -> Group:
    """Return one group. Raises Refused where there is none."""
    if not NAME.fullmatch(name):
        raise no_such(name)
    answer = client.describe_log_groups(logGroupNamePrefix=name, limit=PAGE)
    found = next((one for one in answer.get("logGroups", []) if one["logGroupName"] == name), None)
    if found is None:
        raise no_such(name)
    return _group(found)


def no_such(name: str) -> Exception:
    """Return the refusal that names a group which is not there."""
    happened = f"There is no log group “{name[:200]}” in this account and region."
    return refused(404, "No such log group", happened, "Choose one from the list.", "ResourceNotFoundException")


def _group(found: dict[str, Any]) -> Group:
    return Group(
        found["logGroupName"],
        found.get("logGroupArn") or found.get("arn", ""),
        of_milliseconds(found.get("creationTime")),
        found.get("retentionInDays"),
        found.get("storedBytes"),
        found.get("logGroupClass", "STANDARD"),
        bool(found.get("deletionProtectionEnabled")),
    )


def create(client: Any, name: str) -> Group:
    """Create a group, and return it."""
    client.create_log_group(logGroupName=name)
    return get_group(client, name)


def set_retention(client: Any, name: str, days: int | None) -> None:
    """Keep a group's events for so many days; None keeps them for ever."""
    if days is None:
        client.delete_retention_policy(logGroupName=name)
    else:
        client.put_retention_policy(logGroupName=name, retentionInDays=days)


def delete(client: Any, name: str) -> None:
    """Delete a group with all its streams and events."""
    client.delete_log_group(logGroupName=name)


def list_streams(client: Any, group: Group, prefix: str = "", token: str = "") -> Streams:
    """Return up to 50 streams; AWS orders by last event only where no prefix is asked for."""
    asked: dict[str, Any] = {"logGroupName": group.name, "limit": PAGE}
    asked |= {"logStreamNamePrefix": prefix} if prefix else {"orderBy": "LastEventTime", "descending": True}
    if token:
        asked["nextToken"] = token
    try:
        answer = client.describe_log_streams(**asked)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise no_such(group.name) from error
        raise
    return Streams(group, [_stream(one) for one in answer["logStreams"]], prefix, answer.get("nextToken", ""), token)


def _stream(found: dict[str, Any]) -> Stream:
    return Stream(
        found["logStreamName"],
        of_milliseconds(found.get("lastEventTimestamp")),
        of_milliseconds(found.get("firstEventTimestamp")),
        of_milliseconds(found.get("creationTime")),
    )
