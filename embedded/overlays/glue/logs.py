"""What a script writes, line by line into CloudWatch Logs, while it runs and without growing.

A stream keeps its first lines as they come and its last ones at the end; what lies between is counted, not kept: the
emulator holds every event in memory, where real CloudWatch takes them all.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

# An event of CloudWatch has at most 256 KiB, 26 bytes of which are its own.
LONGEST_LINE = 256 * 1024 - 26
FIRST_LINES, FIRST_BYTES = 20_000, 4 * 1024 * 1024
LAST_LINES, LAST_BYTES = 1_000, 256 * 1024
BATCH_EVENTS, BATCH_BYTES = 2_000, 512 * 1024
MARK = "[embedded AWS]"
KEPT = f"the first {FIRST_LINES} lines (at most {FIRST_BYTES // 2**20} MiB) and the last {LAST_LINES}"
Events = list[dict[str, Any]]


class Lines:
    """One of a run's two streams: bytes in, events out."""

    def __init__(self, send: Callable[[Events], None]) -> None:
        self._send = send
        self._rest = b""
        self._events: Events = []
        self._waiting = 0
        self._first = [0, 0]
        self._tail: Tail | None = None
        self.last = b""

    def feed(self, chunk: bytes) -> None:
        """Take what was written; whole lines become events."""
        self.last = (self.last + chunk)[-16_384:]
        if self._tail is not None:
            self._tail.feed(chunk)
            return
        whole, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        if newline:
            self._take(whole)
        if self._tail is None:
            while len(self._rest) > LONGEST_LINE:
                piece, self._rest = cut(self._rest)
                self._event(piece)

    def flush(self) -> None:
        """Send what is waiting."""
        while self._events:
            batch, self._events = self._events[:BATCH_EVENTS], self._events[BATCH_EVENTS:]
            self._send(batch)
        self._waiting = 0

    def close(self) -> None:
        """Send the last line, which may lack its end, or the last lines of a stream that is shortened."""
        if self._tail is None and self._rest:
            self._take(self._rest)
            self._rest = b""
        if self._tail is not None:
            lines, left_out = self._tail.close()
            if left_out:
                self._event(f"{MARK} {left_out} lines are left out here: {KEPT} are kept.".encode())
            for line in lines:
                self._pieces(line)
        self.flush()

    def _take(self, whole: bytes) -> None:
        lines = whole.split(b"\n")
        for number, line in enumerate(lines):
            if self._first[0] >= FIRST_LINES or self._first[1] >= FIRST_BYTES:
                self._event(f"{MARK} This stream is long: {KEPT} are kept; those come when the run ends.".encode())
                self._tail = Tail()
                self._tail.feed(b"\n".join(lines[number:]) + b"\n" + self._rest)
                self._rest = b""
                return
            self._first[0] += 1
            self._first[1] += len(line)
            self._pieces(line)

    def _pieces(self, line: bytes) -> None:
        while len(line) > LONGEST_LINE:
            piece, line = cut(line)
            self._event(piece)
        self._event(line)

    def _event(self, line: bytes) -> None:
        # An event may not be empty; a line may.
        text = line.removesuffix(b"\r").decode("utf-8", "replace") or " "
        self._events.append({"timestamp": int(time.time() * 1000), "message": text})
        self._waiting += len(line)
        if self._waiting >= BATCH_BYTES or len(self._events) >= BATCH_EVENTS:
            self.flush()


class Tail:
    """The last lines of a stream, and how many there were."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._lines = 0

    def feed(self, chunk: bytes) -> None:
        """Take a part of any size."""
        self._lines += chunk.count(b"\n")
        self._chunks.append(chunk)
        self._size += len(chunk)
        while self._size - len(self._chunks[0]) >= LAST_BYTES:
            self._size -= len(self._chunks.popleft())

    def close(self) -> tuple[list[bytes], int]:
        """Return the last lines, and the number of those that are gone."""
        text = b"".join(self._chunks)[-LAST_BYTES:]
        lines = text.removesuffix(b"\n").split(b"\n")[-LAST_LINES:]
        total = self._lines + (0 if text.endswith(b"\n") else 1)
        return lines, max(0, total - len(lines))


def cut(line: bytes) -> tuple[bytes, bytes]:
    """Cut a line that is too long, but not in the middle of a character."""
    end = LONGEST_LINE
    while end > LONGEST_LINE - 4 and line[end] & 0xC0 == 0x80:
        end -= 1
    return line[:end], line[end:]
