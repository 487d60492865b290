"""The Data Catalog: databases, tables, and one table with its first rows."""

from flask import request
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import catalog as service
from app.blueprints.glue.views.common import glue


@bp.get("/catalog")
def catalog() -> Response:
    """Show the databases, the tables of `database`, or `table` of it."""
    database, name = request.args.get("database", ""), request.args.get("table", "")
    token = request.args.get("token", "")
    if not database:
        return respond.page("glue/databases.html", service.databases(glue(), token))
    if not name:
        return respond.page("glue/tables.html", service.tables(glue(), database, token))
    return respond.page("glue/table.html", service.table(glue(), aws.client("s3"), database, name))
