"""Puts and deletions in batches of 25, several at a time, none lost: what DynamoDB leaves is sent again, later."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app import recorder
from app.blueprints.dynamodb.service.patience import TRIES, Sleep, is_throttle, wait_before
from app.blueprints.dynamodb.service.wire import Item, identity
from app.blueprints.dynamodb.service.work import Work

MOST = 25  # requests of one BatchWriteItem
AT_ONCE = 4
WAITING = 8  # batches that are under way or wait for their turn


class StillThrottled(Exception):
    """DynamoDB did not take all of a batch however long it was waited for."""


@dataclass(frozen=True)
class Sent:
    """What became of one batch: how many were taken, those refused (record and reason), retries and waiting."""

    taken: int
    refused: tuple[tuple[int, str], ...] = ()
    retried: int = 0
    waited: float = 0.0
    units: float = 0.0


class Batches:
    """Writes the items that it is given into a table; the last of two with one key wins, in the order of the file."""

    def __init__(
        self, client: Any, table: str, keys: Sequence[str], work: Work, delete: bool = False, sleep: Sleep = time.sleep
    ):
        self._client, self._table, self._keys, self._work = client, table, tuple(keys), work
        self._delete, self._sleep = delete, sleep
        self._held: dict[tuple[Any, ...], tuple[int, Item]] = {}
        self._last = 0  # the number of the last record given
        self._running: deque[tuple[Future[Sent], int, frozenset[tuple[Any, ...]]]] = deque()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="batches")
        self._first = True

    def __enter__(self) -> "Batches":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        """Wait for what is under way, and count it; after an error nothing new is sent."""
        try:
            if kind is None:
                self._send()
            self._settle(0)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def put(self, number: int, line: int, item: Item) -> None:
        """Take one item of record `number`. Raises what DynamoDB says to a batch, StillThrottled among it."""
        key = identity(item, self._keys)
        if key in self._held:
            self._work.facts.replaced += 1
            del self._held[key]
        elif any(key in keys for _, _, keys in self._running):
            self._settle(0)  # the earlier one must be there before this one overwrites it
        self._held[key] = (line, item)
        self._last = number
        if len(self._held) >= MOST:
            self._send()

    def skip(self, number: int) -> None:
        """Take note of a record that is not written."""
        self._last = number

    def _send(self) -> None:
        if self._held:
            batch = list(self._held.values())
            call: Callable[[], Sent] = lambda: self._written(batch)  # noqa: E731 the pool takes a call
            # The first batch is part of the page's record; a hundred thousand more would fill the memory.
            context = copy_context()
            if not self._first:
                context.run(recorder.forget)
            self._first = False
            future = self._pool.submit(context.run, call)
            self._running.append((future, self._last, frozenset(self._held)))
            self._held = {}
        self._settle(WAITING)

    def _settle(self, most: int) -> None:
        """Wait until at most so many batches are under way, the oldest first."""
        facts = self._work.facts
        while self._running and (len(self._running) > most or self._running[0][0].done()):
            future, last, _ = self._running[0]
            sent = future.result()
            self._running.popleft()
            facts.written += sent.taken
            facts.retried += sent.retried
            facts.waited += sent.waited
            facts.units += sent.units
            facts.settled = last
            for line, reason in sent.refused:
                self._work.refuse(line, reason)
        if not self._running and not self._held:
            facts.settled = self._last

    def _request(self, item: Item) -> dict[str, Any]:
        return {"DeleteRequest": {"Key": item}} if self._delete else {"PutRequest": {"Item": item}}

    def _written(self, batch: Sequence[tuple[int, Item]]) -> Sent:
        """Send one batch until nothing of it is left."""
        left: dict[str, Any] = {self._table: [self._request(item) for _, item in batch]}
        retried, waited, units = 0, 0.0, 0.0
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._client.batch_write_item(RequestItems=left, ReturnConsumedCapacity="TOTAL")
                left = answer.get("UnprocessedItems") or {}
                units += sum(one.get("CapacityUnits") or 0 for one in answer.get("ConsumedCapacity") or [])
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") == "ValidationException":
                    return self._one_by_one(batch)
                if not is_throttle(error):
                    raise
            if not left:
                return Sent(len(batch), (), retried, waited, units)
            retried += sum(map(len, left.values()))
            pause = wait_before(attempt)
            waited += pause
            self._sleep(pause)
        raise StillThrottled(f"DynamoDB still asks to slow down after {TRIES} tries.")

    def _one_by_one(self, batch: Sequence[tuple[int, Item]]) -> Sent:
        """Find out which of a batch DynamoDB refuses, and why; the others are written."""
        refused: list[tuple[int, str]] = []
        for line, item in batch:
            try:
                if self._delete:
                    self._client.delete_item(TableName=self._table, Key=item)
                else:
                    self._client.put_item(TableName=self._table, Item=item)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "ValidationException":
                    raise
                refused.append((line, f"DynamoDB refuses it: {error.response['Error'].get('Message', '')}"))
        return Sent(len(batch) - len(refused), tuple(refused))
