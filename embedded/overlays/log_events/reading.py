"""FilterLogEvents and GetLogEvents over the stored events, page by page to the end."""

import asyncio
import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.events.reading import FIRST, LARGEST, LAST, Event, Events, Range
from embedded.layers import Below
from embedded.log_calls import Fault, Group, asked, find_group, one_of
from embedded.overlays.log_events.patterns import Match, compile_pattern
from embedded.overlays.log_events.values import PatternError
from embedded.request import Request

MOST, READ = 10_000, 5000
# So long a page is searched for: what is left is for the next one.
SECONDS = 1.0
_TARGET = "Logs_20140328.DescribeLogStreams"
_WHOLE = 2**62


@dataclass(frozen=True)
class Search:
    """What is asked of FilterLogEvents."""

    group: Group
    streams: Sequence[str] | None
    within: Range
    wanted: Match
    limit: int
    backward: bool


def now() -> int:
    """Return the time in milliseconds."""
    return time.time_ns() // 1_000_000


def _number(parameters: dict[str, Any], name: str, default: int) -> int:
    value = parameters.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or not 0 <= value < _WHOLE:
        raise Fault("InvalidParameterException", f"{name} must be a whole number, zero or more.")
    return value


def _limit(parameters: dict[str, Any]) -> int:
    limit = _number(parameters, "limit", MOST)
    if not 1 <= limit <= MOST:
        raise Fault("InvalidParameterException", f"limit must be from 1 to {MOST}.")
    return limit


async def filter_events(request: Request, forward: Below, state: Path) -> dict[str, Any]:
    """Answer FilterLogEvents."""
    parameters = asked(request)
    identifier = one_of(parameters, "logGroupName", "logGroupIdentifier")
    try:
        wanted = compile_pattern(str(parameters.get("filterPattern") or ""))
    except PatternError as error:
        raise Fault("InvalidParameterException", f"Invalid filter pattern: {error}.") from error
    group = await find_group(request, forward, identifier, now())
    # Both ends belong to the range here, unlike in GetLogEvents.
    start, end = _number(parameters, "startTime", 0), _number(parameters, "endTime", _WHOLE) + 1
    streams = await _chosen(parameters, group, state)
    backward = parameters.get("startFromHead") is False
    within = Range(max(start, group.oldest), end)
    search = Search(group, streams, within, wanted, _limit(parameters), backward)
    place = _read_token(parameters.get("nextToken"), LAST if backward else FIRST)
    found, following = await asyncio.to_thread(_search, state, search, place)
    page: dict[str, Any] = {"events": [_shown(event) for event in found], "searchedLogStreams": []}
    return page if following is None else {**page, "nextToken": _token(following)}


async def _chosen(parameters: dict[str, Any], group: Group, state: Path) -> Sequence[str] | None:
    names, prefix = parameters.get("logStreamNames"), parameters.get("logStreamNamePrefix")
    if names and prefix:
        raise Fault("InvalidParameterException", "logStreamNames and logStreamNamePrefix exclude each other.")
    if not prefix:
        return [str(name) for name in names] if names else None
    events = Events(state)
    try:
        return [name for name in events.stream_sizes(group.place) if name.startswith(str(prefix))]
    finally:
        events.close()


def _search(state: Path, search: Search, place: tuple[int, int]) -> tuple[list[Event], tuple[int, int] | None]:
    """Return what matches beyond a place, and where to go on: when the page is full, large or took its time."""
    found: list[Event] = []
    size, until = 0, time.monotonic() + SECONDS
    events = Events(state)
    try:
        # Small pages read little; later ones more, where few events match.
        count = min(READ, search.limit + 1)
        while True:
            read, whole = events.of_group(
                search.group.place, search.streams, search.within, place, count, backward=search.backward
            )
            for event in read:
                if search.wanted(event.message):
                    if found and (len(found) == search.limit or size > LARGEST):
                        return found, place
                    found.append(event)
                    size += len(event.message)
                place = event.place
            if whole:
                return found, None
            if time.monotonic() > until:
                return found, place
            count = READ
    finally:
        events.close()


def _shown(event: Event) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "timestamp": event.at,
        "message": event.message,
        "ingestionTime": event.taken,
        "eventId": f"{event.number:056d}",
    }


def _token(place: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_token(token: Any, default: tuple[int, int]) -> tuple[int, int]:
    if token is None:
        return default
    try:
        at, number = json.loads(base64.urlsafe_b64decode(str(token)))
        if abs(at) <= _WHOLE and abs(number) <= _WHOLE:
            return int(at), int(number)
    except (ValueError, TypeError):
        pass
    raise Fault("InvalidParameterException", "The specified nextToken is invalid.")


async def get_events(request: Request, forward: Below, state: Path) -> dict[str, Any]:
    """Answer GetLogEvents: a page of one stream, with the places before and after it."""
    parameters = asked(request)
    identifier = one_of(parameters, "logGroupName", "logGroupIdentifier")
    group = await find_group(request, forward, identifier, now())
    stream = str(parameters.get("logStreamName") or "")
    await _stream_exists(request, forward, group, stream)
    start, end = _number(parameters, "startTime", 0), _number(parameters, "endTime", _WHOLE)
    within = Range(max(start, group.oldest), end)
    forward_way, place = _way(parameters)
    events = Events(state)
    try:
        page = events.of_stream(group.place, stream, within, place, _limit(parameters), backward=not forward_way)
    finally:
        events.close()
    # Where nothing is yet, whatever comes lies ahead.
    empty = FIRST if place == LAST else place
    head, tail = (page[0].place, page[-1].place) if page else (empty, empty)
    return {
        "events": [{"timestamp": e.at, "message": e.message, "ingestionTime": e.taken} for e in page],
        "nextForwardToken": "f/" + _token(tail),
        "nextBackwardToken": "b/" + _token(head),
    }


def _way(parameters: dict[str, Any]) -> tuple[bool, tuple[int, int]]:
    token = parameters.get("nextToken")
    if token is None:
        ahead = bool(parameters.get("startFromHead"))
        return ahead, FIRST if ahead else LAST
    way, slash, rest = str(token).partition("/")
    if way not in ("f", "b") or not slash:
        raise Fault("InvalidParameterException", "The specified nextToken is invalid.")
    return way == "f", _read_token(rest, FIRST)


async def _stream_exists(request: Request, forward: Below, group: Group, stream: str) -> None:
    asking = {"logGroupName": group.place.group, "logStreamNamePrefix": stream, "limit": 1}
    _, found = await forward.json(request, "logs", _TARGET, asking)
    if not any(known["logStreamName"] == stream for known in found.get("logStreams", ())):
        raise Fault("ResourceNotFoundException", "The specified log stream does not exist.")
