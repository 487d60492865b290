"""The execution environments that there are: who works, who waits, who is no longer wanted."""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from embedded.book import Where
from embedded.functions.calls import Function
from embedded.overlays.awslambda.environment import Environment
from embedded.overlays.awslambda.story import Story

# AWS gives an account 1,000 at first (new ones fewer); here all of them run on one machine.
MOST = 100
_SHAPING = (
    "CodeSha256",
    "Runtime",
    "Handler",
    "MemorySize",
    "Environment",
    "EphemeralStorage",
    "LoggingConfig",
    "Role",
)


class Throttled(Exception):
    """No call may begin; the reason is AWS's."""


@dataclass
class Member:
    """An environment and what goes with it."""

    key: tuple[Where, str, str]
    shape: str
    environment: Environment
    story: Story
    close: Callable[[], None] = field(repr=False)
    idle_since: float = 0.0

    def end(self) -> None:
        """Kill it and remove its folder."""
        self.environment.end()
        self.close()


def key_of(function: Function) -> tuple[Where, str, str]:
    """Return what an environment serves: one version of one function."""
    return function.where, function.name, function.version


def shape_of(function: Function) -> str:
    """Return what stands for code and settings: other ones need another environment."""
    kept = {name: function.config.get(name) for name in _SHAPING}
    layers = [layer.get("Arn") if isinstance(layer, dict) else layer for layer in function.config.get("Layers") or ()]
    return hashlib.sha256(json.dumps([kept, layers], sort_keys=True, default=str).encode()).hexdigest()


class Pool:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Member] = []
        self._busy: list[Member] = []
        self._calls: dict[tuple[Where, str], int] = {}
        self._closed = False

    def begin(self, function: Function) -> Member | None:
        """Count a call, and return an environment that waits, if one does; Throttled where no more may go on."""
        name = (function.where, function.name)
        with self._lock:
            if self._closed or sum(self._calls.values()) >= MOST:
                raise Throttled("ConcurrentInvocationLimitExceeded")
            if function.reserved is not None and self._calls.get(name, 0) >= function.reserved:
                raise Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
            self._calls[name] = self._calls.get(name, 0) + 1
            own = [member for member in self._idle if member.key == key_of(function)]
            shape = shape_of(function)
            old = [member for member in own if member.shape != shape]
            fitting = [member for member in own if member.shape == shape]
            member = fitting[-1] if fitting else None
            self._idle = [kept for kept in self._idle if kept not in old and kept is not member]
            if member:
                self._busy.append(member)
        for gone in old:
            gone.end()
        return member

    def add(self, member: Member) -> None:
        """Note an environment that is new, and works."""
        with self._lock:
            self._busy.append(member)

    def finish(self, function: Function, member: Member | None) -> None:
        """Note that a call ended; its environment waits for the next, if it lives."""
        name = (function.where, function.name)
        with self._lock:
            self._calls[name] -= 1
            if not self._calls[name]:
                del self._calls[name]
            if member in self._busy:
                self._busy.remove(member)
            waits = member is not None and member.environment.alive and not self._closed
            if member is not None and waits:
                member.idle_since = time.monotonic()
                self._idle.append(member)
        if member is not None and not waits:
            member.end()

    def forget(self, where: Where, name: str) -> None:
        """End what waits for calls of a function that was deleted or changed."""
        self._end_idle(lambda member: member.key[:2] == (where, name))

    def reap(self, seconds: float) -> None:
        """End what has waited longer than that."""
        before = time.monotonic() - seconds
        self._end_idle(lambda member: member.idle_since < before)

    def close(self) -> None:
        """End everything."""
        self._closed = True
        self._end_idle(lambda _: True)
        with self._lock:
            busy = list(self._busy)
        for member in busy:
            member.environment.abandon()

    def _end_idle(self, unwanted: Callable[[Member], bool]) -> None:
        with self._lock:
            gone = [member for member in self._idle if unwanted(member)]
            self._idle = [member for member in self._idle if member not in gone]
        for member in gone:
            member.end()
