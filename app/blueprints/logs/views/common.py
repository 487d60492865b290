"""What the views of CloudWatch Logs share."""

from typing import Any

from flask import request

from app import aws, problems
from app.blueprints.logs.service.times import BadTime, Range, read


def logs() -> Any:
    """Return the CloudWatch Logs client of this request's region."""
    return aws.client("logs")


def range_of(start: str, end: str) -> tuple[Range | None, dict[str, str]]:
    """Return the range that was asked for, or what is wrong with which field."""
    try:
        return read(start, end), {}
    except BadTime as error:
        return None, {error.field: str(error)}


def needed(name: str) -> str:
    """Return a field of the address that a page cannot do without."""
    value = request.values.get(name, "")
    if not value:
        raise problems.refused(
            400, "Something is missing", f"This address names no {name}.", "Start from the list of log groups."
        )
    return value
