"""Where a run's output goes: its log groups, and the way there from the run's thread."""

import asyncio
import logging
from typing import Any

from embedded.book import Record
from embedded.emulator import Emulator
from embedded.overlays.glue.logs import Events, Lines

logger = logging.getLogger("embedded.glue")
SHELL_GROUP, SPARK_GROUP = "/aws-glue/python-jobs", "/aws-glue/jobs"
LONGEST_PUT = 60
_TARGET = "Logs_20140328."


class Streams:
    """The two log streams of a run: both bear its id."""

    def __init__(self, emulator: Emulator, loop: asyncio.AbstractEventLoop, run: Record) -> None:
        self._emulator, self._loop, self._run = emulator, loop, run

    async def make(self) -> None:
        """Make groups and streams, unless they are there."""
        for part in ("output", "error"):
            await self._make(part)

    def lines(self) -> tuple[Lines, Lines]:
        """Return what takes stdout and stderr, in the run's own thread."""
        return Lines(lambda events: self._send("output", events)), Lines(lambda events: self._send("error", events))

    def _send(self, part: str, events: Events) -> None:
        """Store events, and wait until they are."""
        putting = asyncio.run_coroutine_threadsafe(self._put(part, events), self._loop)
        try:
            putting.result(LONGEST_PUT)
        except (RuntimeError, TimeoutError):
            logger.exception("Output of the run %s could not be stored.", self._run["Id"])

    async def _put(self, part: str, events: Events) -> None:
        fields = {**self._names(part), "logEvents": events}
        status, answer = await self._call("PutLogEvents", fields)
        if status == 400 and "ResourceNotFound" in str(answer.get("__type")):
            # Someone deleted it meanwhile.
            await self._make(part)
            status, answer = await self._call("PutLogEvents", fields)
        if status != 200:
            logger.error("Output of the run %s was not stored: %s", self._run["Id"], answer)

    async def _make(self, part: str) -> None:
        names = self._names(part)
        await self._call("CreateLogGroup", {"logGroupName": names["logGroupName"]})
        await self._call("CreateLogStream", names)

    def _names(self, part: str) -> dict[str, Any]:
        return {"logGroupName": f"{self._run['LogGroupName']}/{part}", "logStreamName": self._run["Id"]}

    async def _call(self, operation: str, fields: dict[str, Any]) -> tuple[int, Any]:
        return await self._emulator.json("logs", _TARGET + operation, fields)
