"""Who did what: filtered, page by page to the end, and as a file."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, stream_with_context
from werkzeug.exceptions import BadRequest

from app import exports, respond
from app.access import audit
from app.access.audit import Deed
from app.access.people import settings
from app.blueprints.people.blueprint import bp
from app.roles import INSTRUCTOR, needs

COLUMNS = (
    "at",
    "name",
    "person",
    "address",
    "service",
    "operation",
    "resource",
    "region",
    "result",
    "request_id",
    "account",
)


@dataclass(frozen=True)
class Asked:
    """What is looked for: words in a person's name, a service, a day or the days from one on."""

    person: str = ""
    service: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class DeedsPage:
    """Deeds, newest first, and the place where the next page begins."""

    asked: Asked
    deeds: list[Deed]
    next: str
    days: int


@bp.get("/audit")
@needs(INSTRUCTOR)
def deeds() -> Response:
    """Show what was done; as CSV or NDJSON all of it that is asked for."""
    audit.settle()
    form = exports.asked()
    asked = Asked(*(request.args.get(name, "").strip()[:100] for name in ("person", "service", "since", "until")))
    matches = _matches(asked)
    if form:
        # The table is read while the answer is sent, when the request is over otherwise.
        kept: Iterator[Any] = stream_with_context(audit.every())
        rows = ([_cell(deed, name) for name in COLUMNS] for deed in kept if matches(deed))
        return exports.answer(form, COLUMNS, rows, "audit")
    before = request.args.get("before", "")
    if not _is_place(before):
        raise BadRequest("There is no such page.")
    found, rest = audit.read(matches, before)
    return respond.page("people/audit.html", DeedsPage(asked, found, rest, settings().audit_days))


def _is_place(before: str) -> bool:
    day, _, id = before.partition("/")
    return not before or (len(day) == 10 and 0 < len(id) < 100 and before.isascii() and before.isprintable())


def _matches(asked: Asked) -> Callable[[Deed], bool]:
    since, until = _day(asked.since, 0), _day(asked.until, 1)
    who, service = asked.person.casefold(), asked.service.casefold()

    def matches(deed: Deed) -> bool:
        within = (since is None or deed.at >= since) and (until is None or deed.at < until)
        named = not who or who in deed.name.casefold() or who == deed.person
        return within and named and (not service or service == deed.service)

    return matches


def _day(text: str, later: int) -> float | None:
    if not text:
        return None
    try:
        return (datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=later)).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(f"“{text[:40]}” is no day: write it as 2026-01-31.") from None


def _cell(deed: Deed, name: str) -> object:
    value = asdict(deed)[name]
    return datetime.fromtimestamp(value, UTC) if name == "at" else value
