"""One table: its facts, its switches, and its end."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.forms import DeleteForm
from app.blueprints.dynamodb.service import about as settings
from app.blueprints.dynamodb.service import creating, prices
from app.blueprints.dynamodb.service.about import About
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.views.common import dynamodb, table_url
from app.changes import done
from app.declined import Declined
from app.roles import EDITOR, needs


@dataclass(frozen=True)
class TablePage:
    """A table, and its settings, which are not asked for while it is being created or deleted."""

    table: Table
    about: About | None = None


@bp.get("/<table>/")
def table(table: str) -> Response:
    """Show a table; while it changes its state the head of the page asks for itself again."""
    found = KNOWN.fresh(dynamodb(), table)
    shown = request.args.get("round", type=int) is not None
    more: dict[str, Any] = {"poll": respond.polling(), "was_moving": shown, "prices": prices}
    if respond.wants_fragment():
        return respond.page("dynamodb/_table.html", TablePage(found), fragment="dynamodb/_table.html", **more)
    asked = None if found.status in ("CREATING", "DELETING") else settings.about(dynamodb(), found)
    return respond.page("dynamodb/table.html", TablePage(found, asked), **more)


@bp.post("/<table>/settings")
@needs(EDITOR)
def change_settings(table: str) -> Response:
    """Switch deletion protection, time to live or point-in-time recovery."""
    what, on = request.form.get("what", ""), request.form.get("on") == "1"
    if what == "protection":
        settings.protect(dynamodb(), table, on)
    elif what == "ttl":
        settings.set_ttl(dynamodb(), table, _attribute(), on)
    elif what == "recovery":
        settings.set_recovery(dynamodb(), table, on)
    else:
        raise BadRequest("There is no such setting.")
    KNOWN.forget(dynamodb(), table)
    word = {"protection": "Deletion protection", "ttl": "Time to live", "recovery": "Point-in-time recovery"}[what]
    return done({"table": table}, table_url(table), f"{word} is {'on' if on else 'off'}.")


def _attribute() -> str:
    name = request.form.get("attribute", "").strip()
    if not name:
        raise Declined("ValidationException", "Name the attribute that holds the time, in epoch seconds.")
    return name


@bp.get("/<table>/delete")
def ask_delete(table: str) -> Response:
    """Ask for the name before a table is deleted."""
    return respond.page("dynamodb/delete.html", KNOWN.fresh(dynamodb(), table), form=DeleteForm())


@bp.post("/<table>/delete")
@needs(EDITOR)
def delete_table(table: str) -> Response:
    """Delete a table whose name was typed."""
    form = DeleteForm()
    if form.validate_on_submit() and form.confirm.data != table:
        form.confirm.errors = [f"This is not the table's name, which is {table}. Nothing was deleted."]
    if not form.errors:
        try:
            gone = creating.delete_table(dynamodb(), table)
            KNOWN.forget(dynamodb(), table)
            return done(gone, url_for("dynamodb.tables"), f"{table} is being deleted.")
        except Declined as error:
            form.confirm.errors = [f"AWS refuses: {error}"]
    return respond.page("dynamodb/delete.html", KNOWN.fresh(dynamodb(), table), form=form, status=422)
