"""A bucket's folders and objects, and those that delete markers hide."""

from flask import current_app, request
from werkzeug.wrappers import Response

from app import aws, exports, respond, security
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import function_lane
from app.blueprints.s3.service import listing as service
from app.blueprints.s3.service.answers import OtherRegion
from app.blueprints.s3.service.presigned import post_origin
from app.blueprints.s3.service.versions import list_deleted
from app.blueprints.s3.urls import sent
from app.blueprints.s3.views.common import cache_bucket, s3

COLUMNS = ("key", "size", "modified", "etag", "storage_class")


@bp.get("/<bucket>/")
def bucket(bucket: str) -> Response:
    """Show one page of a folder, by one call; as CSV or NDJSON every object below it, to the end."""
    form, asked = exports.asked(), _asked()
    if form:
        return _all_below(form, bucket, asked)
    page = service.list_folder(s3(), bucket, asked)
    if not aws.identity().read_only:
        security.allow_connect(post_origin(s3(), bucket))
        if request.args.get("lane") == "function" and (found := function_lane.find(aws.client("apigateway"))).ready:
            security.allow_connect(found.origin)
    settings = current_app.extensions["settings"]
    more = {
        "limit": settings.max_upload_bytes,
        "is_cache": bucket == cache_bucket(),
        "connects": " ".join(security.policy().connect),
    }
    return respond.page("s3/bucket.html", page, fragment="s3/_more.html", **more)


def _all_below(form: str, bucket: str, asked: service.Asked) -> Response:
    found = service.walk(s3(), bucket, asked.prefix + asked.search)
    rows = ((each.key, each.size, each.modified, each.etag.strip('"'), each.storage_class) for each in found)
    return exports.answer(form, COLUMNS, rows, f"{bucket}-{asked.prefix}".rstrip("-/"))


def _asked() -> service.Asked:
    args = request.args
    folder, slash, begun = sent("prefix").rpartition("/")  # what follows the last slash is the beginning of a name
    return service.Asked(
        prefix=folder + slash,
        search=begun + args.get("q", ""),
        token=args.get("token") or None,
        view=_one_of(args.get("view"), service.VIEWS),
        sort=_one_of(args.get("sort"), service.SORTS),
        order=_one_of(args.get("order"), ("asc", "desc")),
    )


def _one_of(value: str | None, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]


@bp.get("/<bucket>/deleted")
def deleted(bucket: str) -> Response:
    """Show the objects of a folder that delete markers hide, with a way back."""
    args = request.args
    page = list_deleted(s3(), bucket, sent("prefix"), args.get("key") or None, args.get("version") or None)
    return respond.page("s3/deleted.html", page)


@bp.errorhandler(OtherRegion)
def other_region(error: OtherRegion) -> Response:
    """Say where a bucket lives, with a button that switches there."""
    return respond.page("s3/other_region.html", {"bucket": error.bucket, "region": error.region}, status=421)


@bp.context_processor
def here() -> dict[str, str]:
    """Give templates the region that was asked, to compare it with a bucket's own."""
    return {"asked_region": aws.region()}
