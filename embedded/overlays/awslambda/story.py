"""What one execution environment tells: events for its log stream, and the last of them for whoever called."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from embedded.functions.calls import Function

# An event has at most 256 KiB, 26 bytes of which are its own.
LONGEST = 256 * 1024 - 26
KEPT_EVENTS = 10_000
FLUSH_SECONDS = 0.5
_MOST_BYTES = 900_000
Events = list[dict[str, Any]]


def new_stream(function: Function) -> str:
    """Return the name of a new environment's log stream."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{token_hex(16)}"


class Story:
    """Events as they come; they are sent in groups, at the latest when a call ends."""

    def __init__(self, put: Callable[[Events], None]) -> None:
        self._put = put
        self._events: Events = []
        self._size = 0
        self._rest = b""
        self._flushed = time.monotonic()
        self._told = ""
        self._latest = 0

    def begin(self) -> None:
        """Forget what earlier calls told."""
        self._told, self._latest = "", 0

    @property
    def tail(self) -> str:
        """The log of this call, at most its last 4 KB matter."""
        return self._told

    def say(self, text: str, at: int | None = None) -> None:
        """Take an event; an empty text is none.

        Two ways lead here, and only one brings its time along: the log is in the order in which events came.
        """
        if not text:
            return
        self._latest = max(self._latest, at or int(time.time() * 1000))
        self._told = (self._told + (text if text.endswith("\n") else text + "\n"))[-8192:]
        data = text.encode("utf-8", "replace")
        for start in range(0, len(data), LONGEST):
            piece = data[start : start + LONGEST].decode("utf-8", "replace")
            self._events.append({"timestamp": self._latest, "message": piece})
        self._size += len(data)
        if self._size >= _MOST_BYTES or len(self._events) >= KEPT_EVENTS // 10:
            self.flush()

    def event(self, at: int, text: str) -> None:
        """Take what the function printed or logged."""
        self.say(text, at)

    def raw(self, chunk: bytes) -> None:
        """Take what was written below Python, or by another program: each line is an event."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self.say(line.decode("utf-8", "replace") + "\n")

    def flush(self) -> None:
        """Send what waits."""
        events, self._events, self._size = self._events, [], 0
        self._flushed = time.monotonic()
        if events:
            self._put(events)

    def rest(self) -> None:
        """End the last line: a call ended."""
        rest, self._rest = self._rest, b""
        self.say(rest.decode("utf-8", "replace"))

    def tick(self) -> None:
        """Send what has waited long enough: who looks at the log sees what goes on."""
        if self._events and time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()
