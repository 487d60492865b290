"""What the views of RDS share."""

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from app import aws, errors, respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service.instances import Declined
from app.drawer import drawer
from app.problems import Problem, Refused
from app.sql.errors import ConnectError, SqlError

POLL_SECONDS = (1, 1, 2, 2, 3, 3, 4, 5)


def rds() -> Any:
    """Return the RDS client of this request's region."""
    return aws.client("rds")


def done(data: Any, location: str, message: str, category: str = "done") -> Response:
    """Answer a change that worked: 303 with a message for people, the result and its calls as JSON for scripts."""
    if respond.wants_json():
        return jsonify({**respond.plain(data), "calls": respond.plain(drawer().calls)})
    flash(message, category)
    return redirect(location, 303)


def refused(status: int, title: str, happened: str, remedy: str, code: str = "") -> Refused:
    """Return the exception that tells a refusal of our own."""
    return Refused(Problem(status, title, happened, remedy, code))


def changeable() -> None:
    """Refuse a change of a database where the account is read-only: SQL passes by the check of AWS's calls."""
    if aws.identity().read_only:
        raise refused(
            403, "Read-only", "Changes are switched off for a real account.", "Run it in read mode.", "ReadOnly"
        )


def polling() -> dict[str, int]:
    """Return when a page's moving part asks again: the number of this round, and seconds until the next."""
    count = request.args.get("round", 0, type=int)
    return {"round": count + 1, "seconds": POLL_SECONDS[max(0, min(count, len(POLL_SECONDS) - 1))]}


def problem_of(error: SqlError) -> Problem:
    """Return what to tell a person about a database's error."""
    status = 502 if isinstance(error, ConnectError) else 422
    return Problem(status, error.title, error.happened, error.remedy, error.code)


@bp.errorhandler(SqlError)
def told(error: SqlError) -> Response:
    """Answer a database's error that no view expected."""
    return errors.as_response(problem_of(error))


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
    happened = "The text is longer than what the dashboard takes, about half a megabyte. Nothing was run."
    remedy = "Load large scripts with the database's own client: mysql, mariadb or psql."
    return errors.as_response(Problem(413, "Too long", happened, remedy))
