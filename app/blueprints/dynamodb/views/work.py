"""How far an import or a deletion is, what it refused, and its end."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app import exports, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import prices
from app.blueprints.dynamodb.service import work as working
from app.blueprints.dynamodb.service.work import Facts
from app.roles import VIEWER, needs
from app.store import store

ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}")
SHOWN = 50  # refused lines on the page


@dataclass(frozen=True)
class WorkPage:
    """One piece of work as it is now."""

    id: str
    facts: Facts
    lost: bool
    refused: tuple[tuple[int, str], ...]
    dollars: str


def work_url(id: str) -> str:
    """Return the address at which a piece of work is told."""
    return url_for("dynamodb.work", id=id)


@bp.get("/partiql/work/<id>")
def work(id: str) -> Response:
    """Show how far it is; while it runs the page asks again by itself."""
    facts = _facts(id)
    lines = []
    for line in working.refused_lines(store("dynamodb-work"), id) if facts.refused else ():
        lines.append((line[0], line[1]))
        if len(lines) >= SHOWN:
            break
    page = WorkPage(id, facts, facts.lost, tuple(lines), prices.dollars(prices.write(facts.units)))
    more: dict[str, Any] = {"poll": respond.polling(), "was_moving": request.args.get("round") is not None}
    return respond.page("dynamodb/work.html", page, fragment="dynamodb/_work.html", **more)


@bp.post("/partiql/work/<id>/cancel")
@needs(VIEWER)
def cancel_work(id: str) -> Response:
    """Ask a piece of work to stop."""
    _facts(id)
    working.cancel(store("dynamodb-work"), id)
    if respond.wants_json():
        return respond.page("dynamodb/work.html", {"id": id, "cancelled": True})
    return make_response("", 303, {"Location": work_url(id)})


@bp.get("/partiql/work/<id>/refused")
def refused_report(id: str) -> FlaskResponse:
    """Answer with the refused lines and their reasons as CSV or NDJSON."""
    facts = _facts(id)
    rows = working.refused_lines(store("dynamodb-work"), id)
    answer: FlaskResponse = exports.answer(exports.asked() or "csv", ("line", "reason"), rows, f"{facts.table}-refused")
    return answer


def _facts(id: str) -> Facts:
    found = working.facts_of(store("dynamodb-work"), id) if ID.fullmatch(id) else None
    if found is None:
        raise NotFound("There is no such work, or it was forgotten after seven days.")
    return found
