"""Files sent through the application: the form is read while it arrives, and goes to S3 at once."""

from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote

from flask import current_app, request
from flask_wtf.csrf import CSRFError, same_origin, validate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response
from wtforms import ValidationError

from app import aws, security
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import uploads
from app.blueprints.s3.views.uploaded import answer
from app.config import MIB, Settings
from app.multipart import FormReader, Malformed, Part, boundary_of
from app.streaming import RequestBody

OVERHEAD = MIB  # bytes that the form itself may add to its files: boundaries, names, fields
LONGEST_FIELD = 8 * 1024
MOST_FIELDS = 50


@bp.post("/<bucket>/upload")
def upload(bucket: str) -> Response:
    """Store the files of a form."""
    settings: Settings = current_app.extensions["settings"]
    body = RequestBody(request.environ)
    body.linger()  # refusals come before the body has arrived
    if body.length is not None and body.length > settings.max_upload_bytes + OVERHEAD:
        raise RequestEntityTooLarge(_too_large(settings))
    try:
        form = FormReader(body, boundary_of(request.content_type or ""))
        fields, parts = _fields(form)
        where = _destination(bucket, fields, settings)
        size = uploads.part_size(body.length, where.max_bytes)
        outcomes = uploads.receive(aws.client("s3"), form, parts, where, size)
    except Malformed as error:
        raise BadRequest(f"{error} Nothing was stored.") from error
    return answer(bucket, where.prefix, outcomes)


security.csrf.exempt(upload)  # it would read the whole form into memory; the token is checked before the first file


def _fields(form: FormReader) -> tuple[dict[str, str], Iterator[Part]]:
    """Read the fields before the first file and check the token there: nothing is stored for a stranger."""
    fields: dict[str, str] = {}
    parts = form.parts()
    first = []
    for part in parts:
        if part.filename is not None:
            first = [part]
            break
        if len(fields) >= MOST_FIELDS:
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


def _destination(bucket: str, fields: dict[str, str], settings: Settings) -> uploads.Destination:
    collision = fields.get("collision") or "ask"
    if collision not in uploads.COLLISIONS:
        raise BadRequest(f"collision is one of {', '.join(uploads.COLLISIONS)}, not “{collision}”. Nothing was stored.")
    prefix = fields.get("prefix") or unquote(fields.get("prefix_quoted", ""))  # as urls.carried sends it
    return uploads.Destination(bucket, prefix, collision, settings.max_upload_bytes)


def _too_large(settings: Settings) -> str:
    return f"The upload is larger than the {settings.max_upload_mib:,} MiB that this dashboard takes. Nothing was kept."
