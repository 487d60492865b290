"""Where in the code a function failed, from its stack trace."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 5  # lines shown on each side
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
TASK = "/var/task/"  # where AWS puts a function's code; the embedded AWS has folders of its own
_SYNTAX = re.compile(r"\((?P<file>[^()\s]+), line (?P<line>\d+)\)")


@dataclass(frozen=True)
class Place:
    """The file and the lines that an exception passed, the failing one last."""

    file: str
    lines: tuple[int, ...]


def place(trace: Sequence[str], message: str, files: Sequence[str]) -> Place | None:
    """Return where it failed, in a file of the code's own; None where the trace names none."""
    hits = [(_own(hit["file"], files), int(hit["line"])) for one in trace for hit in _FRAME.finditer(one)]
    found = [(name, line) for name, line in hits if name]
    if not found and (told := _SYNTAX.search(message)) and told["file"].rpartition("/")[2] in files:
        found = [(told["file"].rpartition("/")[2], int(told["line"]))]
    if not found:
        return None
    file = found[-1][0]
    return Place(file, tuple(line for name, line in found if name == file))


def _own(path: str, files: Sequence[str]) -> str:
    """Return the file of the zip that a path names; empty for Python's own and for layers' files."""
    if path.startswith(TASK) or path in files:
        name = path.removeprefix(TASK)
        return name if name in files else ""
    if "/lib/python" in path or path.startswith("/opt/"):
        return ""
    return max((name for name in files if path.endswith(f"/{name}")), key=len, default="")
