"""Ask Logs Insights and wait for the answer."""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, str]
LONGEST = 60.0


@dataclass
class Asking:
    """A log group and a client: puts events in, asks queries about them."""

    client: Any
    group: str
    # Events lie from here on, in milliseconds; whole hours make times easy to say.
    begin: int = field(default_factory=lambda: (int(time.time()) // 3600 - 6) * 3_600_000)

    def put(self, stream: str, events: Sequence[tuple[int, str]], group: str | None = None) -> None:
        """Put events of a stream: milliseconds after `begin`, and message."""
        name = group or self.group
        with contextlib.suppress(self.client.exceptions.ResourceAlreadyExistsException):
            self.client.create_log_group(logGroupName=name)
        self.client.create_log_stream(logGroupName=name, logStreamName=stream)
        entries = [{"timestamp": self.begin + at, "message": message} for at, message in events]
        for start in range(0, len(entries), 1000):
            self.client.put_log_events(logGroupName=name, logStreamName=stream, logEvents=entries[start : start + 1000])

    def start(self, query: str, **options: Any) -> str:
        """Start a query over all that was put."""
        seconds = self.begin // 1000
        groups = {} if {"logGroupNames", "logGroupIdentifiers"} & options.keys() else {"logGroupName": self.group}
        asked = {"startTime": seconds - 3600, "endTime": seconds + 24 * 3600, **groups, **options}
        return str(self.client.start_query(queryString=query, **asked)["queryId"])

    def wait(self, query: str) -> Mapping[str, Any]:
        """Return the whole answer when it is there."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            answer: dict[str, Any] = self.client.get_query_results(queryId=query)
            if answer["status"] not in ("Scheduled", "Running"):
                return answer
            time.sleep(0.01)
        raise TimeoutError(query)

    def answer(self, query: str, **options: Any) -> Mapping[str, Any]:
        """Run a query to its end."""
        answer = self.wait(self.start(query, **options))
        assert answer["status"] == "Complete", query
        return answer

    def rows(self, query: str, **options: Any) -> list[Row]:
        """Return a query's rows without their pointers."""
        return [plain(row) for row in self.answer(query, **options)["results"]]

    def column(self, query: str, **options: Any) -> list[str | None]:
        """Return the column that the first row begins with, None where a row has no such cell."""
        found = self.rows(query, **options)
        names = [name for row in found for name in row]
        return [row.get(names[0]) if names else None for row in found]


def plain(row: Sequence[Mapping[str, str]]) -> Row:
    """Return a row of a result as a dictionary."""
    return {cell["field"]: cell["value"] for cell in row if cell["field"] != "@ptr"}
