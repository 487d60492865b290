"""REPORT lines: what Lambda says at the end of each invocation.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import re
from dataclasses import dataclass

_REPORT = re.compile(
    r"REPORT RequestId: (?P<id>[\w-]+)\s+Duration: (?P<duration>[\d.]+) ms\s+Billed Duration: (?P<billed>[\d.]+) ms"
    r"\s+Memory Size: (?P<size>\d+) MB\s+Max Memory Used: (?P<used>\d+) MB"
    r"(?:\s+Init Duration: (?P<init>[\d.]+) ms)?"
)
_STATUS = re.compile(r"Status: (?P<status>\w+)(?:\s+Error Type: (?P<type>[\w.]+))?")


@dataclass(frozen=True)
class Report:
    """One invocation: milliseconds and MB; `init` is the cold start, None where the environment was warm."""

    request_id: str
    duration: float
    billed: float
    memory: int
    used: int
    init: float | None = None
    status: str = ""
    error_type: str = ""


def parse(text: str) -> Report | None:
    """Return the report of a log line, None for any other line."""
    found = _REPORT.search(text)
    if found is None:
        return None
    status = _STATUS.search(text, found.end())
    return Report(
        found["id"],
        float(found["duration"]),
        float(found["billed"]),
        int(found["size"]),
        int(found["used"]),
        float(found["init"]) if found["init"] else None,
        status["status"] if status else "",
        (status["type"] or "") if status else "",
    )
