"""The processes that the emulator starts (Lambda code): a clean environment, and no life beyond its own."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

POSIX = sys.platform != "win32"
_PR_SET_PDEATHSIG = 1
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_PASSED_ON = ("LANG", "TZ", "SystemRoot", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
# The kernel's "parent" is the thread that forked: one thread that lives as long as the process starts them all.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")
# Kills the groups it was told of when its stdin ends, which it does however the emulator dies.
_KEEPER = """
alive=" "
while read -r change group; do
  case $change in
    +) alive="$alive$group " ;;
    -) alive="${alive%% $group *} ${alive#* $group }" ;;
  esac
done
for group in $alive; do kill -9 "-$group" 2>/dev/null; done
"""


class Keeper:
    """Knows the process groups of the children, and ends them when this process is no more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER], stdin=subprocess.PIPE, env={}, start_new_session=True, bufsize=0
        )

    def tell(self, change: str, group: int) -> None:
        """Note that a group began (+) or ended (-)."""
        with self._lock, contextlib.suppress(BrokenPipeError):
            assert self._shell.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
            self._shell.stdin.write(f"{change} {group}\n".encode())

    def end(self) -> None:
        """End the keeper and every group that it still knows."""
        assert self._shell.stdin is not None  # noqa: S101
        self._shell.stdin.close()
        self._shell.wait(timeout=5)


def _die_with_parent() -> None:
    """Run in the child between fork and exec: ask the kernel for SIGKILL when the parent dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def child_environment(wanted: Mapping[str, str] | None, own: Mapping[str, str]) -> dict[str, str]:
    """Return what a child may see: what was set for it, never the emulator's own variables or the host's paths.

    `own` is the emulator's environment: a variable that is merely passed on from there is dropped.
    """
    wanted = own if wanted is None else wanted
    kept = {name: value for name, value in wanted.items() if own.get(name) != value or name in _PASSED_ON}
    if not POSIX:
        return {"PATH": own.get("PATH", ""), **kept}
    return {"PATH": _SYSTEM_PATH, "HOME": "/tmp", **kept}  # noqa: S108 - as in AWS's own runtimes, a place to write


def guarded(popen: Any, keeper: Keeper | None) -> Callable[..., Any]:
    """Return the class to stand in for subprocess.Popen, so that no child escapes these rules."""

    class GuardedPopen(popen):
        """A child that sees a clean environment, has a group of its own, and dies with the emulator."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["env"] = child_environment(kwargs.get("env"), dict(os.environ))
            if POSIX:
                kwargs["start_new_session"] = True
                kwargs["preexec_fn"] = _die_with_parent if _LIBC is not None else None
            _SPAWNER.submit(super().__init__, *args, **kwargs).result()
            self._group: int | None = self.pid
            _alive.add(self)
            if keeper is not None:
                keeper.tell("+", self.pid)

        def poll(self) -> int | None:
            return self._noted(super().poll())

        def wait(self, timeout: float | None = None) -> int | None:
            return self._noted(super().wait(timeout))

        def _noted(self, code: int | None) -> int | None:
            """When the child ended, end what it started, and forget the group: its number may come again."""
            if code is not None and self._group is not None:
                group, self._group = self._group, None
                _kill_group(group)
                if keeper is not None:
                    keeper.tell("-", group)
            return code

    return GuardedPopen


_alive: "weakref.WeakSet[Any]" = weakref.WeakSet()


def end_all() -> None:
    """Kill every child that still runs, with the processes that it started itself."""
    running = [child for child in list(_alive) if child.poll() is None]
    for child in running:
        child.kill()
    for child in running:
        child.wait(timeout=5)


def _kill_group(group: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
