"""Queries from their start to their rows: who asked, how far they are, what they gave."""

import asyncio
import logging
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from embedded.overlays.insights.process import WorkerProcess
from embedded.overlays.insights.records import RUNNING, Record, Records

logger = logging.getLogger("embedded.insights")
AT_ONCE = 30
LONGEST = 60 * 60.0
# A page of results is at most so large, however many rows that is.
LARGEST_PAGE = 32 * 1024 * 1024


class TooManyError(Exception):
    """So many queries of this account and region run already."""


def milliseconds() -> int:
    """Return the time."""
    return time.time_ns() // 1_000_000


class Queries:
    """All queries of this run; those that run are in memory, all are in the records."""

    def __init__(self, state: Path) -> None:
        self.records = Records(state)
        self.records.tidy(milliseconds())
        self.worker = WorkerProcess(state, self._report)
        self._running: dict[str, Record] = {}
        self._timers: dict[str, Any] = {}

    async def close(self) -> None:
        """End the process; what still runs has failed."""
        await self.worker.close()
        for record in list(self._running.values()):
            self._finish(record, "Failed")
        self.records.close()

    async def start(self, record: Record, run: Mapping[str, Any]) -> str:
        """Start a query and return its id; TooManyError when too many run."""
        mine = (record.account, record.region)
        if sum((other.account, other.region) == mine for other in self._running.values()) >= AT_ONCE:
            raise TooManyError
        self._running[record.id] = record
        self.records.keep(record)
        await self.worker.run({"id": record.id, "account": record.account, "region": record.region, **run})
        loop = asyncio.get_running_loop()
        self._timers[record.id] = loop.call_later(LONGEST, self.end, record.id, "Timeout")
        return record.id

    def find(self, query: str, account: str, region: str) -> Record | None:
        """Return a query of an account and region."""
        running = self._running.get(query)
        if running is not None:
            return running if (running.account, running.region) == (account, region) else None
        return self.records.find(query, account, region)

    def all(self, account: str, region: str) -> list[Record]:
        """Return the queries of an account and region, the newest first."""
        return [self._running.get(record.id, record) for record in self.records.all(account, region)]

    def end(self, query: str, status: str) -> bool:
        """End a query that runs, and return whether it did."""
        record = self._running.get(query)
        if record is None:
            return False
        self.worker.stop(query)
        self._finish(record, status)
        return True

    def page(self, record: Record, start: int, most: int) -> tuple[list[str], int | None]:
        """Return rows as lines of JSON from a place in the file on, and where the next page begins."""
        path = self.records.rows(record.id)
        if record.status != "Complete" or not path.exists():
            return [], None
        with path.open("rb") as file:
            file.seek(start)
            found = list(_taken(file, most))
            end = file.tell()
            more = bool(file.read(1))
        return found, end if more else None

    def _report(self, message: Mapping[str, Any]) -> None:
        record = self._running.get(message["id"])
        if record is None:
            # It was stopped while its last message was on the way.
            self.records.rows(message["id"]).unlink(missing_ok=True)
            return
        if message["state"] == "Running":
            record.status = "Running"
            return
        if message["state"] == "Failed":
            _log(record, message["message"])
        names = ("recordsMatched", "recordsScanned", "bytesScanned", "resultCount")
        record.statistics = {name: message[name] for name in names if name in message}
        record.statistics["logGroupsScanned"] = float(len(record.groups))
        self._finish(record, message["state"])

    def _finish(self, record: Record, status: str) -> None:
        record.status, record.ended = status, milliseconds()
        self._running.pop(record.id, None)
        timer = self._timers.pop(record.id, None)
        if timer is not None:
            timer.cancel()
        self.records.keep(record)


def _taken(file: Any, most: int) -> Iterator[str]:
    size = 0
    for _ in range(most):
        line = file.readline()
        if not line:
            return
        yield line.decode()
        size += len(line)
        if size > LARGEST_PAGE:
            return


def _log(record: Record, message: str) -> None:
    logger.error("The query %s failed: %s\n%s", record.id, message, record.text)


def new_record(account: str, region: str, text: str, groups: Sequence[str]) -> Record:
    """Return the record of a query that is about to start."""
    user = f"arn:aws:iam::{account}:root"
    return Record(str(uuid.uuid4()), account, region, text, list(groups), milliseconds(), user)


def is_running(record: Record) -> bool:
    """Whether a query has not ended."""
    return record.status in RUNNING
