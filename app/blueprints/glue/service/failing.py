"""Where in its script a run failed, from what it said last."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.source_lines import Line, around

AROUND = 7
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)')
_TOLD = re.compile(r"Failed Line Number: (\d+)")
_SYNTAX = re.compile(r"(?:SyntaxError|IndentationError|TabError): .*\((?P<file>[^(),]+), line (?P<line>\d+)\)")
_NAMED = re.compile(
    r"(?:^|; )((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Warning|Exit|Interrupt|Fault)\b.*)", re.S
)
TRACE = "Traceback (most recent call last):"


@dataclass(frozen=True)
class Failure:
    """What failed: the exception in its own words, and the lines of the script around it."""

    exception: str
    line: int | None
    shown: tuple[Line, ...] = ()


def exception(message: str) -> str:
    """Return the exception in Glue's ErrorMessage, without what Glue puts before it."""
    found = _NAMED.search(message)
    return (found[1] if found else message).strip()


def frames(message: str, errors: Sequence[str], script: str) -> tuple[int, ...]:
    """Return the lines of the script on the exception's way, the failing one last.

    `message` is Glue's ErrorMessage, `errors` the lines of the error log, `script` the script's address.
    """
    name = script.rpartition("/")[2]
    last = max((at for at, line in enumerate(errors) if TRACE in line), default=None)
    trace = [] if last is None else "\n".join(errors[last:]).split("\n")
    found = tuple(int(hit["line"]) for line in trace if (hit := _FRAME.match(line)) and _base(hit["file"]) == name)
    if found:
        return found
    told = _TOLD.search(message) or _SYNTAX.search(message)
    if told is None:
        return ()
    return (int(told["line"] if "line" in told.re.groupindex else told[1]),)


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def find(message: str, errors: Sequence[str], script: str, source: str) -> Failure:
    """Return what failed, with the lines of `source` around it."""
    passed = frames(message, errors, script)
    return Failure(exception(message), passed[-1] if passed else None, around(source, passed, AROUND) if passed else ())
