"""Which ways a file can take into a bucket."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import presigned
from app.drawer import drawer
from app.roles import EDITOR, needs


@bp.get("/<bucket>/lanes")
@needs(EDITOR)
def lanes(bucket: str) -> Response:
    """Answer in JSON whether S3 takes files straight from this dashboard's pages; asked once a large file comes."""
    found = presigned.lanes(aws.client("s3"), bucket, request.host_url.rstrip("/"))
    response = jsonify({**respond.plain(found), "calls": respond.plain(drawer().calls)})
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.context_processor
def limits() -> dict[str, int]:
    """Give templates the sizes by which a file's way is chosen, in bytes."""
    return {"lane_threshold": presigned.THRESHOLD, "most_straight": presigned.MOST}
