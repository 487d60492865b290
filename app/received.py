"""Forms with files that are read while they arrive: their fields first, and the form's token before any file."""

from collections.abc import Iterator
from itertools import chain

from flask import current_app, request
from flask_wtf.csrf import CSRFError, same_origin, validate_csrf
from wtforms import ValidationError

from app.multipart import FormReader, Malformed, Part

LONGEST_FIELD = 8 * 1024  # bytes
MOST_FIELDS = 50


def fields_before_files(form: FormReader, most: int = MOST_FIELDS) -> tuple[dict[str, str], Iterator[Part]]:
    """Read the fields before the first file and check the token there: nothing is stored for a stranger.

    The view must be exempt from CSRFProtect, which would read the whole form into memory. Raises Malformed, CSRFError.
    """
    fields: dict[str, str] = {}
    parts = form.parts()
    first = []
    for part in parts:
        if part.filename is not None:
            first = [part]
            break
        if len(fields) >= most:
            raise Malformed("The form has too many fields.")
        fields[part.name] = form.value(LONGEST_FIELD).decode("utf-8", "replace")
    _check_token(request.headers.get("X-CSRFToken") or fields.get("csrf_token"))
    return fields, chain(first, parts)


def _check_token(token: str | None) -> None:
    """Do what CSRFProtect does, with a token that was not taken from request.form."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise CSRFError(str(error)) from error
    strict = request.is_secure and current_app.config["WTF_CSRF_SSL_STRICT"]
    if strict and not same_origin(request.referrer or "", f"https://{request.host}/"):
        raise CSRFError("The referrer does not match the host.")
