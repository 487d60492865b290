"""One execution environment of a function; a program of its own: `python -I -S -B supervisor.py CALLS FRAMES`.

stdin: a line of JSON (environment, directory, limits), then nothing; when it ends, so does everything that was started.
CALLS: what the function is to be called with. FRAMES: what comes of it (`frames.py`).

Three processes: the first only waits, so that a kill of it, by whoever tidies up after the embedded AWS, leaves the
second, which ends the third: the function.
"""

import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # it is started by its path, and reads nothing else of Python's

from embedded.functions.frames import frame
from embedded.offspring import adopt, end_all, first_line, reap, wake_on_children


def main() -> int:
    """Fork; the parent passes the child's end on."""
    calls, out = int(sys.argv[1]), int(sys.argv[2])
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = supervise(calls, out)
        finally:
            os._exit(code)
    for descriptor in (0, 1, 2, calls, out):
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255


def supervise(calls: int, out: int) -> int:
    """Start the function, wait until it ends or nobody wants it any more, end what it left, and say how it was."""
    os.setsid()
    adopt()
    order = json.loads(first_line())
    function = os.fork()
    if function == 0:
        os.close(0)
        _become(order, calls, out)
    os.close(calls)
    for descriptor in (1, 2):
        os.close(descriptor)
    code = _until_ended(function)
    end_all(function)
    try:
        os.write(out, frame("exit", {"code": code}))
    except BrokenPipeError:
        return 1
    return 0


def _become(order: dict[str, Any], calls: int, out: int) -> None:
    """Be the function; never returns."""
    code = 1
    try:
        os.setsid()
        os.set_inheritable(calls, False)
        os.set_inheritable(out, False)
        os.open(os.devnull, os.O_RDONLY)  # the lowest number that is free: stdin
        for name, most in order["limits"].items():
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(number, (most, most))
        from embedded.functions.bootstrap import serve

        code = serve(order, calls, out)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        os._exit(code)


def _until_ended(function: int) -> int:
    """Return the exit code (negative: a signal) of the function, which is killed when stdin ends."""
    wake = wake_on_children()
    sources = [0, wake]
    while True:
        ended = reap(function)
        if ended is not None:
            return ended
        ready, _, _ = select.select(sources, [], [], 5.0)
        if wake in ready:
            os.read(wake, 4096)
        if 0 in ready and not os.read(0, 4096):
            sources = [wake]
            end_all(function)
            return reap(function) or -signal.SIGKILL


if __name__ == "__main__":
    sys.exit(main())
