"""The plan of a statement, and the fields of its parameters."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import parameters
from app.blueprints.rds.views.connected import connected
from app.sql import statements
from app.sql.errors import SqlError


@bp.post("/<identifier>/fields")
def fields(identifier: str) -> Response:
    """Give the form one field for each parameter of its SQL."""
    there = connected(identifier, request.form.get("database", ""))
    try:
        script = statements.split(request.form.get("sql", "").replace("\r\n", "\n"), there.target.dialect)
    except SqlError:
        return Response(status=204)  # while it is being typed: running it will say so
    found = parameters.of(script, request.form)
    return make_response(render_template("rds/_parameters.html", page={"parameters": found}))


@bp.post("/<identifier>/explain")
def explain(identifier: str) -> Response:
    """Show how the database would do it."""
    raise NotImplementedError
