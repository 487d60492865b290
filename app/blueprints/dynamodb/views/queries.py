"""History and saved queries of a table's explore page."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app import notes, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service.asked import Asked
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.said import question
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.views import asking
from app.blueprints.dynamodb.views.common import dynamodb
from app.roles import VIEWER, needs
from app.store import TooLarge

if TYPE_CHECKING:
    from app.blueprints.dynamodb.views.explore import ExplorePage

KIND = "dynamodb"


def note(page: "ExplorePage") -> None:
    """Write a question into the history, after the answer; further pages and the bare page are no new entry."""
    query = asking.query_string(page.asked, after="")
    if respond.wants_json() or page.asked.after or not query or "round" in request.args:
        return
    found = page.found
    entry = {
        **_kept(page.table, page.asked),
        "scan": not page.asked.is_query,
        "items": found.count if found else 0,
        "read": found.scanned if found else 0,
        "milliseconds": round(found.milliseconds) if found else 0,
        "error": page.problem.title if page.problem else "",
    }
    if len(query) <= notes.LONGEST:
        notes.note(KIND, page.table.name, entry, (query, entry["error"]))


def _kept(table: Table, ask: Asked) -> dict[str, Any]:
    """Return what finds a question again: its address and its words."""
    return {"query": asking.query_string(ask, after=""), "words": question(table, ask)[:500]}


@bp.get("/<table>/history")
def queries(table: str) -> Response:
    """Show what was asked of a table, and which questions were saved."""
    page = {"table": table, "history": notes.history(KIND, table), "saved": notes.saved(KIND, table)}
    return respond.page("dynamodb/queries.html", page)


@bp.post("/<table>/saved")
@needs(VIEWER)
def save_query(table: str) -> Response:
    """Save a question under a name; the same name again replaces it."""
    name = request.form.get("name", "").strip()[: notes.LONGEST_NAME]
    typed: MultiDict[str, str] = MultiDict(parse_qsl(request.form.get("query", "").removeprefix("?")))
    ask = asking.read(typed)
    back = redirect(url_for("dynamodb.items", table=table) + asking.query_string(ask, after=""), 303)
    if not name:
        flash("A saved query needs a name. Nothing was saved.", "failed")
        return back
    try:
        notes.save(KIND, table, name, _kept(KNOWN.get(dynamodb(), table), ask))
    except TooLarge as error:
        flash(f"The query is too long to be saved: {error}.", "failed")
        return back
    flash(f"Saved as {name}: it is listed under History and saved.", "done")
    return back


@bp.post("/<table>/saved/delete")
@needs(VIEWER)
def forget_query(table: str) -> Response:
    """Remove a saved question."""
    notes.forget(KIND, request.form.get("id", ""))
    flash("The saved query is removed.", "done")
    return redirect(url_for("dynamodb.queries", table=table), 303)
