"""The straight lane's two questions: may I send this file, and is it there now."""

from typing import Any

from flask import jsonify, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import aws, respond
from app.access import audit
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.names import folder_of
from app.blueprints.s3.service import presigned, uploads
from app.blueprints.s3.views.uploaded import answer, problem
from app.drawer import drawer
from app.numbers import whole
from app.problems import Refused
from app.roles import EDITOR, needs


@bp.post("/<bucket>/presign")
@needs(EDITOR)
def presign(bucket: str) -> Response:
    """Answer in JSON with the form by which the browser sends one file straight to S3."""
    if aws.identity().read_only:
        raise aws.ReadOnly("s3", "PutObject")  # making the permission is no call, so the client's own check sees none
    sent = _sent()
    where = uploads.Destination(bucket, sent.get("prefix", ""), _collision(sent), presigned.MOST)
    wish = presigned.Wish(sent.get("name", ""), _size(sent), sent.get("type", ""))
    try:
        given = presigned.permit(aws.client("s3"), where, wish)
    except uploads.UploadRefused as refusal:
        raise Refused(problem(refusal)) from refusal
    if given.fields:
        audit.did("s3", "GrantUpload", f"{bucket}/{given.key}")
    response = jsonify({**respond.plain(given), "calls": respond.plain(drawer().calls)})
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<bucket>/uploaded")
@needs(EDITOR)
def uploaded(bucket: str) -> Response:
    """Look at a file that the browser has sent to S3, and mend its Content-Type."""
    key = _sent().get("key", "")
    if not key:
        raise BadRequest("The key of the uploaded object is missing.")
    return answer(bucket, folder_of(key), [presigned.verify(aws.client("s3"), bucket, key)])


def _sent() -> dict[str, str]:
    """Return the fields, sent as JSON or as a form."""
    given: Any = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    if not isinstance(given, dict):
        raise BadRequest("Send a JSON object or a form.")
    return {str(name): str(value) for name, value in given.items() if value is not None}


def _size(sent: dict[str, str]) -> int:
    size = whole(sent.get("size"))
    if size is None:
        raise BadRequest("size is the file's number of bytes.")
    return size


def _collision(sent: dict[str, str]) -> str:
    collision = sent.get("collision") or "ask"
    if collision not in uploads.COLLISIONS:
        raise BadRequest(f"collision is one of {', '.join(uploads.COLLISIONS)}, not “{collision}”.")
    return collision
