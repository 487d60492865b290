"""The last invocations of a function, from the REPORT lines of its log."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import prices
from app.blueprints.awslambda.service.functions import Function
from app.blueprints.awslambda.service.report import Report, parse

SPANS = {1: "Last hour", 24: "Last day", 168: "Last week"}
MOST = 1000
SHOWN = 100
# An exception as the runtime logs it, without a request id; a tab instead of the blank is the code's own logger.
ERROR = re.compile(r"^\[ERROR\] |Task timed out|Status: (?:timeout|error)|Runtime exited", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Invocation:
    """One invocation, and where its lines are; `failed` says that its log has an error."""

    at: datetime
    report: Report
    stream: str
    failed: bool
    cost: float

    @property
    def milliseconds(self) -> int:
        """The time as the log's pages ask for it."""
        return int(self.at.timestamp() * 1000)


@dataclass(frozen=True)
class Monitor:
    """The newest invocations of a time, oldest first; `unread` says why there are none."""

    function: Function
    hours: int
    invocations: tuple[Invocation, ...] = ()
    unread: str = ""
    more: bool = False
    never: bool = False

    @property
    def failed(self) -> int:
        """How many failed."""
        return sum(one.failed for one in self.invocations)

    @property
    def cold(self) -> int:
        """How many were cold starts."""
        return sum(one.report.init is not None for one in self.invocations)

    @property
    def cost(self) -> float:
        """What they cost, US dollars."""
        return sum(one.cost for one in self.invocations)

    @property
    def slowest(self) -> float:
        """The longest duration in milliseconds, at least one."""
        return max([1.0, *(one.report.duration for one in self.invocations)])

    @property
    def median(self) -> float:
        """The middle duration in milliseconds."""
        found = sorted(one.report.duration for one in self.invocations)
        return found[len(found) // 2] if found else 0.0


def look(client: Any, function: Function, hours: int, now: datetime | None = None) -> Monitor:
    """Return the invocations of the last hours, oldest first: of the newest MOST lines or so that tell of one."""
    end = now or datetime.now(UTC)
    start = int((end.timestamp() - hours * 3600) * 1000)
    asked = {
        "logGroupName": function.log_group,
        "startTime": start,
        "filterPattern": '?REPORT ?ERROR ?"Task timed out"',
        "startFromHead": False,
    }
    lines, token = list[Mapping[str, Any]](), dict[str, str]()
    try:
        for _ in range(20):  # answers may be empty and yet have more behind them
            answer = client.filter_log_events(**asked, limit=MOST, **token)
            lines += answer["events"]
            if not answer.get("nextToken"):
                token = {}
                break
            token = {"nextToken": answer["nextToken"]}
            if len(lines) >= MOST:
                break
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return Monitor(function, hours, never=True)
        return Monitor(function, hours, unread=error.response["Error"].get("Message", "") or str(error))
    found = _invocations(lines[::-1], function)
    return Monitor(function, hours, found[-SHOWN:], more=bool(token) or len(found) > SHOWN)


def _invocations(lines: list[Mapping[str, Any]], function: Function) -> tuple[Invocation, ...]:
    """Return the invocations of lines, oldest first; an error before a REPORT line of its stream belongs to it."""
    made, failed = list[Invocation](), set[str]()
    for one in sorted(lines, key=lambda line: line["timestamp"]):
        stream = one.get("logStreamName", "")
        if ERROR.search(one["message"]):
            failed.add(stream)
        report = parse(one["message"])
        if report is not None:
            at = datetime.fromtimestamp(one["timestamp"] / 1000, UTC)
            cost = prices.cost(report.billed, report.memory, function.architecture)
            made.append(Invocation(at, report, stream, stream in failed, cost))
            failed.discard(stream)
    return tuple(made)


def insights(group: str, request_id: str = "", hours: int = 24) -> str:
    """Return the address of a Logs Insights query over a function's log group, or over one invocation's lines."""
    wanted = f'\n| filter @message like "{request_id}"' if request_id else ""
    query = f"fields @timestamp, @message{wanted}\n| sort @timestamp desc\n| limit 100"
    pairs = [("group", group), ("query", query), ("start", f"-{hours}h"), ("end", "now")]
    return "/logs/insights?" + urlencode(pairs)


def stream(function: Function, one: Invocation) -> str:
    """Return the address of the lines around an invocation's end."""
    return "/logs/events?" + urlencode(
        [("group", function.log_group), ("stream", one.stream), ("at", one.milliseconds)]
    )
