"""What the views of S3 share."""

from typing import Any

from flask import current_app, render_template, request, url_for
from markupsafe import Markup

from app import aws
from app.blueprints.s3 import names, urls
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import choices
from app.blueprints.s3.service.buckets import list_buckets
from app.problems import Problem

LONGEST_MESSAGE = 1800  # characters


def s3() -> Any:
    """Return the S3 client of this request's region."""
    return aws.client("s3")


def cache_bucket() -> str:
    """Return the name of the bucket in which the dashboard keeps thumbnails."""
    named: str = current_app.extensions["settings"].cache_bucket
    return named or f"trellis-cache-{aws.identity().account}-{aws.region()}"


def undo(bucket: str, keys: list[str], message: str) -> str:
    """Return a message with a button that brings deleted objects back; too many are left to the page of deleted ones.

    The message travels in the session's cookie, which holds 4 KB.
    """
    form = render_template("s3/_undo.html", bucket=bucket, keys=keys, message=message)
    if len(form) > LONGEST_MESSAGE:
        form = render_template(
            "s3/_undo.html", bucket=bucket, keys=[], prefix=names.folder_of(keys[0]), message=message
        )
    return Markup(form)  # noqa: S704 the template has escaped what is in it


def target_choices(here: str) -> list[Any]:
    """Return the buckets to which things can be copied, the dashboard's own left out, as a form wants its choices."""
    found = list_buckets(s3(), cache_bucket=cache_bucket()).buckets
    return choices(sorted({here, *(bucket.name for bucket in found if not bucket.is_cache)}))


def way_back(problem: Problem) -> list[tuple[str, str]]:
    """Return the way from a page that failed to what is still there: S3, and the bucket unless it is missing itself."""
    bucket = (request.view_args or {}).get("bucket")
    way = [("S3", url_for("s3.buckets"))]
    here = request.endpoint == "s3.bucket" or problem.code in ("NoSuchBucket", "InvalidBucketName")
    return way if here or not bucket else [*way, (bucket, urls.folder_url(bucket))]


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of S3 the addresses and the way to show names."""
    return {
        "object_url": urls.object_url,
        "raw_url": urls.raw_url,
        "thumbnail_url": urls.thumbnail_url,
        "folder_url": urls.folder_url,
        "carried": urls.carried,
        "visible": names.visible,
        "last_part": names.last_part,
        "folder_of": names.folder_of,
        "way_back": way_back,
    }
