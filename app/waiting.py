"""Loads the dashboard while the embedded AWS starts, and serves it as soon as it is told where that answers.

`python -m app.waiting MODULE [ARGUMENT ...]` waits for one line of JSON on standard input, variables of the
environment, and then runs the server MODULE as `python -m` would. Both starts take a second each; so they overlap.
"""

import gc
import json
import os
import runpy
import sys
from collections.abc import Sequence
from importlib import import_module

from app import blueprints

# What gunicorn itself imports only after it has read its settings.
SERVERS = {
    "gunicorn": ("gunicorn.app.wsgiapp", "gunicorn.arbiter", "gunicorn.workers.gthread"),
    "flask": ("flask.cli",),
}


def told(descriptor: int = 0) -> dict[str, str]:
    """Return the variables of one line; raises EOFError where the parent has ended without a word.

    Nothing after the line is read: whoever watches the pipe for its end reads on.
    """
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(descriptor, 1)
        if not part:
            raise EOFError
        line += part
    found: dict[str, str] = json.loads(line)
    return found


def main(arguments: Sequence[str]) -> None:
    """Load everything, wait, and serve."""
    gc.disable()  # what is loaded stays: to search it for garbage again and again takes a tenth of the start
    for name in ("app.factory", *SERVERS[arguments[0]]):
        import_module(name)
    list(blueprints.discover())
    try:
        os.environ.update(told())
    except EOFError:
        return
    gc.enable()
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
