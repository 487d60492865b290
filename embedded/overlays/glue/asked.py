"""What a request asks for, checked as Glue checks it, and the errors that answer it."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any


class Fault(Exception):
    """An answer that is an error: AWS's code and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NotReadyError(Exception):
    """Why a run cannot start: its ErrorMessage."""


def invalid(message: str) -> Fault:
    """Return the error for a parameter that cannot be."""
    return Fault("InvalidInputException", message)


def missing(what: str, name: str) -> Fault:
    """Return the error for something that does not exist."""
    return Fault("EntityNotFoundException", f"{what} {name} not found.")


def required(asked: Mapping[str, Any], field: str) -> str:
    """Return a text that must be there."""
    value = asked.get(field)
    if not isinstance(value, str) or not value:
        raise invalid(f"{field} is required and must not be empty.")
    return value


def new_name(asked: Mapping[str, Any], field: str = "Name") -> str:
    """Return the name of something new: 1 to 255 printable characters."""
    name = required(asked, field)
    if len(name) > 255 or not name.isprintable():
        raise invalid(f"{field} has 1 to 255 printable characters.")
    return name


def whole(asked: Mapping[str, Any], field: str, low: int, high: int, default: int) -> int:
    """Return a whole number between two limits, or the default."""
    value = asked.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(f"{field} must be a whole number from {low} to {high}.")
    return value


def texts(asked: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return a map of texts, empty when it was not sent."""
    value = asked.get(field) or {}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise invalid(f"{field} must be a map of texts.")
    return dict(value)


def page(items: Sequence[Any], asked: Mapping[str, Any], most: int = 1000) -> tuple[list[Any], dict[str, str]]:
    """Return the part of a list that is asked for, and the token of the next part, if there is one."""
    size = whole(asked, "MaxResults", 1, 1000, most)
    start = _start(asked.get("NextToken"))
    token = {"NextToken": base64.b64encode(str(start + size).encode()).decode()} if start + size < len(items) else {}
    return list(items[start : start + size]), token


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError as error:
        raise invalid("The NextToken is not one that was given out.") from error
