"""One cell of a table row as a file: what a page shows only the beginning of."""

import re
from collections.abc import Callable
from urllib.parse import quote

from flask import Response as FlaskResponse
from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import keys
from app.blueprints.rds.views import exports
from app.blueprints.rds.views.connected import Connected, connected
from app.rendering import url_for, with_fields
from app.sql import cell as cells
from app.sql.cell import Place


@bp.get("/<identifier>/cell")
def cell(identifier: str) -> Response:
    """Answer with a whole cell, streamed: bytes as they are, text in UTF-8. Always saved, never shown as a page."""
    asked = request.args
    try:
        key = keys.load(asked.get("key", ""))
    except ValueError as error:
        raise BadRequest("The address of this cell is damaged.") from error
    there = connected(identifier, asked.get("database", ""))
    place = Place(asked.get("schema", ""), asked.get("table", ""), key, asked.get("column", ""))
    with exports.place(there.target) as held:
        found = cells.stream(there.target, place)
        response = FlaskResponse(held(found.pieces), content_type=_type(found.binary))
    name = re.sub(r"[^A-Za-z0-9-]+", "-", f"{place.table}-{place.column}-{'-'.join(map(str, key))}")[:100].strip("-")
    ending = "bin" if found.binary else "txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name or "cell"}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _type(binary: bool) -> str:
    return "application/octet-stream" if binary else "text/plain; charset=utf-8"


def address(there: Connected, schema: str, table: str) -> Callable[[str, str], str]:
    """Return a function that makes the address of a cell of a table from its row's key, as it is quoted, and column."""
    where = {"database": there.target.database or None, "schema": schema, "table": table}
    base = with_fields(url_for("rds.cell", identifier=there.instance.identifier), where)

    def make(key: str, column: str) -> str:
        return f"{base}&key={key}&column={quote(column)}" if key else ""

    return make
