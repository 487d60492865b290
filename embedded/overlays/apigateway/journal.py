"""The execution log of one request, line by line, as the console's test and CloudWatch show it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

_SECRET = re.compile(r"authorization|x-api-key|x-amz-security-token", re.IGNORECASE)
# A body is cut in CloudWatch as on AWS.
LONGEST = 1024


@dataclass
class Journal:
    """Lines with the time at which they were written; `data` lines are left out unless full data is asked for."""

    request_id: str
    lines: list[tuple[datetime, str, str]] = field(default_factory=list)

    def info(self, text: str) -> None:
        """Write what happens."""
        self.lines.append((datetime.now(UTC), "INFO", text))

    def data(self, text: str) -> None:
        """Write what passes: bodies, headers, parameters."""
        self.lines.append((datetime.now(UTC), "DATA", text))

    def error(self, text: str) -> None:
        """Write why it failed."""
        self.lines.append((datetime.now(UTC), "ERROR", text))

    def text(self) -> str:
        """Return the whole log as TestInvokeMethod gives it."""
        head = f"Execution log for request {self.request_id}\n"
        return head + "".join(f"{at:%a %b %d %H:%M:%S} UTC {at:%Y} : {line}\n" for at, _, line in self.lines)

    def events(self, level: str, *, data: bool) -> list[tuple[int, str]]:
        """Return time in milliseconds and message of the lines that a stage's logging level keeps."""
        kept = {"ERROR"} | ({"INFO"} if level == "INFO" else set()) | ({"DATA"} if data and level == "INFO" else set())
        found = []
        for at, kind, line in self.lines:
            if kind in kept:
                cut = line if len(line) <= LONGEST else f"{line[:LONGEST]} [TRUNCATED]"
                found.append((int(at.timestamp() * 1000), f"({self.request_id}) {cut}"))
        return found


def shown(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Return parameters as the log writes them, secrets by their last six characters."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return "{" + ", ".join(f"{name}={_masked(name, value)}" for name, value in items) + "}"


def _masked(name: str, value: str) -> str:
    if not _SECRET.fullmatch(name):
        return value
    return "*" * max(len(value) - 6, 6) + value[-6:] if len(value) > 12 else "*" * 12


def body(content: bytes) -> str:
    """Return a body as the log writes it."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "[Binary Data]"
