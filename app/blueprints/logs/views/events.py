"""Events: of a stream or a group, filtered, around a moment, and as they come."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import events as service
from app.blueprints.logs.service import messages
from app.blueprints.logs.service.events import BadPattern, Event, Events, Wanted
from app.blueprints.logs.service.times import Range, milliseconds
from app.blueprints.logs.views.common import logs, needed, range_of
from app.masking import told
from app.problems import refused

OVERLAP = timedelta(seconds=30)  # events may arrive late: a live tail asks again for so much
BEGIN = timedelta(minutes=5)  # how far back a live tail begins


@dataclass(frozen=True)
class EventsPage:
    """A page of events and what was asked; `faults` by field; `at` is the moment that is shown around.

    `newest` says that the page began at the end of the range.
    """

    group: str
    stream: str
    pattern: str
    start: str
    end: str
    found: Events
    masked: list[str]
    range: Range | None = None
    at: int = 0
    faults: dict[str, str] | None = None
    live: int = 0
    newest: bool = False


@bp.get("/events")
def events() -> Response:
    """Show events: the newest of a stream, those of a range and pattern, or those around a moment (`at`)."""
    group, asked = needed("group"), request.args
    stream, pattern = asked.get("stream", ""), asked.get("filter", "").strip()
    start, end, at = asked.get("start", "").strip(), asked.get("end", "").strip(), asked.get("at", 0, type=int)
    if at > 0 and stream:
        return _answer(
            EventsPage(group, stream, pattern, start, end, service.around(logs(), group, stream, at), [], at=at)
        )
    newest = asked.get("order", "oldest" if start else "newest") == "newest"
    limited = bool(start or end) or not stream or bool(pattern)
    span, faults = range_of(start or ("-1d" if limited else ""), end) if limited else (None, {})
    found = Events([])
    if not faults and len(pattern) > 1024:
        faults = {"filter": "A filter pattern has at most 1,024 characters."}
    if not faults:
        wanted = Wanted(group, stream, pattern, span, asked.get("token", ""), newest)
        try:
            found = service.read(logs(), wanted)
        except BadPattern as error:
            faults = {"filter": f"AWS does not understand the pattern: {error}"}
    page = EventsPage(
        group, stream, pattern, start or ("-1d" if limited else ""), end, found, [], span, faults=faults, newest=newest
    )
    return _answer(page)


def _answer(page: EventsPage) -> Response:
    shown = EventsPage(**{**page.__dict__, "masked": told(page.found.masked), "live": _now()})
    more: dict[str, Any] = {"messages": messages, "longest": messages.LONGEST, "opened": messages.OPENED}
    return respond.page(
        "logs/events.html", shown, fragment="logs/_events.html", status=422 if page.faults else 200, **more
    )


def _now() -> int:
    return milliseconds(datetime.now(UTC) - BEGIN)


@bp.get("/events/tail")
def tail() -> Response:
    """Give a live tail the events since a millisecond, and some before that may have come late."""
    group, asked = needed("group"), request.args
    now = datetime.now(UTC)
    after = min(max(asked.get("after", _now(), type=int), 1), milliseconds(now))
    since = datetime.fromtimestamp(after / 1000, UTC)
    span = Range(max(since - OVERLAP, now - timedelta(hours=1)), now + timedelta(minutes=1))
    wanted = Wanted(group, asked.get("stream", ""), asked.get("filter", "").strip(), span)
    try:
        found = service.newest(logs(), wanted)
    except BadPattern as error:
        raise refused(422, "AWS does not understand the pattern", str(error), "Change the filter pattern.") from error
    page = EventsPage(group, wanted.stream, wanted.pattern, "", "", found, told(found.masked))
    more: dict[str, Any] = {"messages": messages, "longest": messages.LONGEST, "opened": messages.OPENED}
    return respond.page("logs/tail.html", page, fragment="logs/_tail.html", **more)


@dataclass(frozen=True)
class MessagePage:
    """One event in full."""

    group: str
    event: Event
    pretty: str


@bp.get("/events/message")
def message() -> Response:
    """Show one event in full, however long."""
    group, stream = needed("group"), needed("stream")
    at = request.args.get("at", 0, type=int)
    found = service.whole(logs(), group, stream, at, request.args.get("digest", ""))
    if found is None:
        raise refused(
            404, "No such event", "The event is not there any more.", "Its retention may be over.", "NoSuchEvent"
        )
    page = MessagePage(group, found, messages.pretty(found.message))
    return respond.page("logs/message.html", page, fragment="logs/_message.html", messages=messages)
