"""Execution logs and access logs, put into CloudWatch Logs behind the answer; nobody waits for them."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Sequence

from embedded.book import Record, Where
from embedded.errors import Response
from embedded.internal import json_request_as
from embedded.layers import Below
from embedded.overlays.apigateway import account, context, gates
from embedded.overlays.apigateway.execution import Engine
from embedded.overlays.apigateway.flow import Answer, Flow

logger = logging.getLogger("embedded.apigateway")
_TARGET = "Logs_20140328."


class Logs:
    """Writes what stages log, in the order in which requests ended."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[Below, Where, str, list[tuple[int, str]]]] = asyncio.Queue()
        self._writing: asyncio.Task[None] | None = None
        # One stream for each log group and run, as API Gateway has some for each group.
        self._streams: dict[tuple[Where, str], str] = {}

    def note(self, engine: Engine, flow: Flow, made: Answer) -> None:
        """Keep what a stage wants to be logged of a request."""
        if not account.role(engine.book, flow.where):
            return
        settings = gates.setting(flow)
        level = settings.get("loggingLevel", "OFF")
        if level != "OFF":
            group = f"API-Gateway-Execution-Logs_{flow.api_id}/{flow.stage['stageName']}"
            events = flow.journal.events(level, data=settings.get("dataTraceEnabled", False))
            self._put(engine.whole, flow.where, group, events)
        if access := flow.stage.get("accessLogSettings"):
            self._access(engine.whole, flow, made, access)

    def _access(self, whole: Below, flow: Flow, made: Answer, access: Record) -> None:
        latency = int((time.time() - flow.started) * 1000)
        line = context.log_line(flow, access["format"], made.status, len(made.body), latency)
        group = access["destinationArn"].partition(":log-group:")[2]
        self._put(whole, flow.where, group, [(int(time.time() * 1000), line)])

    def _put(self, whole: Below, where: Where, group: str, events: list[tuple[int, str]]) -> None:
        if not events:
            return
        self._queue.put_nowait((whole, where, group, events))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while True:
            whole, where, group, events = await self._queue.get()
            try:
                await self._send(whole, where, group, events)
            except Exception:
                logger.exception("The log of an API could not be written to %s.", group)
            finally:
                self._queue.task_done()

    async def _send(self, whole: Below, where: Where, group: str, events: Sequence[tuple[int, str]]) -> None:
        stream = self._streams.get((where, group))
        if stream is None:
            stream = secrets.token_hex(16)
            if group.startswith("API-Gateway-Execution-Logs_"):
                await _call(whole, where, "CreateLogGroup", {"logGroupName": group})
            await _call(whole, where, "CreateLogStream", {"logGroupName": group, "logStreamName": stream})
        shown = [{"timestamp": at, "message": message} for at, message in events]
        answer = await _call(
            whole, where, "PutLogEvents", {"logGroupName": group, "logStreamName": stream, "logEvents": shown}
        )
        if answer.status != 200:
            # The group is gone, or was never there: the next line tries again.
            self._streams.pop((where, group), None)
            logger.warning("CloudWatch Logs did not take a line for %s: %s", group, answer.body.decode())
            return
        self._streams[(where, group)] = stream

    async def end(self) -> None:
        """Write what waits, and stop."""
        if self._writing is not None:
            await asyncio.wait_for(self._queue.join(), 5)
            self._writing.cancel()
            await asyncio.wait([self._writing])


async def _call(whole: Below, where: Where, operation: str, parameters: Record) -> Response:
    answer = await whole(json_request_as(where, "logs", _TARGET + operation, parameters))
    if answer.status != 200 and "AlreadyExists" not in json.dumps(answer.body.decode("utf-8", "replace")):
        logger.debug("%s: %s", operation, answer.body)
    return answer
