"""The last words of a script that failed, as Glue puts them into ErrorMessage."""

import re
import signal

LONGEST = 2000
_FRAME = re.compile(r'^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
_SYNTAX = re.compile(r"(?:SyntaxError|IndentationError|TabError): ")


def error_message(code: int, written: bytes, script: str, spark: bool) -> str:
    """Return why a run failed: its exit code (negative: a signal), the end of stderr, the script's path."""
    text = written.decode("utf-8", "replace")
    found = last_exception(text) if code == 1 else ""
    if not found:
        return command_failed(code)
    line = failing_line(text, script)
    if _SYNTAX.match(found) and line:
        found = f"{found} ({script.rpartition('/')[2]}, line {line})"
    if spark and line:
        return f"Error Category: UNCLASSIFIED_ERROR; Failed Line Number: {line}; {found}"
    return found


def command_failed(code: int) -> str:
    """Return the sentence for a script that ended without an exception."""
    if code >= 0:
        return f"Command failed with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"Command failed with exit code {128 - code} ({name})"


def last_exception(text: str) -> str:
    """Return the last exception that stderr tells of, with all lines of its message; empty when there is none."""
    _, begun, trace = text.rpartition("Traceback (most recent call last):\n")
    lines = (trace if begun else text).splitlines()
    if not begun:
        # A script that does not compile has no traceback, only the place.
        starts = [number for number, line in enumerate(lines) if _SYNTAX.match(line)]
        return lines[starts[-1]][-LONGEST:] if starts else ""
    for number, line in enumerate(lines):
        if line and not line[0].isspace():
            return "\n".join(lines[number:]).strip()[:LONGEST]
    return ""


def failing_line(text: str, script: str) -> int | None:
    """Return the line of the script where the last exception passed, None when it is not told."""
    trace = text.rpartition("Traceback (most recent call last):\n")[2]
    lines = [int(found["line"]) for found in _FRAME.finditer(trace) if found["file"] == script]
    return lines[-1] if lines else None
