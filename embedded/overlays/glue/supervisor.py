"""Runs one script and lets nothing of it survive; a program of its own, started as `python -I -S -B supervisor.py FD`.

stdin: a line of JSON (command, directory, environment, grace seconds), then "stop" to end it in order. When stdin ends,
so does everything. FD: "started", then a line of JSON (exit code, peak memory in KiB), or "failed" with the reason.
stdout and stderr are the script's own.

The process that is started only waits: its child, in a session of its own, does the work. So a kill of the first, by
whoever tidies up after the embedded AWS, still leaves one that ends what the script started.
"""

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))  # it is started by its path, and reads nothing else of Python's

from embedded.offspring import LINUX, adopt, descendants, end_all, first_line, reap, wake_on_children


def main() -> int:
    """Fork; the parent passes the child's end on."""
    report = int(sys.argv[1])
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = supervise(report)
        finally:
            os._exit(code)
    for descriptor in (0, 1, 2, report):
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255


def supervise(report: int) -> int:
    """Run the script, watch it, end what it left behind, and report."""
    os.setsid()
    adopt()
    wake = wake_on_children()
    order = json.loads(first_line())
    try:
        script = subprocess.Popen(
            order["command"],
            cwd=order["directory"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        os.write(report, f"failed {error}\n".encode())
        return 1
    os.write(report, b"started\n")
    code = Watch(script.pid, wake, float(order["grace"])).until_ended()
    end_all(script.pid)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with contextlib.suppress(BrokenPipeError):
        os.write(report, json.dumps({"code": code, "peak": peak if LINUX else peak // 1024}).encode() + b"\n")
    return 0


class Watch:
    """Waits for the script, for orders, and for the end of whoever gives them."""

    def __init__(self, pid: int, wake: int, grace: float) -> None:
        self._pid, self._wake, self._grace = pid, wake, grace
        self._sources = [0, wake]
        self._deadline: float | None = None

    def until_ended(self) -> int:
        """Return the script's exit code, negative for a signal."""
        while True:
            ended = reap(self._pid)
            if ended is not None:
                return ended
            if self._deadline is not None and time.monotonic() >= self._deadline:
                self._signal(signal.SIGKILL)
                self._deadline = time.monotonic() + 0.1
            wait = 5.0 if self._deadline is None else max(0.0, self._deadline - time.monotonic())
            ready, _, _ = select.select(self._sources, [], [], wait)
            if self._wake in ready:
                os.read(self._wake, 4096)
            if 0 in ready:
                self._hear(os.read(0, 4096))

    def _hear(self, said: bytes) -> None:
        """End at once when nobody is there any more, else in order, after which it is killed."""
        if said:
            self._signal(signal.SIGTERM)
        else:
            self._sources = [self._wake]
        if self._deadline is None or not said:
            self._deadline = time.monotonic() + (self._grace if said else 0.0)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)
        for pid in descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


if __name__ == "__main__":
    sys.exit(main())
