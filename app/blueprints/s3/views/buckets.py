"""Buckets: list, create, settings, empty, delete."""

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, exports, respond
from app.blueprints import Status
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import ConfirmForm, CreateBucketForm, choices
from app.blueprints.s3.service import buckets as service
from app.blueprints.s3.urls import folder_url
from app.blueprints.s3.views.common import cache_bucket, s3
from app.changes import counted, done
from app.roles import EDITOR, needs

COLUMNS = ("name", "region", "created")


def status() -> Status:
    """Return S3's state for the overview."""
    found = service.list_buckets(s3(), cache_bucket=cache_bucket()).buckets
    return Status(counted(sum(not bucket.is_cache for bucket in found), "bucket"))


@bp.get("/")
def buckets() -> Response:
    """List the buckets."""
    form = exports.asked()
    if form:
        found = service.list_buckets(s3(), request.args.get("q", ""), cache_bucket()).buckets
        return exports.answer(form, COLUMNS, ((each.name, each.region, each.created) for each in found), "buckets")
    return _buckets_page(_create_form())


@bp.post("/")
@needs(EDITOR)
def create_bucket() -> Response:
    """Create a bucket; what stands against the name appears beside it."""
    form = _create_form()
    if not form.validate_on_submit():
        return _buckets_page(form, 422)
    name, region = (form.name.data or "").strip(), form.region.data
    try:
        service.create_bucket(aws.door().client("s3", region), name)
    except service.NameRefused as error:
        form.name.errors = [str(error)]
        return _buckets_page(form, 422)
    made = service.Bucket(name, None, region)
    return done(made, folder_url(name), f"Bucket {name} is there, empty, in {region}.")


def _create_form() -> CreateBucketForm:
    form = CreateBucketForm(region=request.form.get("region") or aws.region())
    form.region.choices = choices(aws.door().regions())
    return form


def _buckets_page(form: CreateBucketForm, status: int = 200) -> Response:
    found = service.list_buckets(s3(), request.args.get("q", ""), cache_bucket())
    return respond.page("s3/buckets.html", found, form=form, status=status)


@bp.get("/<bucket>/delete")
def ask_delete_bucket(bucket: str) -> Response:
    """Ask for the name before a bucket is deleted; what is still in it is shown and can be deleted first."""
    return _delete_page(ConfirmForm(), service.contents(s3(), bucket))


@bp.post("/<bucket>/delete")
@needs(EDITOR)
def delete_bucket(bucket: str) -> Response:
    """Delete an empty bucket whose name was typed."""
    form = ConfirmForm()
    if not _confirmed(form, bucket):
        return _delete_page(form, service.contents(s3(), bucket), 422)
    left = service.delete_bucket(s3(), bucket)
    if left is not None:
        form.name.errors = [f"AWS refuses: the bucket still holds {_held(left)}."]
        return _delete_page(form, left, 409)
    return done(service.Bucket(bucket, None, None), url_for("s3.buckets"), f"Bucket {bucket} is deleted.")


@bp.post("/<bucket>/empty")
@needs(EDITOR)
def empty_bucket(bucket: str) -> Response:
    """Delete everything in a bucket, some thousand versions per request; the answer says what remains."""
    form = ConfirmForm()
    if not _confirmed(form, bucket):
        return _delete_page(form, service.contents(s3(), bucket), 422)
    emptied = service.empty_bucket(s3(), bucket)
    if not emptied.left.total and not respond.wants_json() and not respond.wants_fragment():
        return done(emptied, url_for("s3.ask_delete_bucket", bucket=bucket), f"Bucket {bucket} is empty.")
    return respond.page("s3/emptied.html", emptied, fragment="s3/_emptied.html")


def _confirmed(form: ConfirmForm, bucket: str) -> bool:
    if not form.validate_on_submit():
        return False
    if form.name.data == bucket:
        return True
    form.name.errors = [f"This is not the bucket's name, which is {bucket}. Nothing was deleted."]
    return False


def _delete_page(form: ConfirmForm, held: service.Contents, status: int = 200) -> Response:
    return respond.page("s3/delete_bucket.html", held, form=form, status=status)


def _held(held: service.Contents) -> str:
    more = "at least " if held.more else ""
    old = f", {counted(held.old_versions, 'old version')} and {counted(held.delete_markers, 'delete marker')}"
    return more + counted(held.objects, "object") + (old if held.total > held.objects else "")


@bp.app_template_filter("held")
def held(contents: Any) -> str:
    """Return in words what a bucket still holds."""
    return _held(contents)
