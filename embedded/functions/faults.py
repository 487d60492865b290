"""How a failure is told: the error object that Lambda answers with, and what of it stands in the log.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

import json
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

_OWN = str(Path(__file__).parent)
_INDENT = "\u00a0"  # CloudWatch would swallow plain spaces at the start of a line


class Fault(Exception):
    """A failure that has one of the runtime's own names."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, trace or []

    def told(self, request_id: str) -> dict[str, Any]:
        """Return the error object."""
        return told(self.kind, self.message, self.trace, request_id)


def told(kind: str, message: str, trace: list[str], request_id: str) -> dict[str, Any]:
    """Return an error object as Lambda gives it."""
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def raised(error: BaseException, request_id: str) -> dict[str, Any]:
    """Return the error object of an exception, its trace from the function's own first line on."""
    if isinstance(error, Fault):
        return error.told(request_id)
    return told(type(error).__name__, _text(error), _trace(error.__traceback__), request_id)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:
        return f"<{type(error).__name__} whose text failed: {type(second).__name__}>"


def _trace(found: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(found)
    while frames and frames[0].filename.startswith((_OWN, "<frozen importlib")):
        frames.pop(0)
    # As pairs of place and line: Lambda shows no marks under what failed.
    return traceback.format_list([(one.filename, one.lineno or 0, one.name, one.line) for one in frames])


def as_text(error: dict[str, Any]) -> str:
    """Return the line of the log, with the trace in the same event."""
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}", "Traceback (most recent call last):"]
    for element in error["stackTrace"]:
        for line in element.splitlines():
            bare = line.lstrip(" ")
            lines.append(_INDENT * (len(line) - len(bare)) + bare)
    return "\n".join(lines)


def as_json(error: dict[str, Any]) -> str:
    """Return the line of a log in JSON."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"timestamp": stamp, "level": "ERROR", **error}, ensure_ascii=False)
