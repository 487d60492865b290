"""What the views of RDS share."""

from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from app import aws, errors
from app.blueprints.rds.blueprint import bp
from app.declined import Declined
from app.problems import Problem
from app.sql.errors import ConnectError, NoTable, NotWritable, SqlError

STATUSES = ((ConnectError, 502), (NotWritable, 403), (NoTable, 404))


def rds() -> Any:
    """Return the RDS client of this request's region."""
    return aws.client("rds")


def problem_of(error: SqlError) -> Problem:
    """Return what to tell a person about a database's error."""
    status = next((number for kind, number in STATUSES if isinstance(error, kind)), 422)
    return Problem(status, error.title, error.happened, error.remedy, error.code)


@bp.errorhandler(Declined)
def declined(error: Declined) -> Response:
    """Answer a refusal of RDS's that no form could show beside a field."""
    return errors.as_response(Problem(422, "RDS refuses", str(error), "Change it and try again.", error.code))


def instance_url(identifier: str) -> str:
    """Return the address of an instance's page."""
    return url_for("rds.instance", identifier=identifier)


@bp.errorhandler(413)
def too_long(_: Exception) -> Response:
    """Answer a script that is no longer something that a person typed."""
    happened = "The text is longer than what the dashboard takes, a megabyte. Nothing was run."
    remedy = "Load large scripts with the database's own client: mysql, mariadb or psql."
    return errors.as_response(Problem(413, "Too long", happened, remedy))
