"""Running queries: AWS keeps them, an id is all that is held here.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from app import masking
from app.blueprints.logs.service.times import Range
from app.numbers import is_canonical
from app.problems import refused

MOST_GROUPS = 50
MOST_ROWS = 10_000
LONGEST = 10_000  # characters of a query
RUNNING = ("Scheduled", "Running", "Unknown")
THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException")


class Mistake(ValueError):
    """A query that AWS does not understand; `start` and `end` are places in it, None where AWS names none."""

    def __init__(self, said: str, start: int | None = None, end: int | None = None):
        super().__init__(said)
        self.start, self.end = start, end


@dataclass(frozen=True)
class Statistics:
    """What a query read so far: events and bytes."""

    matched: int = 0
    scanned: int = 0
    bytes: int = 0
    skipped: int = 0
    groups: int = 0


@dataclass(frozen=True)
class Answer:
    """A query's state and rows, credentials masked; `pointers` lead to the whole record of each row.

    `kinds` are integer, float, datetime or text. A cell is None where the event has no such field.
    """

    id: str
    status: str
    columns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    statistics: Statistics = Statistics()
    masked: Counter[str] = field(default_factory=Counter)
    next_token: str = ""

    @property
    def running(self) -> bool:
        """Whether AWS is still at it."""
        return self.status in RUNNING

    @property
    def full(self) -> bool:
        """Whether there may be more rows than AWS gives."""
        return len(self.rows) >= MOST_ROWS

    def page(self, number: int, size: int) -> "Answer":
        """Return the same with one page of its rows, the first being 1."""
        part = slice((number - 1) * size, number * size)
        return Answer(
            self.id,
            self.status,
            self.columns,
            self.kinds,
            self.rows[part],
            self.pointers[part],
            self.statistics,
            self.masked,
        )


def start(client: Any, groups: Sequence[str], query: str, asked: Range) -> str:
    """Start a query, and return its id. Raises Mistake, and Refused for groups or a moment that do not do."""
    names: dict[str, Any] = {"logGroupNames": list(groups)}
    if any(name.startswith("arn:") for name in groups):
        names = {"logGroupIdentifiers": list(groups)}
    try:
        answer = client.start_query(
            **names,
            startTime=math.floor(asked.start.timestamp()),
            endTime=math.ceil(asked.end.timestamp()),
            queryString=query,
        )
    except ClientError as error:
        raise _refusal(error, groups) from error
    return str(answer["queryId"])


def _refusal(error: ClientError, groups: Sequence[str]) -> Exception:
    code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "MalformedQueryException":
        details: Any = error.response.get("queryCompileError") or {}
        place = details.get("location") or {}
        return Mistake(details.get("message") or said, place.get("startCharOffset"), place.get("endCharOffset"))
    if code == "LimitExceededException" or code in THROTTLED:
        happened = f"As many queries run as AWS allows this account at once. AWS said: {said}"
        return refused(503, "Too many queries at once", happened, "Wait until one has ended, or cancel one.", code)
    if code == "ResourceNotFoundException":
        happened = f"One of the log groups is not there: {', '.join(groups)[:300]}. AWS said: {said}"
        return refused(404, "No such log group", happened, "Choose the groups again.", code)
    return error  # type: ignore[no-any-return]  # botocore has no types


def answer(client: Any, query_id: str, token: str = "") -> Answer:
    """Return what a query has found so far. Raises Refused for an id that this account does not have."""
    asked = {"queryId": query_id, **({"nextToken": token} if token else {})}
    try:
        found = client.get_query_results(**asked)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in THROTTLED:  # asked too often: it runs on
            return Answer(query_id, "Running")
        if code in ("ResourceNotFoundException", "InvalidParameterException"):
            raise no_such(query_id) from error
        raise
    return _answer(query_id, found)


def no_such(query_id: str) -> Exception:
    """Return the refusal of an id that is not known."""
    happened = f"This account and region have no query {query_id[:80]}. AWS keeps results for seven days."
    return refused(404, "No such query", happened, "Run the query again.", "ResourceNotFoundException")


def _answer(query_id: str, found: dict[str, Any]) -> Answer:
    raw = [{cell["field"]: cell.get("value") for cell in row} for row in found.get("results", [])]
    columns = tuple(name for name in dict.fromkeys(name for row in raw for name in row) if name != "@ptr")
    masked: Counter[str] = Counter()
    rows = [tuple(_cell(name, row.get(name), masked) for name in columns) for row in raw]
    numbers = found.get("statistics") or {}
    return Answer(
        query_id,
        str(found.get("status", "Unknown")),
        columns,
        tuple(_kind(name, [row[at] for row in rows]) for at, name in enumerate(columns)),
        rows,
        [row.get("@ptr") or "" for row in raw],
        Statistics(
            int(numbers.get("recordsMatched", 0)),
            int(numbers.get("recordsScanned", 0)),
            int(numbers.get("bytesScanned", 0)),
            int(numbers.get("estimatedRecordsSkipped", 0)),
            int(numbers.get("logGroupsScanned", 0)),
        ),
        masked,
        str(found.get("nextToken") or ""),
    )


def _cell(name: str, value: Any, masked: Counter[str]) -> str | None:
    return None if value is None else masking.mask_cell(name, str(value), masked)


def _kind(name: str, values: Sequence[str | None]) -> str:
    known = [value for value in values if value not in (None, "")]
    if not known or name in ("@message", "@logStream", "@log", "@requestId"):
        return "text"
    if all(_is_time(value or "") for value in known):
        return "datetime"
    if all(is_canonical(value or "") for value in known):
        return "integer"
    return "float" if all(_is_number(value or "") for value in known) else "text"


def _is_time(value: str) -> bool:
    return len(value) == 23 and value[4] == value[7] == "-" and value[10] == " " and value[19] == "."


def _is_number(value: str) -> bool:
    if not value[-1:].isdigit() or not value.isascii():
        return False
    try:
        return math.isfinite(float(value)) and (is_canonical(value) or "." in value or "e" in value.lower())
    except ValueError:
        return False


def settled(client: Any, query_id: str, patience: float = 0.0) -> Answer:
    """Return what a query has found, waiting up to `patience` seconds for its end."""
    pause, end = 0.01, time.monotonic() + patience
    while True:
        found = answer(client, query_id)
        if not found.running or time.monotonic() + pause > end:
            return found
        time.sleep(pause)
        pause *= 1.6


def every_row(client: Any, first: Answer) -> Iterator[tuple[str | None, ...]]:
    """Yield all rows of an ended query, following AWS's pages; each has the columns of the first."""
    found = first
    while True:
        places = [found.columns.index(name) if name in found.columns else -1 for name in first.columns]
        yield from (tuple(row[at] if at >= 0 else None for at in places) for row in found.rows)
        if not found.next_token:
            return
        found = answer(client, first.id, found.next_token)


def stop(client: Any, query_id: str) -> bool:
    """Stop a query; tells whether it was running. One that has ended is no error."""
    try:
        return bool(client.stop_query(queryId=query_id).get("success"))
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidParameterException":
            return False
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise no_such(query_id) from error
        raise
