"""The third lane's question, and the upload race: the same picture by three lanes, then the objects compared."""

from dataclasses import dataclass

from flask import current_app, jsonify, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import aws, respond, security
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import function_lane, presigned
from app.blueprints.s3.service.function_lane import FunctionLane
from app.blueprints.s3.views.common import s3
from app.drawer import drawer

MOST_KEYS = 3


def lane() -> FunctionLane:
    """Return the third lane of this account and region; 3 calls at most where it is ready."""
    return function_lane.find(aws.client("apigateway"))


@bp.get("/<bucket>/function-lane")
def ask_function_lane(bucket: str) -> Response:  # noqa: ARG001 the lane is the same for every bucket
    """Answer in JSON whether an API takes pictures to S3; asked once when files are chosen."""
    response = jsonify({**respond.plain(lane()), "calls": respond.plain(drawer().calls)})
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class RacePage:
    """The lanes of a bucket, before the race."""

    bucket: str
    straight: bool
    function: FunctionLane


@bp.get("/<bucket>/race")
def race(bucket: str) -> Response:
    """Show the race's form; only this page and the folder's may connect to the API."""
    found = lane()
    ready = presigned.lanes(s3(), bucket, request.host_url.rstrip("/"))
    if not aws.identity().read_only:
        for origin in {ready.origin, found.origin} - {""}:
            security.allow_connect(origin)
    most = current_app.extensions["settings"].max_upload_bytes
    return respond.page("s3/race.html", RacePage(bucket, ready.straight, found), limit=most)


@bp.get("/<bucket>/race/compare")
def compare(bucket: str) -> Response:
    """Answer in JSON with the objects of the race: `key`, up to three times."""
    keys = request.args.getlist("key")
    if not 1 <= len(keys) <= MOST_KEYS:
        raise BadRequest("Name one to three keys.")
    found = function_lane.compare(s3(), bucket, keys)
    told = {**respond.plain(found), "equal": found.equal, "honest": [one.honest for one in found.objects]}
    response = jsonify({**told, "calls": respond.plain(drawer().calls)})
    response.headers["Cache-Control"] = "no-store"
    return response
