"""All pages of a query or a scan, read one by one, or in segments side by side; memory holds a few pages."""

import queue
import threading
from collections.abc import Callable, Generator, Mapping
from contextvars import copy_context
from functools import partial
from typing import Any

from app import recorder
from app.blueprints.dynamodb.service import raw
from app.blueprints.dynamodb.service.patience import patiently
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Item

LARGE = 64 * 1024 * 1024  # bytes of a table above which it is read in segments
SEGMENTS = 4
PAGE_ITEMS = 2000  # of a page: in Python a small item takes twenty times the bytes that DynamoDB counts
PAGE_BYTES = 256 * 1024  # of a page of a segment, about: several are held at a time
Told = Callable[[float], None] | None


def pages(
    client: Any, operation: str, parameters: Mapping[str, Any], told: Told = None
) -> Generator[dict[str, Any], None, None]:
    """Yield DynamoDB's answers to a Query or Scan, to the end; throttled calls are tried again."""
    start: dict[str, Any] = {}
    while True:
        ask = partial(raw.call, client, operation.lower(), **parameters, **start)
        answer: dict[str, Any] = patiently(ask, told)
        yield answer
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def items(client: Any, operation: str, parameters: Mapping[str, Any]) -> Generator[list[Item], None, None]:
    """Yield the items of every page."""
    for answer in pages(client, operation, {"Limit": PAGE_ITEMS, **parameters}):
        yield answer.get("Items") or []


def segments_for(table: Table) -> int:
    """Return in how many segments a table is best read: one, unless DynamoDB counted it as large."""
    return SEGMENTS if table.size > LARGE else 1


def limit_for(table: Table) -> int:
    """Return how many items of a segment make a page of about PAGE_BYTES."""
    each = max(1, table.size // table.items) if table.items else 1024
    return max(25, min(PAGE_ITEMS, PAGE_BYTES // each))


def whole(client: Any, table: Table, segments: int = 0) -> Generator[list[Item], None, None]:
    """Yield the items of a whole table; `segments` above one are read side by side, in no order."""
    count = segments or segments_for(table)
    if count == 1:
        return items(client, "Scan", {"TableName": table.name})
    parameters = {"TableName": table.name, "TotalSegments": count, "Limit": limit_for(table)}
    return _side_by_side([items(client, "Scan", {**parameters, "Segment": at}) for at in range(count)])


def _side_by_side(sources: list[Generator[list[Item], None, None]]) -> Generator[list[Item], None, None]:
    """Yield what several sources give, each read in a thread of its own that ends with this generator."""
    found: queue.Queue[list[Item] | BaseException | None] = queue.Queue(maxsize=1)
    stop = threading.Event()
    # Each in the context of the request, which says who asks and what they may.
    threads = [
        threading.Thread(target=copy_context().run, args=(_read, source, found, stop), daemon=True)
        for source in sources
    ]
    for thread in threads:
        thread.start()
    open_sources = len(threads)
    try:
        while open_sources:
            page = found.get()
            if isinstance(page, BaseException):
                raise page
            if page is None:
                open_sources -= 1
            else:
                yield page
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _read(source: Generator[list[Item], None, None], found: "queue.Queue[Any]", stop: threading.Event) -> None:
    try:
        with recorder.unrecorded():
            for page in source:
                if not _put(page, found, stop):
                    return
        _put(None, found, stop)
    except BaseException as error:  # told to the reader, who raises it
        _put(error, found, stop)


def _put(what: Any, found: "queue.Queue[Any]", stop: threading.Event) -> bool:
    """Wait until there is room; whether the reader still wants it."""
    while not stop.is_set():
        try:
            found.put(what, timeout=0.2)
        except queue.Full:
            continue
        return True
    return False
