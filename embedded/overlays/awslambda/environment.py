"""One execution environment: a process that has imported the handler, called again and again; used from one thread."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from embedded.functions.frames import Frames, frame, send
from embedded.overlays.awslambda.memory import MIB, peak, resident

SUPERVISOR = Path(__file__).parents[2] / "functions" / "supervisor.py"
TICK = 0.02
INIT_SECONDS = 10.0
_LAST_SECONDS = 10.0
_READ = 1024 * 1024


@dataclass(frozen=True)
class Order:
    """What to start: the handler, where, all that it sees, and how much memory (bytes) it may have."""

    handler: str
    directory: str
    path: list[str]
    environment: dict[str, str]
    memory: int
    disk: int

    def line(self) -> bytes:
        """Return what the supervisor reads."""
        # Address space is not memory: this only stops what would take the machine down within a tick.
        space = max(4096 * MIB, 2 * self.memory + 2048 * MIB)
        limits = {"RLIMIT_AS": space, "RLIMIT_FSIZE": self.disk, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 1024}
        return json.dumps({**vars(self), "limits": limits}).encode() + b"\n"


@dataclass(frozen=True)
class Ended:
    """How a call, or the start, ended: result, error, broken (the start), exit, memory or timeout."""

    kind: str
    facts: Mapping[str, Any]
    payload: bytes = b""


class Listener(Protocol):
    """Who takes what an environment tells."""

    def event(self, at: int, text: str, /) -> None:
        """Take what was printed or logged, and when (milliseconds since 1970)."""

    def raw(self, chunk: bytes, /) -> None:
        """Take what was written below Python."""

    def tick(self) -> None:
        """Do what time asks for; called all the while."""


class Environment:
    """A process group that lives until it is ended, or ends itself."""

    def __init__(self, order: Order, listener: Listener) -> None:
        self._order, self._listener = order, listener
        self._frames = Frames()
        self._selector = selectors.DefaultSelector()
        self._unsent = memoryview(b"")
        self.pid = 0
        self.memory = 0
        self.alive = True
        self._ended = False
        self._start()

    def _start(self) -> None:
        calls, self._calls = os.pipe()
        self._out, out = os.pipe()
        # What is sent may not hold up a timeout.
        os.set_blocking(self._calls, False)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(SUPERVISOR), str(calls), str(out)],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(calls, out),
                env={},
                cwd="/",
            )
        finally:
            os.close(calls)
            os.close(out)
        assert self._process.stdin is not None  # noqa: S101 - for the type checker: they are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._selector.register(self._out, selectors.EVENT_READ)
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        with contextlib.suppress(BrokenPipeError):
            send(self._process.stdin.fileno(), self._order.line())

    def ready(self, deadline: float) -> Ended:
        """Wait until the handler is imported."""
        ended = self._until(("ready", "broken"), deadline)
        if ended.kind != "ready":
            self.end()
        return ended

    def call(self, facts: Mapping[str, Any], payload: bytes, deadline: float) -> Ended:
        """Call the handler, and wait for what comes of it (`deadline`: time.monotonic)."""
        self._wake(signal.SIGCONT)
        self._unsent = memoryview(frame("call", facts, payload))
        self._selector.register(self._calls, selectors.EVENT_WRITE)
        ended = self._until(("result", "error"), deadline)
        self.memory = max(self.memory, min(peak(self.pid), self._order.memory))
        if self.alive and ended.kind in ("result", "error"):
            self._drain()
            # As AWS does: between calls nothing goes on.
            self._wake(signal.SIGSTOP)
        else:
            self.end()
        return ended

    def _wake(self, number: int) -> None:
        if self.pid and sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def end(self) -> None:
        """Kill it and everything that it started, and wait until that is done."""
        self.alive = False
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101
        assert stdout is not None  # noqa: S101
        if self._ended:
            return
        self._ended = True
        stdin.close()
        try:
            self._process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._drain()
        self._selector.close()
        for descriptor in (self._calls, self._out):
            os.close(descriptor)
        stdout.close()

    def abandon(self) -> None:
        """Have it killed, from any thread: whoever waits for it sees its end."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _drain(self) -> None:
        """Take what was written so far."""
        assert self._process.stdout is not None  # noqa: S101
        for descriptor in (self._out, self._process.stdout.fileno()):
            os.set_blocking(descriptor, False)
            with contextlib.suppress(BlockingIOError):
                while chunk := os.read(descriptor, _READ):
                    self._take(descriptor, chunk, ())
            os.set_blocking(descriptor, True)

    def _until(self, wanted: tuple[str, ...], deadline: float) -> Ended:
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in self._selector.select(min(TICK, left)):
                if key.fd == self._calls:
                    self._send()
                elif found := self._read(key, wanted):
                    return found
            if self._too_much():
                return Ended("memory", {})
            self._listener.tick()
        return Ended("timeout", {})

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._calls, self._unsent) :]
        except BrokenPipeError:
            self._unsent = memoryview(b"")
        if not self._unsent:
            self._selector.unregister(self._calls)

    def _read(self, key: selectors.SelectorKey, wanted: tuple[str, ...]) -> Ended | None:
        chunk = os.read(key.fd, _READ)
        if chunk:
            return self._take(key.fd, chunk, wanted)
        self._selector.unregister(key.fileobj)
        if key.fd != self._out:
            return None
        self.alive = False
        return Ended("exit", {"code": -9})

    def _take(self, descriptor: int, chunk: bytes, wanted: tuple[str, ...]) -> Ended | None:
        if descriptor != self._out:
            self._listener.raw(chunk)
            return None
        found = None
        for facts, payload in self._frames.feed(chunk):
            kind = facts["kind"]
            if kind == "log":
                self._listener.event(facts["at"], payload.decode("utf-8", "replace"))
            elif kind == "begun":
                self.pid = int(facts["pid"])
            elif kind in wanted:
                found = Ended(kind, facts, payload)
            elif kind == "exit":
                self.alive = False
                found = found or Ended(kind, facts)
        return found

    def _too_much(self) -> bool:
        used = resident(self.pid) if self.pid else 0
        self.memory = max(self.memory, min(used, self._order.memory))
        return used > self._order.memory
