"""A database's errors that no view expected, and the better reason where a known connection is out of date."""

from flask import request
from werkzeug.wrappers import Response

from app import errors
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.common import problem_of
from app.blueprints.rds.views.connected import reason
from app.sql.errors import ConnectError, SqlError


@bp.errorhandler(SqlError)
def told(error: SqlError) -> Response:
    """Answer a database's error that no view expected."""
    identifier = (request.view_args or {}).get("identifier")
    if isinstance(error, ConnectError) and identifier:
        error = reason(identifier, error)
    return errors.as_response(problem_of(error))
