"""History and saved queries of an instance."""

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import notes, respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service.masking import masked
from app.roles import VIEWER, needs
from app.sql.target import Dialect
from app.store import TooLarge

if TYPE_CHECKING:
    from app.blueprints.rds.views.running import QueryPage

KIND = "sql"


def note(page: "QueryPage", database: str) -> None:
    """Write a run into the history, after the answer."""
    ran = page.ran
    if ran is None or ran.alone or respond.wants_json():
        return
    dialect: Dialect = "postgres" if page.dialect == "postgres" else "mysql"
    entry = {
        "database": database,
        "sql": masked(page.asked.sql, dialect)[: notes.LONGEST],
        "milliseconds": round(ran.seconds * 1000),
        "rows": sum(len(step.rows) for step in ran.steps),
        "write": page.asked.write,
        "committed": ran.committed,
        "error": ran.mistake.title if ran.mistake else "",
    }
    notes.note(KIND, page.instance, entry, (database, entry["sql"], page.asked.write, ran.committed))


def lists(identifier: str) -> dict[str, list[Any]]:
    """Return the newest history and the saved queries that belong to an instance."""
    return {"history": notes.history(KIND, identifier), "saved": notes.saved(KIND, identifier)}


@bp.get("/<identifier>/history")
def past(identifier: str) -> Response:
    """Show what was run on an instance, and what was saved."""
    return respond.page("rds/history.html", {"instance": identifier, **lists(identifier)}, fragment="rds/_history.html")


@bp.post("/<identifier>/saved")
@needs(VIEWER)
def save(identifier: str) -> Response:
    """Save a query under a name; the same name again replaces it."""
    name, sql = request.form.get("name", "").strip()[: notes.LONGEST_NAME], request.form.get("sql", "")
    database = request.form.get("database", "")
    back = redirect(url_for("rds.query", identifier=identifier, database=database or None), 303)
    if not name or not sql.strip():
        flash("A saved query needs a name and some SQL. Nothing was saved.", "failed")
        return back
    try:
        notes.save(KIND, identifier, name, {"database": database, "sql": sql})
    except TooLarge as error:
        flash(f"The query is too long to be saved: {error}.", "failed")
        return back
    flash(f"Saved as {name}.", "done")
    return redirect(url_for("rds.past", identifier=identifier), 303)


@bp.post("/<identifier>/saved/delete")
@needs(VIEWER)
def forget_saved(identifier: str) -> Response:
    """Remove a saved query."""
    notes.forget(KIND, request.form.get("id", ""))
    flash("The saved query is removed.", "done")
    return redirect(url_for("rds.past", identifier=identifier), 303)
