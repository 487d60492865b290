"""What the views of DynamoDB share."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, errors
from app.blueprints.dynamodb.blueprint import bp
from app.declined import Declined
from app.problems import Problem


def dynamodb() -> Any:
    """Return the DynamoDB client of this request's region."""
    return aws.client("dynamodb")


def table_url(name: str) -> str:
    """Return the address of a table's page."""
    return url_for("dynamodb.table", table=name)


@bp.errorhandler(Declined)
def declined(error: Declined) -> Response:
    """Answer a refusal of DynamoDB's that no form could show beside a field."""
    return errors.as_response(Problem(422, "DynamoDB refuses", str(error), "Change it and try again.", error.code))


@bp.errorhandler(ClientError)
def failed(error: ClientError) -> Response:
    """Answer any other error of AWS's; a table that is not there is named as other services name what is missing."""
    problem, table = errors.problem_of(error), (request.view_args or {}).get("table")
    if problem.code == "ResourceNotFoundException" and table:
        happened = f"There is no table “{table}” in this account and region, or not any more."
        problem = replace(problem, title="No such table", happened=happened, remedy="Choose one from the list.")
    return errors.as_response(problem)
