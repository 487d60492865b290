"""Log events: read from our store, page by page, and matched by every kind of filter pattern that AWS has."""

import asyncio
import json
from pathlib import Path
from typing import Any

from embedded.errors import Response
from embedded.events import EventStore, Place
from embedded.events.reading import Events
from embedded.layers import Below
from embedded.log_calls import Fault, answer, asked, group_name, one_of
from embedded.overlays.log_events.patterns import compile_pattern
from embedded.overlays.log_events.reading import filter_events, get_events
from embedded.overlays.log_events.values import PatternError
from embedded.request import Request
from embedded.settings import Home

READING = {"FilterLogEvents": filter_events, "GetLogEvents": get_events}
# The emulator's lists have no sizes: it does not hold the events.
SIZED = ("DescribeLogGroups", "DescribeLogStreams")
DELETING = ("DeleteLogGroup", "DeleteLogStream")
# The emulator would ignore most patterns.
FORWARDING = ("PutSubscriptionFilter", "PutMetricFilter", "TestMetricFilter")


class LogEvents:
    """Answers what reads events, and refuses what would forward them by a pattern that is ignored."""

    def __init__(self) -> None:
        self.state: Path | None = None
        self._purging: asyncio.Task[None] | None = None

    def matches(self, request: Request) -> bool:
        """Whether events are involved."""
        return request.service == "logs" and request.operation in (*READING, *SIZED, *DELETING, *FORWARDING)

    async def begin(self, home: Home) -> None:
        """Remove what an earlier run had not removed yet."""
        self.state = home.state
        self._purge()

    async def end(self) -> None:
        """Let the removing end."""
        if self._purging is not None:
            await self._purging

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer one call."""
        try:
            if self.state is None:
                raise Fault("ServiceUnavailableException", "The embedded AWS is still starting.")
            if request.operation in READING:
                return answer(await READING[request.operation](request, forward, self.state))
            if request.operation in FORWARDING:
                return _forwarding(request)
            # The body passes on: it is read before.
            parameters = asked(request)
            response = await forward(request)
            if response.status == 200 and request.operation in SIZED:
                return answer(_sized(request, parameters, json.loads(response.body), self.state))
            if response.status == 200:
                self._purge()
            return response
        except Fault as fault:
            return fault.response()

    def _purge(self) -> None:
        if self.state is not None and (self._purging is None or self._purging.done()):
            self._purging = asyncio.create_task(asyncio.to_thread(_purge, self.state))


def _purge(state: Path) -> None:
    store = EventStore(state)
    try:
        store.purge()
    finally:
        store.close()


def _sized(request: Request, parameters: dict[str, Any], found: dict[str, Any], state: Path) -> dict[str, Any]:
    events = Events(state)
    try:
        if request.operation == "DescribeLogGroups":
            sizes = events.sizes(request.account, request.region)
            for group in found["logGroups"]:
                group["storedBytes"] = sizes.get(group["logGroupName"], 0)
        else:
            name = group_name(request, one_of(parameters, "logGroupName", "logGroupIdentifier"))
            sizes = events.stream_sizes(Place(request.account, request.region, name))
            for stream in found["logStreams"]:
                stream["storedBytes"] = sizes.get(stream["logStreamName"], 0)
    finally:
        events.close()
    return found


def _forwarding(request: Request) -> Response | None:
    pattern = str(asked(request).get("filterPattern") or "")
    if not pattern:
        return None
    try:
        compile_pattern(pattern)
    except PatternError as error:
        raise Fault("InvalidParameterException", f"Invalid filter pattern: {error}.") from error
    refused = "The embedded AWS does not understand patterns in filters that forward events."
    raise Fault("InvalidParameterException", refused)


overlay = LogEvents()
