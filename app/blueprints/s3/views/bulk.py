"""One action on many chosen objects: asked first, then done, then told object by object."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import TargetForm
from app.blueprints.s3.service import bulk as service
from app.blueprints.s3.service import copying, settings, tags
from app.blueprints.s3.urls import all_sent, folder_url, sent
from app.blueprints.s3.views.common import s3, target_choices, undo
from app.blueprints.s3.views.objects import typed_tags
from app.changes import counted, done
from app.problems import refused
from app.roles import EDITOR, needs

DONE = {"delete": "deleted", "copy": "copied", "move": "moved", "tag": "tagged", "undelete": "brought back"}
GONE = dict.fromkeys(DONE, "already gone") | {"undelete": "not deleted any more"}
PARTLY = 207  # Multi-Status: the answer tells it object by object


@bp.post("/<bucket>/bulk/delete")
@needs(EDITOR)
def bulk_delete(bucket: str) -> Response:
    """Name what would be deleted; with `confirm`, delete it."""
    chosen = _selection()
    if not request.form.get("confirm"):
        return _ask(bucket, "delete", chosen, versioning=settings.versioning(s3(), bucket))
    result = service.delete_all(s3(), bucket, chosen)
    return _told(bucket, result, undo_keys=[o.key for o in result.of("done") if "marker" in o.note])


@bp.post("/<bucket>/bulk/undelete")
@needs(EDITOR)
def bulk_undelete(bucket: str) -> Response:
    """Bring objects back that delete markers hide."""
    return _told(bucket, service.undelete_all(s3(), bucket, _selection().keys))


@bp.post("/<bucket>/bulk/copy")
@needs(EDITOR)
def bulk_copy(bucket: str) -> Response:
    """Ask where the copies go; with a target, make them."""
    return _placed(bucket, "copy")


@bp.post("/<bucket>/bulk/move")
@needs(EDITOR)
def bulk_move(bucket: str) -> Response:
    """Ask where the objects go; with a target, copy them and delete the originals."""
    return _placed(bucket, "move")


def _placed(bucket: str, action: str) -> Response:
    chosen = _selection()
    asked = "target_bucket" in request.form
    form = TargetForm(target_bucket=sent("target_bucket") or bucket, formdata=request.form if asked else None)
    form.target_bucket.choices = target_choices(bucket)
    if not asked or not form.validate():
        return _ask(bucket, action, chosen, status=422 if asked else 200, form=form)
    prefix = (form.target_prefix.data or "").strip()
    target = copying.Place(form.target_bucket.data, prefix + "/" if prefix and not prefix.endswith("/") else prefix)
    act = service.copy_all if action == "copy" else service.move_all
    return _told(bucket, act(s3(), bucket, chosen, target, form.collision.data), target=target)


@bp.post("/<bucket>/bulk/tag")
@needs(EDITOR)
def bulk_tag(bucket: str) -> Response:
    """Ask for tags; with some, add them to every chosen object."""
    chosen, typed = _selection(), typed_tags()
    if not any(key or value for key, value in typed):
        return _ask(bucket, "tag", chosen)
    try:
        wanted = tags.checked(typed)
    except tags.TagRefused as error:
        return _ask(bucket, "tag", chosen, status=422, typed=typed, tag_error=str(error))
    return _told(bucket, service.tag_all(s3(), bucket, chosen, wanted))


def _selection() -> service.Selection:
    chosen = service.Selection(all_sent("key"), all_sent("folder"), all_sent("base"))
    if not chosen.keys and not chosen.folders:
        raise refused(
            400, "Nothing is selected", "No object was chosen, so nothing was done.", "Go back and tick some."
        )
    return chosen


def _ask(bucket: str, action: str, chosen: service.Selection, status: int = 200, **more: Any) -> Response:
    page = {"bucket": bucket, "action": action, "prefix": sent("prefix"), "selection": chosen}
    return respond.page(f"s3/ask_{'place' if action in ('copy', 'move') else action}.html", page, status=status, **more)


def _told(
    bucket: str, result: service.Result, target: copying.Place | None = None, undo_keys: list[str] | None = None
) -> Response:
    """Answer with the folder when all went well, else with the outcome of each object."""
    if not result.smooth:
        prefix = sent("prefix")
        return respond.page("s3/result.html", result, status=PARTLY, prefix=prefix, target=target, bases=_bases())
    message = _message(result)
    if undo_keys:
        message = undo(bucket, undo_keys, message)
    return done(result, folder_url(bucket, sent("prefix")), message)


def _bases() -> list[str]:
    return all_sent("folder") + all_sent("base")


def _message(result: service.Result) -> str:
    words = [f"{counted(len(result.of('done')), 'object')} {DONE[result.action]}"]
    gone, skipped = len(result.of("gone")), len(result.of("skipped"))
    words += [f"{gone} {GONE[result.action]}"] if gone else []
    words += [f"{skipped} left as they were"] if skipped else []
    return ", ".join(words) + "."
