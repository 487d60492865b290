"""What a process started, however it hides: adopted, counted, ended. Needs nothing but Python itself."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LINUX = sys.platform.startswith("linux")
_PR_SET_CHILD_SUBREAPER = 36
SWEEP_SECONDS = 10.0


def adopt() -> None:
    """Make whatever is started from here a child of this process when its own parent ends."""
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap(wanted: int) -> int | None:
    """Take leave of every child that ended; return the wanted one's exit code when it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == wanted:
                found = os.waitstatus_to_exitcode(status)
    return found


def end_all(group: int) -> None:
    """Kill the script's group and all that descends from this process, again and again until nothing is left."""
    deadline = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        left = list(descendants())
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        reap(0)
        if not left:
            return
        time.sleep(0.005)


def descendants() -> Iterator[int]:
    """Yield the processes that descend from this one, where /proc tells; zombies, which are dead, are left out."""
    if not LINUX:
        return
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # pid (name, which may hold anything) state parent ...
            state, parent = Path(entry.path, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if state not in "ZX":
                children.setdefault(int(parent), []).append(int(entry.name))
    waiting = [os.getpid()]
    while waiting:
        found = children.get(waiting.pop(), [])
        yield from found
        waiting += found


def wake_on_children() -> int:
    """Return what becomes readable when a child ends."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    os.set_blocking(readable, False)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    return readable


def _nothing(_number: int, _frame: Any) -> None:
    """Be there, so that the signal wakes the loop."""


def first_line() -> bytes:
    """Read the first line of stdin: nothing follows it before it was obeyed."""
    said = b""
    while not said.endswith(b"\n"):
        part = os.read(0, 65536)
        if not part:
            os._exit(1)
        said += part
    return said
