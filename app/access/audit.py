"""Who did what: each AWS call that changes something, sign-ins, changes of roles and of the switch.

Written after the answer, by a thread of its own, for as many days as are set; of a call's parameters only what names
the resource. An entry that cannot be written goes to the log, whole. Calls of a real account are always noted, those of
the embedded AWS where people sign in.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app

from app import aws
from app.access.resources import resource
from app.guarding import changes
from app.store import new_id, shared

logger = logging.getLogger("trellis.audit")
MOST_WAITING = 10_000  # entries
_KEY = "trellis.audit"
_writer = ThreadPoolExecutor(1, thread_name_prefix="audit")
_known_days: set[tuple[int, str]] = set()


@dataclass(frozen=True)
class Actor:
    """Who asks, and from where."""

    id: str
    name: str
    address: str


@dataclass(frozen=True)
class Deed:
    """One thing that was done; `result` is "done" or AWS's code."""

    at: float
    person: str
    name: str
    address: str
    service: str
    operation: str
    resource: str
    region: str = ""
    result: str = "done"
    request_id: str = ""
    account: str = ""  # as TRELLIS_ACCOUNTS names it; empty for the dashboard's own credentials
    id: str = ""


BACKGROUND = Actor("-", "the dashboard itself", "")
actor: ContextVar[Actor | None] = ContextVar("trellis_actor", default=None)


class Trail:
    """Writes deeds into the state table of one application."""

    def __init__(self, app: Flask, days: int, reads: bool):
        self._app, self._days, self.reads = app, days, reads
        self._waiting = 0
        self._lock = threading.Lock()

    def note(self, deed: Deed) -> None:
        """Write a deed down, after this."""
        with self._lock:
            full = self._waiting >= MOST_WAITING
            self._waiting += not full
        if full:
            _lost(deed, "too many are waiting")
        else:
            _writer.submit(self._put, deed)

    def _put(self, deed: Deed) -> None:
        try:
            with self._app.app_context():
                self._keep(deed)
        except Exception as error:
            _lost(deed, str(error))
        finally:
            with self._lock:
                self._waiting -= 1

    def _keep(self, deed: Deed) -> None:
        day, seconds = _day(deed.at), self._days * 86400
        if (id(self), day) not in _known_days:
            shared("audit-days").put({}, day, seconds + 86400)
            _known_days.add((id(self), day))
        value = asdict(deed)
        del value["id"]
        shared(f"audit-{day}").put(value, new_id(), seconds)

    def watch(self, events: Any, region: str, real: bool, account: str) -> None:
        """Note the calls of one botocore client."""

        def before(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            who = actor.get() or (BACKGROUND if real else None)
            if who is not None and (self.reads or changes(model.name, params)):
                context[_KEY] = who, model.service_model.service_name, model.name, resource(params), region, account

        def after(http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            code = str(parsed.get("Error", {}).get("Code") or http_response.status_code)
            self._done(context, code if http_response.status_code >= 300 else "done", parsed)

        def failed(exception: Exception, context: dict[str, Any], **_: Any) -> None:
            self._done(context, type(exception).__name__, {})

        events.register_last("before-parameter-build", before)
        events.register_last("after-call", after)
        events.register_last("after-call-error", failed)

    def _done(self, context: dict[str, Any], result: str, parsed: dict[str, Any]) -> None:
        found = context.pop(_KEY, None)
        if found is not None:
            who, service, operation, named, region, account = found
            request_id = str(parsed.get("ResponseMetadata", {}).get("RequestId") or "")
            where = (region, result, request_id, account)
            self.note(Deed(time.time(), *_words(who), service, operation, named, *where))


def _words(who: Actor) -> tuple[str, str, str]:
    return who.id, who.name, who.address


def _lost(deed: Deed, why: str) -> None:
    logger.error("an entry of the audit could not be written (%s): %s", why, json.dumps(asdict(deed)))


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def trail() -> Trail:
    """Return this application's trail."""
    found: Trail = current_app.extensions["audit"]
    return found


def event(operation: str, named: str, result: str = "done", who: Actor | None = None) -> None:
    """Note what somebody did with the dashboard itself."""
    who = who or actor.get() or BACKGROUND
    told = Deed(time.time(), *_words(who), "trellis", operation, named[:300], result=result, account=aws.account())
    trail().note(told)


def did(service: str, operation: str, named: str, result: str = "done") -> None:
    """Note what somebody changed by the dashboard with no call to AWS: SQL, a permission that was signed here."""
    who = actor.get()
    if who is not None:
        trail().note(Deed(time.time(), *_words(who), service, operation, named[:300], aws.region(), result))


def settle() -> None:
    """Wait until everything noted so far is written."""
    _writer.submit(lambda: None).result()


def read(matches: Callable[[Deed], bool], before: str = "", most: int = 100) -> tuple[list[Deed], str]:
    """Return deeds, newest first, from the place `before` on, and the place to go on from, empty at the end."""
    found = list[Deed]()
    for deed in every(before):
        if matches(deed):
            found.append(deed)
        if len(found) > most:
            return found[:most], _place(found[most - 1])
    return found, ""


def _place(deed: Deed) -> str:
    return f"{_day(deed.at)}/{deed.id}"


def every(before: str = "") -> Iterator[Deed]:
    """Yield all deeds, newest first; nothing is held."""
    start_day, _, start = before.partition("/")
    for day in sorted((one.id for one in shared("audit-days").newest(4000)), reverse=True):
        if start_day and day > start_day:
            continue
        place = start if day == start_day else ""
        while True:
            entries, place = shared(f"audit-{day}").page(500, place)
            yield from (Deed(**{**one.value, "id": one.id}) for one in entries)
            if not place:
                break
