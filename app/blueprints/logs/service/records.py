"""One log record with all its fields, and the fields that a group's events have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app import masking
from app.blueprints.logs.service import messages
from app.blueprints.logs.service.times import of_milliseconds
from app.numbers import whole
from app.problems import refused

MOST_GROUPS = 3


@dataclass(frozen=True)
class Record:
    """A record: its fields in AWS's order, the message laid out where it is JSON, and where it lies."""

    pointer: str
    fields: dict[str, str]
    pretty: str = ""
    group: str = ""
    stream: str = ""
    milliseconds: int = 0
    masked: Counter[str] = field(default_factory=Counter)

    @property
    def at(self) -> datetime | None:
        """When it was."""
        return of_milliseconds(self.milliseconds)


def get(client: Any, pointer: str) -> Record:
    """Return the record that a row's @ptr leads to. Raises Refused where there is none."""
    try:
        found = client.get_log_record(logRecordPointer=pointer)["logRecord"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ResourceNotFoundException", "InvalidParameterException"):
            happened = "The event that this row came from is not there, or not any more."
            remedy = "Its group or stream may be deleted, or its retention over: run the query again."
            raise refused(404, "No such event", happened, remedy, error.response["Error"]["Code"]) from error
        raise
    masked: Counter[str] = Counter()
    fields = {name: masking.mask_cell(name, str(value), masked) for name, value in sorted(found.items(), key=_order)}
    at = str(found.get("@timestamp", ""))
    return Record(
        pointer,
        fields,
        messages.pretty(fields.get("@message", "")),
        str(found.get("@log", "")).partition(":")[2] or str(found.get("@log", "")),
        str(found.get("@logStream", "")),
        whole(at) or 0,
        masked,
    )


def _order(pair: tuple[str, Any]) -> tuple[int, str]:
    first = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime")
    return (first.index(pair[0]), "") if pair[0] in first else (len(first), pair[0])


def names(client: Any, groups: Sequence[str]) -> list[dict[str, Any]]:
    """Return the fields that AWS found in the events of the first groups, most frequent first, with their share."""
    found: dict[str, int] = {}
    for group in groups[:MOST_GROUPS]:
        for one in _fields(client, group):
            found[one["name"]] = max(found.get(one["name"], 0), int(one.get("percent", 0)))
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"name": name, "percent": percent} for name, percent in ordered]


def _fields(client: Any, group: str) -> list[dict[str, Any]]:
    """Return the fields of the last quarter of an hour, or, where nothing came, of the time of the last event."""
    now: list[dict[str, Any]] = client.get_log_group_fields(logGroupName=group).get("logGroupFields", [])
    if now:
        return now
    newest = client.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True, limit=1)
    last = next((one.get("lastEventTimestamp") for one in newest.get("logStreams", [])), None)
    if not last:
        return []
    then = client.get_log_group_fields(logGroupName=group, time=last // 1000)
    return list(then.get("logGroupFields", []))
