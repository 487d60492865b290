"""Files sent through the application: the form is read while it arrives, and goes to S3 at once."""

from urllib.parse import unquote

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app import aws, security
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import uploads
from app.blueprints.s3.views.uploaded import answer
from app.config import MIB, Settings
from app.multipart import FormReader, Malformed, boundary_of
from app.received import fields_before_files
from app.roles import EDITOR, needs
from app.streaming import RequestBody

OVERHEAD = MIB  # bytes that the form itself may add to its files: boundaries, names, fields


@bp.post("/<bucket>/upload")
@needs(EDITOR)
def upload(bucket: str) -> Response:
    """Store the files of a form."""
    settings: Settings = current_app.extensions["settings"]
    body = RequestBody(request.environ)
    body.linger()  # refusals come before the body has arrived
    if body.length is not None and body.length > settings.max_upload_bytes + OVERHEAD:
        raise RequestEntityTooLarge(_too_large(settings))
    try:
        form = FormReader(body, boundary_of(request.content_type or ""))
        fields, parts = fields_before_files(form)
        where = _destination(bucket, fields, settings)
        size = uploads.part_size(body.length, where.max_bytes)
        outcomes = uploads.receive(aws.client("s3"), form, parts, where, size)
    except Malformed as error:
        raise BadRequest(f"{error} Nothing was stored.") from error
    return answer(bucket, where.prefix, outcomes)


security.csrf.exempt(upload)  # it would read the whole form into memory; the token is checked before the first file


def _destination(bucket: str, fields: dict[str, str], settings: Settings) -> uploads.Destination:
    collision = fields.get("collision") or "ask"
    if collision not in uploads.COLLISIONS:
        raise BadRequest(f"collision is one of {', '.join(uploads.COLLISIONS)}, not “{collision}”. Nothing was stored.")
    prefix = fields.get("prefix") or unquote(fields.get("prefix_quoted", ""))  # as urls.carried sends it
    return uploads.Destination(bucket, prefix, collision, settings.max_upload_bytes)


def _too_large(settings: Settings) -> str:
    return f"The upload is larger than the {settings.max_upload_mib:,} MiB that this dashboard takes. Nothing was kept."
