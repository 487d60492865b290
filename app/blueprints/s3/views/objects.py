"""One object: its page, and what is done to it."""

import unicodedata
from collections.abc import Callable
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.access import audit
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import PlaceForm, ShareForm
from app.blueprints.s3.names import folder_of, visible
from app.blueprints.s3.service import copying, media, sharing, tags
from app.blueprints.s3.service import objects as service
from app.blueprints.s3.service.listing import crumbs
from app.blueprints.s3.service.versions import delete_version, restore
from app.blueprints.s3.urls import folder_url, object_route, object_url, sent
from app.blueprints.s3.views.common import s3, target_choices, undo
from app.changes import done
from app.problems import refused
from app.roles import EDITOR, needs

TYPE_LENGTH = 200


@object_route("objects", methods=["GET"])
def show_object(bucket: str, key: str) -> Response:
    """Show an object; `versionId` names a version, `position=1` also tells where a picture was taken."""
    return _page(bucket, key)


def _page(bucket: str, key: str, status: int = 200, **more: Any) -> Response:
    version = request.args.get("versionId") or None
    page = service.read(s3(), bucket, key, version, position=request.args.get("position") == "1")
    forms = {"share": ShareForm(formdata=None), **more}
    return respond.page("s3/object.html", page, status=status if page.facts else 404, **forms)


@bp.context_processor
def around() -> dict[str, Any]:
    """Give the object's page its way, the address that tells the position, and what a browser is asked to draw."""
    most = current_app.extensions["settings"].max_megapixels * 1_000_000
    return {"crumbs_of": crumbs, "with_position": _with_position, "most_pixels": most}


def _with_position(page: service.ObjectPage) -> str:
    url = object_url(page.bucket, page.key, page.asked_version)
    return f"{url}{'&' if '?' in url else '?'}position=1#position-title"


def _key() -> str:
    key = sent("key")
    if not key:
        raise BadRequest("The form names no object: it needs a key.")
    return key


@bp.post("/<bucket>/object/delete")
@needs(EDITOR)
def delete_object(bucket: str) -> Response:
    """Delete an object; where versioning is on, the message offers to take it back."""
    key = _key()
    deletion = service.delete(s3(), bucket, key)
    back, name = folder_url(bucket, folder_of(key)), visible(key)
    if deletion.gone:
        return done(deletion, back, f"“{name}” was already gone: somebody else has deleted it.", "info")
    if deletion.failed:
        raise refused(412, "Not deleted", deletion.message, "Open the object again to see what it is now.")
    if deletion.marker:
        return done(deletion, back, undo(bucket, [key], f"“{name}” is deleted."))
    return done(deletion, back, f"“{name}” is deleted.")


@bp.post("/<bucket>/object/remove-version")
@needs(EDITOR)
def remove_version(bucket: str) -> Response:
    """Delete one version for good, or a delete marker, which brings the object back."""
    key, version = _key(), sent("version")
    if not version:
        raise BadRequest("The form names no version.")
    deletion = delete_version(s3(), bucket, key, version)
    return done(deletion, object_url(bucket, key), f"Version {version} is deleted for good.")


@bp.post("/<bucket>/object/restore")
@needs(EDITOR)
def restore_version(bucket: str) -> Response:
    """Make an old version the current one."""
    key, version = _key(), sent("version")
    new = restore(s3(), bucket, key, version)
    message = f"Version {version} is the current one again, as a copy on top."
    return done({"key": key, "restored": version, "version_id": new}, object_url(bucket, key), message)


@bp.post("/<bucket>/object/tags")
@needs(EDITOR)
def set_tags(bucket: str) -> Response:
    """Replace an object's tags by the typed ones."""
    key, typed = _key(), typed_tags()
    try:
        wanted = tags.checked(typed)
    except tags.TagRefused as error:
        return _page(bucket, key, 422, tag_error=str(error), typed=typed)
    version = sent("version") or None
    tags.write(s3(), bucket, key, wanted, version)
    return done({"key": key, "tags": wanted}, object_url(bucket, key, version), "The tags are saved.")


