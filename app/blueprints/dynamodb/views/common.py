"""What the views of DynamoDB share."""

from typing import Any

from flask import url_for
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
