"""GetLogGroupFields and GetLogRecord: the fields that events are found to have."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from embedded.events.reading import LAST, Event, Events, Range
from embedded.log_calls import Fault, Group, asked, find_group, one_of
from embedded.overlays.insights.compiling.scope import LAMBDA_FIELD_PATTERNS, POSITIONS
from embedded.overlays.insights.loading import message_kind
from embedded.overlays.insights.queries import milliseconds
from embedded.overlays.insights.rows import number, pointed, pointer
from embedded.overlays.insights.running import Call, whole

SAMPLE, MOST_FIELDS, DEEPEST = 2000, 200, 100
MINUTE = 60_000


async def group_fields(call: Call) -> dict[str, Any]:
    """Return which fields the newest events have, and how many percent of them each; a megabyte of events is read."""
    parameters, now = asked(call.request), milliseconds()
    group = await find_group(call.request, call.forward, one_of(parameters, "logGroupName", "logGroupIdentifier"), now)
    start, end = now - 15 * MINUTE, now + MINUTE
    if parameters.get("time") is not None:
        middle = whole(parameters, "time", 0, 10**12) * 1000
        start, end = middle - 8 * MINUTE, middle + 8 * MINUTE
    found = await asyncio.to_thread(_sample, call, group, Range(max(start, group.oldest), end))
    seen = Counter(name for event in found for name in fields(event, group.place.group, call.owner))
    shares = [{"name": name, "percent": round(100 * count / len(found))} for name, count in seen.items()]
    return {"logGroupFields": sorted(shares, key=lambda share: (-int(str(share["percent"])), str(share["name"])))}


def _sample(call: Call, group: Group, within: Range) -> list[Event]:
    events = Events(call.state)
    try:
        found, _ = events.of_group(group.place, None, within, LAST, SAMPLE, backward=True)
        return found
    finally:
        events.close()


async def record(call: Call) -> dict[str, Any]:
    """Return all fields of one event."""
    text = str(asked(call.request).get("logRecordPointer", ""))
    place = pointed(text)
    if place is None or place[:2] != call.owner:
        raise Fault("InvalidParameterException", "Invalid logRecordPointer provided")
    events = Events(call.state)
    try:
        found = events.one(*place)
    finally:
        events.close()
    if found is None:
        raise Fault("ResourceNotFoundException", "The log event of this logRecordPointer does not exist any more.")
    group, event = found
    current = await find_group(call.request, call.forward, group, milliseconds())
    if event.at < current.oldest:
        raise Fault("ResourceNotFoundException", "The log event of this logRecordPointer does not exist any more.")
    return {"logRecord": fields(event, group, call.owner)}


def fields(event: Event, group: str, owner: tuple[str, str]) -> dict[str, str]:
    """Return the fields of an event by their names."""
    found = {
        "@timestamp": str(event.at),
        "@message": event.message,
        "@logStream": event.stream,
        "@log": f"{owner[0]}:{group}",
        "@ingestionTime": str(event.taken),
        "@ptr": pointer(*owner, event.number),
    }
    kind, document = message_kind(event.message, group)
    if kind in POSITIONS:
        cells = zip(POSITIONS[kind], event.message.split(" "), strict=False)
        found.update((name, cell) for name, cell in cells if cell != "-")
    for name, (pattern, factor) in LAMBDA_FIELD_PATTERNS.items() if kind == 2 else ():
        if cut := re.search(pattern, event.message):
            found[name] = cut.group(1) if factor is None else number(float(cut.group(1)) * factor) or ""
    if document is not None:
        found.update(list(_leaves(json.loads(document), ()))[:MOST_FIELDS])
    return found


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is not None:
        for key, inner in pairs if len(path) < DEEPEST else ():
            yield from _leaves(inner, (*path, str(key)))
    elif value is not None:
        name = ".".join(path)
        # A discovered name that begins with @ is told apart from AWS's own by a second one.
        name = "@" + name if name.startswith("@") else name
        yield name, value if isinstance(value, str) else json.dumps(int(value) if isinstance(value, bool) else value)