def typed_tags() -> list[tuple[str, str]]:
    """Return the pairs of `tag_key` and `tag_value` as they were typed."""
    form = request.form
    return list(zip(form.getlist("tag_key"), form.getlist("tag_value"), strict=False))


@bp.post("/<bucket>/object/type")
@needs(EDITOR)
def set_type(bucket: str) -> Response:
    """Give an object the content type of its content, or another one."""
    key, kind = _key(), sent("type").strip()
    if not kind or len(kind) > TYPE_LENGTH or not kind.isprintable() or not kind.isascii() or "/" not in kind:
        raise BadRequest("A content type looks like image/png.")
    media.fix_type(s3(), bucket, key, kind)
    return done({"key": key, "type": kind}, object_url(bucket, key), f"The content type is now {kind}.")


@bp.route("/<bucket>/object/copy", methods=["GET", "POST"])
@needs(EDITOR)
def copy_object(bucket: str) -> Response:
    """Ask where a copy goes, then make it."""

    def act(source: copying.Place, target: copying.Place, collision: str) -> Response:
        place = copying.copy(s3(), source, target, collision).place
        return done(place, object_url(place.bucket, place.key), f"Copied to “{visible(place.key)}” in {place.bucket}.")

    return _placed(bucket, "copy", act)


@bp.route("/<bucket>/object/move", methods=["GET", "POST"])
@needs(EDITOR)
def move_object(bucket: str) -> Response:
    """Ask for a new place or name, then copy and delete the original: S3 knows no move."""

    def act(source: copying.Place, target: copying.Place, collision: str) -> Response:
        moved = copying.move(s3(), source, target, collision)
        where = f"“{visible(moved.key)}” in {moved.bucket}"
        kept = f"Copied to {where}, but the original is still there. {moved.kept}"
        message, kind = (kept, "warning") if moved.kept else (f"Moved to {where}.", "done")
        return done(moved, object_url(moved.bucket, moved.key), message, kind)

    return _placed(bucket, "move", act)


def _placed(bucket: str, action: str, act: Callable[[copying.Place, copying.Place, str], Response]) -> Response:
    key = _key()
    form = PlaceForm(target_bucket=sent("target_bucket") or bucket, target_key=sent("target_key") or typeable(key))
    form.target_bucket.choices = target_choices(bucket)
    page = {"bucket": bucket, "key": key, "action": action}
    if request.method == "GET":
        return respond.page("s3/place.html", page, form=form)
    if not form.validate_on_submit():
        return respond.page("s3/place.html", page, form=form, status=422)
    target = copying.Place(form.target_bucket.data, sent("target_key"))
    try:
        return act(copying.Place(bucket, key), target, form.collision.data)
    except copying.Exists:
        form.target_key.errors = ["There is an object of this name already. Say below what to do."]
        return respond.page("s3/place.html", page, form=form, status=409)
    except (copying.KeyRefused, copying.SourceChanged) as error:
        form.target_key.errors = [str(error)]
        status = 422 if isinstance(error, copying.KeyRefused) else 409
        return respond.page("s3/place.html", page, form=form, status=status)


def typeable(key: str) -> str:
    """Return a key as a text field can hold it: control characters, which fields drop, become underscores."""
    return "".join("_" if unicodedata.category(character) == "Cc" else character for character in key)


@bp.post("/<bucket>/share")
@needs(EDITOR)
def share(bucket: str) -> Response:
    """Make a presigned link and show it; it is part of this answer only, never of an address of ours."""
    key, form = _key(), ShareForm()
    if not form.validate_on_submit():
        return _page(bucket, key, 422, share=form)
    link = sharing.share(
        s3(), bucket, key, form.minutes.data or 0, version_id=sent("version") or None, as_download=form.as_download.data
    )
    audit.did("s3", "ShareLink", f"{bucket}/{key} for {form.minutes.data} minutes")
    return respond.page("s3/shared.html", link, fragment="s3/_shared.html")
