"""History and saved statements of the PartiQL editor, and the tables beside it."""

from flask import current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from app import notes, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import tables as service
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.partiql_asked import Shown
from app.roles import VIEWER, needs
from app.store import TooLarge

KIND = "partiql"
SCOPE = "all"


def note(page: Shown) -> None:
    """Write a run into the history, after the answer."""
    if respond.wants_json() or page.asked.next:
        return
    failed = next((one.failure.code for one in page.results if one.failure), "")
    entry = {
        "statement": page.asked.text[: notes.LONGEST],
        "milliseconds": round(sum(one.seconds for one in page.results) * 1000),
        "items": sum(len(one.items) for one in page.results),
        "write": page.writes,
        "error": page.fault.title if page.fault else failed,
    }
    notes.note(KIND, SCOPE, entry, (entry["statement"], tuple(sorted(page.asked.fields.items())), page.writes))


@bp.get("/partiql/history")
def history() -> Response:
    """Show what was run, and what was saved."""
    found = {"history": notes.history(KIND, SCOPE), "saved": notes.saved(KIND, SCOPE)}
    return respond.page("dynamodb/history.html", found, fragment="dynamodb/_history.html")


@bp.post("/partiql/saved")
@needs(VIEWER)
def save_partiql() -> Response:
    """Save a statement under a name; the same name again replaces it."""
    name, text = request.form.get("name", "").strip()[: notes.LONGEST_NAME], request.form.get("statement", "")
    if not name or not text.strip():
        flash("A saved statement needs a name and some text. Nothing was saved.", "failed")
        return redirect(url_for("dynamodb.partiql"), 303)
    try:
        notes.save(KIND, SCOPE, name, {"statement": text})
    except TooLarge as error:
        flash(f"The statement is too long to be saved: {error}.", "failed")
        return redirect(url_for("dynamodb.partiql"), 303)
    flash(f"Saved as {name}.", "done")
    return redirect(url_for("dynamodb.history"), 303)


@bp.post("/partiql/saved/delete")
@needs(VIEWER)
def forget_partiql() -> Response:
    """Remove a saved statement."""
    notes.forget(KIND, request.form.get("id", ""))
    flash("The saved statement is removed.", "done")
    return redirect(url_for("dynamodb.history"), 303)


@bp.get("/partiql/tables")
def partiql_tables() -> Response:
    """Show the tables beside the editor, with their keys and indexes."""
    found = service.list_tables(dynamodb(), request.args.get("after", ""))
    return respond.page("dynamodb/partiql_tables.html", found, fragment="dynamodb/_partiql_tables.html")


@bp.get("/partiql/schema")
def partiql_schema() -> Response:
    """Give the editor the names of tables, of their indexes and of their keys' attributes."""
    completion: dict[str, list[str]] = {}
    for table in service.list_tables(dynamodb()).tables:
        names = [key.name for key in table.keys] + [key.name for index in table.indexes for key in index.keys]
        completion[table.name] = list(dict.fromkeys([*names, *(index.name for index in table.indexes)]))
        completion.update({name: completion.get(name, []) for name in names})
    response = make_response(current_app.json.dumps({"completion": completion}))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
