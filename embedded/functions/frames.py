"""What is said over the pipes of an execution environment: a line of JSON, then as many bytes as it announces."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_READ = 1024 * 1024


def frame(kind: str, facts: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Return a frame."""
    return json.dumps({**facts, "kind": kind, "bytes": len(payload)}).encode() + b"\n" + payload


class Frames:
    """Takes bytes as they come and gives frames."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._facts: dict[str, Any] | None = None

    def feed(self, chunk: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the frames that are complete with this chunk."""
        self._held += chunk
        while True:
            if self._facts is None:
                line, newline, _ = self._held.partition(b"\n")
                if not newline:
                    return
                self._facts = json.loads(line)
                del self._held[: len(line) + 1]
            size = int(self._facts["bytes"])
            if len(self._held) < size:
                return
            payload = bytes(self._held[:size])
            del self._held[:size]
            facts, self._facts = self._facts, None
            yield facts, payload


def send(descriptor: int, data: bytes) -> None:
    """Write everything."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def receive(descriptor: int) -> Callable[[], tuple[dict[str, Any], bytes] | None]:
    """Return what gives the next frame, None at the end."""
    frames = Frames()
    waiting: list[tuple[dict[str, Any], bytes]] = []

    def following() -> tuple[dict[str, Any], bytes] | None:
        while not waiting:
            chunk = os.read(descriptor, _READ)
            if not chunk:
                return None
            waiting.extend(frames.feed(chunk))
        return waiting.pop(0)

    return following
