"""Log events: of one stream by GetLogEvents, of many and filtered by FilterLogEvents.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app import masking
from app.blueprints.logs.service import groups
from app.blueprints.logs.service.times import Range, milliseconds, of_milliseconds

PAGE = 200
EMPTY_PAGES = 8  # FilterLogEvents may find nothing in a part of the streams: so many parts are asked for at once
AROUND = 50
SORTED_SINCE = datetime(2024, 1, 1, tzinfo=UTC)  # from then on AWS gives the latest events first, where asked to


class BadPattern(ValueError):
    """AWS does not understand a filter pattern."""


@dataclass(frozen=True)
class Wanted:
    """What events are asked for; `newest` begins at the end of the range, or of the stream where there is none."""

    group: str
    stream: str = ""
    pattern: str = ""
    range: Range | None = None
    token: str = ""
    newest: bool = False


@dataclass(frozen=True)
class Event:
    """One event, its credentials masked; `digest` tells it from others of its millisecond."""

    at: datetime
    milliseconds: int
    message: str
    stream: str
    digest: str
    ingested: datetime | None = None


@dataclass(frozen=True)
class Events:
    """A page of events, the oldest first, and the tokens of the pages beside it; `searched` says how it was asked."""

    events: list[Event]
    earlier: str = ""
    later: str = ""
    searched: str = "stream"
    masked: Counter[str] = field(default_factory=Counter)
    more: bool = False


def read(client: Any, wanted: Wanted) -> Events:
    """Return a page of events. Raises BadPattern, and Refused for a group or stream that is not there."""
    with _told(wanted.group, wanted.stream, wanted.pattern):
        return _of_stream(client, wanted) if wanted.stream and not wanted.pattern else _filtered(client, wanted)


@contextmanager
def _told(group: str, stream: str, pattern: str = "") -> Iterator[None]:
    """Tell AWS's refusals in the words of what was asked."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            raise groups.no_such(f"{group}{f' with a stream {stream}' if stream else ''}") from error
        if code == "InvalidParameterException" and pattern:
            raise BadPattern(error.response["Error"].get("Message", code)) from error
        raise


def _of_stream(client: Any, wanted: Wanted) -> Events:
    asked: dict[str, Any] = {"logGroupName": wanted.group, "logStreamName": wanted.stream, "limit": PAGE}
    asked |= _range(wanted.range)
    asked["startFromHead"] = not wanted.newest and wanted.range is not None
    if wanted.token:
        asked["nextToken"] = wanted.token
    answer = client.get_log_events(**asked)
    masked: Counter[str] = Counter()
    found = [_event(one, wanted.stream, masked) for one in answer["events"]]
    backward, forward = answer.get("nextBackwardToken", ""), answer.get("nextForwardToken", "")
    full = len(found) >= PAGE
    newest = wanted.newest or wanted.range is None
    earlier = backward if wanted.token and found else backward if newest and full else ""
    later = forward if wanted.token and found else forward if not newest and full else ""
    return Events(found, earlier, later, "stream", masked)


def _filtered(client: Any, wanted: Wanted) -> Events:
    asked: dict[str, Any] = {"logGroupName": wanted.group, "limit": PAGE, **_range(wanted.range)}
    backward = wanted.newest and wanted.range is not None and wanted.range.start >= SORTED_SINCE
    if backward:
        asked["startFromHead"] = False
    if wanted.stream:
        asked["logStreamNames"] = [wanted.stream]
    if wanted.pattern:
        asked["filterPattern"] = wanted.pattern
    token, masked, found = wanted.token, Counter[str](), list[Event]()
    for _ in range(EMPTY_PAGES):
        answer = client.filter_log_events(**asked, **({"nextToken": token} if token else {}))
        found = [_event(one, one.get("logStreamName", ""), masked) for one in answer.get("events", [])]
        token = answer.get("nextToken", "")
        if found or not token:
            break
    found.sort(key=lambda one: one.milliseconds)
    more = bool(token) and not found
    return Events(found, token if backward else "", "" if backward else token, "filter", masked, more)


def newest(client: Any, wanted: Wanted, most: int = PAGE) -> Events:
    """Return events after a time, for a live tail; the pages of a burst are followed to `most` events."""
    found, masked, token = list[Event](), Counter[str](), ""
    for _ in range(EMPTY_PAGES):
        asked = Wanted(wanted.group, wanted.stream, wanted.pattern, wanted.range, token)
        with _told(wanted.group, wanted.stream, wanted.pattern):
            page = _filtered(client, asked)
        found, token = found + page.events, page.later
        masked.update(page.masked)
        if not token or len(found) >= most:
            break
    return Events(found, "", token, "filter", masked)


def around(client: Any, group: str, stream: str, at: int) -> Events:
    """Return the events of a stream before and after a millisecond."""
    place = {"logGroupName": group, "logStreamName": stream, "limit": AROUND}
    with _told(group, stream):
        before = client.get_log_events(**place, endTime=at, startFromHead=False)
        after = client.get_log_events(**place, startTime=at, startFromHead=True)
    masked: Counter[str] = Counter()
    found = [_event(one, stream, masked) for one in (*before["events"], *after["events"])]
    earlier, later = before.get("nextBackwardToken", ""), after.get("nextForwardToken", "")
    full_before, full_after = len(before["events"]) >= AROUND, len(after["events"]) >= AROUND
    return Events(found, earlier if full_before else "", later if full_after else "", "around", masked)


def whole(client: Any, group: str, stream: str, at: int, digest: str) -> Event | None:
    """Return one event in full, None where it is not there any more."""
    with _told(group, stream):
        answer = client.get_log_events(
            logGroupName=group, logStreamName=stream, startTime=at, endTime=at + 1, limit=1000, startFromHead=True
        )
    found = [_event(one, stream, Counter()) for one in answer["events"]]
    return next((one for one in found if one.digest == digest), None)


def _range(asked: Range | None) -> dict[str, int]:
    if asked is None:
        return {}
    return {"startTime": milliseconds(asked.start), "endTime": milliseconds(asked.end)}


def _event(found: dict[str, Any], stream: str, masked: Counter[str]) -> Event:
    raw = str(found.get("message", ""))
    at = int(found["timestamp"])
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    moment = of_milliseconds(at or 1)
    assert moment is not None  # noqa: S101 a number always is a time
    return Event(moment, at, masking.mask(raw, masked), stream, digest, of_milliseconds(found.get("ingestionTime")))
