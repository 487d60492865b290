"""Events of asynchronous calls: kept on disk until the function took them, tried again, or sent where failures go.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import asyncio
import base64
import json
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from embedded.book import Book, Record, Where
from embedded.functions.calls import ASKED, TRACE, Asked, Function, Outcome
from embedded.host_lambda import Functions
from embedded.overlays.awslambda import destinations, lineage
from embedded.overlays.awslambda.engine import Engine
from embedded.overlays.awslambda.notifications import lets_in
from embedded.overlays.awslambda.options import read_options
from embedded.overlays.awslambda.story import Story, new_stream
from embedded.overlays.awslambda.words import MARK, stamp
from embedded.settings import Home

logger = logging.getLogger("embedded.awslambda")
RETRIES, OLDEST = 2, 21_600
THREADS = 120
LOOP = "RecursiveInvocation"
OURS = "ServiceException"


@dataclass
class Events:
    """All events that wait or are being worked at."""

    engine: Engine
    book: Book
    home: Home
    _functions: Functions | None = None
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lambda-event")
        self._minute = read_options(self.home).seconds_per_minute

    def begin(self, functions: Functions) -> None:
        """Know the functions, and go on with what an earlier end cut off as soon as they are there again."""
        self._functions = functions
        functions.restored = self._resume

    def _resume(self) -> None:
        for _, _, record in self.book.everywhere("event"):
            self._follow(record)

    async def close(self) -> None:
        """Stop working at events: what is in the book goes on at the next start."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.book.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def take(self, function: Function, event: Any) -> None:
        """Take an event; from any thread."""
        asked = ASKED.get()
        payload = asked.payload if asked is not None else json.dumps(event).encode()
        record = {
            "id": asked.request_id if asked is not None else str(uuid.uuid4()),
            "arn": function.arn,
            "bucket": "" if asked is not None else _bucket(event),
            "where": list(function.where),
            "payload": base64.b64encode(payload or b"{}").decode(),
            "trace": TRACE.get(),
            "accepted": time.time(),
            "attempts": 0,
            "due": time.time(),
        }
        self._loop.call_soon_threadsafe(self._accept, function, record)

    def _accept(self, function: Function, record: Record) -> None:
        self.book.put("event", function.where, record["id"], record)
        self._follow(record)

    def _follow(self, record: Record) -> None:
        # Nothing of the request that an event came with is true of what follows from it.
        task = self._loop.create_task(self._live(record), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, record: Record) -> None:
        """Call the function until it took the event, or no more."""
        function = self._find(record)
        condition, outcome = "", Outcome()
        if function is not None and record["bucket"] and not await self._lets_in(function, record["bucket"]):
            function = None
        while function is not None and not condition:
            await asyncio.sleep(max(0.0, record["due"] - time.time()))
            function = self._find(record)
            if function is None:
                break
            condition, outcome = await self._attempt(function, record)
        try:
            if function is not None:
                TRACE.set(lineage.continued(record["trace"], function.arn))
                await destinations.deliver(self.engine.emulator(function), function, record, condition, outcome)
        except Exception:
            logger.exception("What follows the event %s of %s failed.", record["id"], record["arn"])
        self.book.drop("event", self._where(record), record["id"])

    async def _lets_in(self, function: Function, bucket: str) -> bool:
        """Whether S3 may still call the function: its policy may have changed since the notification was set."""
        allowed = await lets_in(self.engine.emulator(function), function.arn, bucket)
        if not allowed:
            logger.warning("The policy of %s does not let the bucket %s call it.", function.name, bucket)
        return allowed

    async def _attempt(self, function: Function, record: Record) -> tuple[str, Outcome]:
        """Call once; return how it ended: Success, what AWS calls the end, or nothing (to be tried again)."""
        settings = function.asynchronous
        if lineage.loops(record["trace"], function.arn) and not function.may_loop:
            await asyncio.to_thread(self._loop_found, function)
            return LOOP, Outcome(error=LOOP)
        outcome = await self._outcome(function, record)
        if outcome.refused:
            # A throttle is no attempt, nor is a failure of ours; without any concurrency nobody waits.
            record["due"] = time.time() + self._minute / 60
            return ("RetriesExhausted" if function.reserved == 0 else self._aged(function, record)), outcome
        record["attempts"] += 1
        if not outcome.error:
            return "Success", outcome
        if record["attempts"] > int(settings.get("MaximumRetryAttempts", RETRIES)):
            return "RetriesExhausted", outcome
        record["due"] = time.time() + self._minute * record["attempts"]
        self.book.put("event", self._where(record), record["id"], record)
        return self._aged(function, record), outcome

    async def _outcome(self, function: Function, record: Record) -> Outcome:
        """Call once; what fails here and not in the function is as if the call had not begun."""
        try:
            return await self._loop.run_in_executor(self._threads, self._call, function, record)
        except Exception:
            logger.exception("The event %s of %s could not be given to it.", record["id"], record["arn"])
            return Outcome(refused=OURS)

    def _aged(self, function: Function, record: Record) -> str:
        oldest = float(function.asynchronous.get("MaximumEventAgeInSeconds", OLDEST))
        return "EventAgeExceeded" if record["due"] - record["accepted"] > oldest else ""

    def _call(self, function: Function, record: Record) -> Outcome:
        ASKED.set(Asked(record["id"], base64.b64decode(record["payload"])))
        TRACE.set(record["trace"])
        return self.engine.run(function, None)

    def _loop_found(self, function: Function) -> None:
        """Say in the function's log what AWS says in a metric and a mail."""
        logger.warning("The function %s was stopped: it set itself off %d times.", function.name, lineage.MOST)
        if self._functions is not None:
            self._functions.dropped(function)
        story = Story(self.engine.writer(function, new_stream(function)))
        story.say(
            f"{stamp()} {MARK} Recursive loop detected: this function set itself off {lineage.MOST} times in one chain "
            "of requests. This event is not delivered; AWS tells so in the metric RecursiveInvocationsDropped.\n"
        )
        story.flush()

    def _find(self, record: Record) -> Function | None:
        return self._functions.find(record["arn"]) if self._functions is not None else None

    @staticmethod
    def _where(record: Record) -> Where:
        return Where(*record["where"])


def _bucket(event: Any) -> str:
    """Return the bucket that an event of S3 comes from."""
    records = event.get("Records") if isinstance(event, dict) else None
    first = records[0] if isinstance(records, list) and records else {}
    of_s3 = isinstance(first, dict) and first.get("eventSource") == "aws:s3"
    return str(first["s3"]["bucket"]["name"]) if of_s3 else ""
