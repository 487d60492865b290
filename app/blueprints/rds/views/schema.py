"""What is in a database: the tree beside the editor, and what completion needs of it."""

from itertools import groupby

from flask import current_app, make_response, request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.connected import connected
from app.sql import schema as catalogue

MOST_TABLES = 2000  # shown in the tree


@bp.get("/<identifier>/schema")
def schema(identifier: str) -> Response:
    """Show the server's databases and the tables of one of them."""
    there = connected(identifier, request.args.get("database", ""))
    found = catalogue.tables(there.target)
    names = catalogue.databases(there.target)
    page = {
        "instance": identifier,
        "database": there.target.database,
        "databases": names,
        "schemas": [
            {"name": name, "tables": list(tables)}
            for name, tables in groupby(found[:MOST_TABLES], lambda one: one.schema)
        ],
        "left_out": max(0, len(found) - MOST_TABLES),
        "dialect": there.target.dialect,
    }
    return respond.page("rds/schema.html", page, fragment="rds/_schema.html")


@bp.get("/<identifier>/schema/table")
def structure(identifier: str) -> Response:
    """Show one table's columns, keys and indexes."""
    there = connected(identifier, request.args.get("database", ""))
    found = catalogue.structure(there.target, request.args.get("schema", ""), request.args.get("table", ""))
    page = {"instance": identifier, "database": there.target.database, "structure": found}
    return respond.page("rds/structure.html", page, fragment="rds/_structure.html")


@bp.get("/<identifier>/completion")
def completion(identifier: str) -> Response:
    """Give the editor the names of tables and columns."""
    there = connected(identifier, request.args.get("database", ""))
    response = make_response(current_app.json.dumps({"completion": catalogue.names(there.target)}))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
