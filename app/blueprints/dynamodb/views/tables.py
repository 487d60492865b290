"""The list of tables."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints import Status
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import tables as service
from app.blueprints.dynamodb.views.common import dynamodb
from app.changes import counted


def status() -> Status:
    """Return DynamoDB's state for the overview."""
    found, more = service.names(dynamodb())
    if not found:
        return Status("No table")
    return Status(f"More than {len(found)} tables" if more else counted(len(found), "table"))


@bp.get("/")
def tables() -> Response:
    """List the tables; while one changes its state the list asks for itself again."""
    found = service.list_tables(dynamodb(), request.args.get("after", ""))
    shown = request.args.get("round", type=int) is not None
    more: dict[str, Any] = {"poll": respond.polling(), "was_moving": shown}
    return respond.page("dynamodb/tables.html", found, fragment="dynamodb/_tables.html", **more)


@bp.get("/<table>/")
def table(table: str) -> Response:
    """Show a table."""
    return respond.page("dynamodb/table.html", service.get_table(dynamodb(), table))
