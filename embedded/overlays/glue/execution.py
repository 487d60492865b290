"""One script as a process: started through its supervisor, its output read, its end awaited; runs in a thread."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.overlays.glue.logs import Lines

SUPERVISOR = Path(__file__).with_name("supervisor.py")
GRACE_SECONDS = 5
FLUSH_SECONDS = 0.25
# Only where a process can hide from the supervisor (not on Linux) may output stay open after the end.
STRAY_SECONDS = 2.0
_F_SETPIPE_SZ = 1031
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Order:
    """What to run: a command line, where, and all that it sees of the environment."""

    command: list[str]
    directory: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """How it ended: exit code (negative: a signal), the end of stderr, peak memory in KiB; or why it did not begin."""

    code: int
    written: bytes = b""
    peak: int = 0
    failed: str = ""


class Execution:
    """A script from start to end."""

    def __init__(self, order: Order, output: Lines, error: Lines, started: Callable[[], None]) -> None:
        self._order, self._started = order, started
        self._output, self._error = output, error
        self._lock = threading.Lock()
        self._stdin: Any = None
        self._ask = False
        self._report = b""

    def stop(self) -> None:
        """Ask the script to end, kill it and all it started when it does not; safe from any thread, any number."""
        with self._lock:
            first, self._ask = not self._ask, True
            if first and self._stdin is not None:
                with contextlib.suppress(OSError):
                    self._stdin.write(b"stop\n")

    def abandon(self) -> None:
        """Kill the script and all it started at once: whoever gives it orders is gone."""
        with self._lock:
            self._ask = True
            if self._stdin is not None:
                self._stdin.close()
                self._stdin = None

    def run(self) -> Outcome:
        """Start it and wait for the end; everything that it wrote is in the log when this returns."""
        readable, writable = os.pipe()
        try:
            process = self._start(writable)
        finally:
            os.close(writable)
        with process:
            self._read(process, readable)
            with self._lock:
                assert process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
                self._stdin = None
                process.stdin.close()
            self._output.close()
            self._error.close()
        return self._outcome()

    def _start(self, writable: int) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(SUPERVISOR), str(writable)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(writable,),
            env={},
            cwd="/",
        )
        order = {**vars(self._order), "grace": GRACE_SECONDS}
        data = memoryview(json.dumps(order).encode() + b"\n")
        assert process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[process.stdin.write(data) :]
        return process

    def _read(self, process: "subprocess.Popen[bytes]", report: int) -> None:
        with selectors.DefaultSelector() as selector, os.fdopen(report, "rb", buffering=0) as file:
            sources: list[tuple[Any, Callable[[bytes], None]]] = [
                (file, self._hear(process)),
                (process.stdout, self._output.feed),
                (process.stderr, self._error.feed),
            ]
            for source, take in sources:
                _widen(source)
                selector.register(source, selectors.EVENT_READ, take)
            self._until_closed(selector)

    def _until_closed(self, selector: selectors.BaseSelector) -> None:
        flushed, ended = time.monotonic(), 0.0
        while selector.get_map():
            for key, _ in selector.select(FLUSH_SECONDS):
                chunk = os.read(key.fd, _CHUNK)
                key.data(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
            now = time.monotonic()
            if now - flushed >= FLUSH_SECONDS:
                flushed = now
                self._output.flush()
                self._error.flush()
            if self._report.count(b"\n") >= 2 or self._report.startswith(b"failed"):
                ended = ended or now
                if now - ended > STRAY_SECONDS:
                    return

    def _hear(self, process: "subprocess.Popen[bytes]") -> Callable[[bytes], None]:
        def hear(chunk: bytes) -> None:
            before, self._report = self._report, self._report + chunk
            if not before and chunk.startswith(b"started"):
                with self._lock:
                    self._stdin, ask = process.stdin, self._ask
                    if ask and self._stdin is not None:
                        self._stdin.write(b"stop\n")
                self._started()

        return hear

    def _outcome(self) -> Outcome:
        lines = self._report.decode("utf-8", "replace").splitlines()
        if lines and lines[0].startswith("failed "):
            return Outcome(1, failed=lines[0].removeprefix("failed "))
        if len(lines) < 2:
            return Outcome(-9, failed="The process that looked after the script was killed.")
        told = json.loads(lines[1])
        return Outcome(int(told["code"]), self._error.last, int(told["peak"]))


def _widen(pipe: Any) -> None:
    """Let a pipe hold more, where that can be asked for: fewer turns for much output."""
    if sys.platform.startswith("linux"):
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, _F_SETPIPE_SZ, 1024 * 1024)
