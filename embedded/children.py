"""The processes that the emulator starts (Lambda code): a clean environment, and no life beyond its own."""

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

_PR_SET_PDEATHSIG = 1
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
# The kernel's "parent" is the thread that forked: one thread that lives as long as the process starts them all.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")
_alive: "weakref.WeakSet[subprocess.Popen[Any]]" = weakref.WeakSet()
_alive_lock = threading.Lock()


def _die_with_parent() -> None:
    """Run in the child between fork and exec: ask the kernel for SIGKILL when the parent dies."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def child_environment(wanted: Mapping[str, str] | None, own: Mapping[str, str]) -> dict[str, str]:
    """Return what a child may see: what was set for it, never the emulator's own variables or the host's paths.

    `own` is the emulator's environment: a variable that is merely passed on from there is dropped.
    """
    wanted = own if wanted is None else wanted
    kept = {
        name: value
        for name, value in wanted.items()
        if own.get(name) != value or name in ("LANG", "TZ", "SystemRoot", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
    }
    if sys.platform == "win32":
        return {"PATH": own.get("PATH", ""), **kept}
    return {"PATH": _SYSTEM_PATH, "HOME": "/tmp", **kept}  # noqa: S108 - as in AWS's own runtimes, a place to write


def guarded(popen: Callable[..., Any]) -> Callable[..., Any]:
    """Return the class to stand in for subprocess.Popen, so that no child escapes these rules."""
    base: Any = popen

    class GuardedPopen(base):
        """A child that sees a clean environment, has a group of its own, and dies with the emulator."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["env"] = child_environment(kwargs.get("env"), dict(os.environ))
            if sys.platform != "win32":
                kwargs["start_new_session"] = True
                if _LIBC is not None:
                    kwargs["preexec_fn"] = _die_with_parent
            _SPAWNER.submit(super().__init__, *args, **kwargs).result()
            with _alive_lock:
                _alive.add(self)

    return GuardedPopen


def end_all() -> None:
    """Kill every child that still runs, with the processes that it started itself."""
    with _alive_lock:
        running = [child for child in _alive if child.poll() is None]
    for child in running:
        if sys.platform == "win32":
            child.kill()
            continue
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it ended by itself just now
    for child in running:
        child.wait(timeout=5)
