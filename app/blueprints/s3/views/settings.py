"""A bucket's settings: versioning, the rule that lets browsers upload straight to S3, and uploads left unfinished."""

import json
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import VersioningForm
from app.blueprints.s3.service import presigned, unfinished
from app.blueprints.s3.service import settings as service
from app.blueprints.s3.urls import sent
from app.blueprints.s3.views.common import s3
from app.changes import counted, done
from app.problems import refused
from app.roles import EDITOR, needs


@dataclass(frozen=True)
class SettingsPage:
    """What can be set of a bucket."""

    bucket: str
    versioning: str
    origin: str
    cors_rule: str
    cors_ready: bool
    unfinished: unfinished.Uploads


@bp.get("/<bucket>/settings")
def bucket_settings(bucket: str) -> Response:
    """Show a bucket's settings."""
    origin = _origin()
    rule = json.dumps(presigned.rule(origin), indent=2)
    ready = presigned.has_rule(s3(), bucket, origin)
    begun = unfinished.list_unfinished(s3(), bucket)
    page = SettingsPage(bucket, service.versioning(s3(), bucket), origin, rule, ready, begun)
    return respond.page("s3/settings.html", page)


@bp.post("/<bucket>/settings/versioning")
@needs(EDITOR)
def switch_versioning(bucket: str) -> Response:
    """Enable or suspend versioning."""
    form = VersioningForm()
    if not form.validate_on_submit():
        raise BadRequest("Versioning is Enabled or Suspended.")
    state = form.state.data
    service.switch_versioning(s3(), bucket, state)
    message = "Versioning is on." if state == "Enabled" else "Versioning is suspended."
    return done({"bucket": bucket, "versioning": state}, _here(bucket), message)


@bp.post("/<bucket>/settings/cors")
@needs(EDITOR)
def allow_direct_uploads(bucket: str) -> Response:
    """Add the CORS rule that lets this dashboard's pages upload straight to S3."""
    presigned.put_rule(s3(), bucket, _origin())
    return done({"bucket": bucket, "origin": _origin()}, _here(bucket), "Browsers may upload straight to this bucket.")


@bp.post("/<bucket>/settings/cors/remove")
@needs(EDITOR)
def refuse_direct_uploads(bucket: str) -> Response:
    """Take that rule away again."""
    presigned.remove_rule(s3(), bucket, _origin())
    return done({"bucket": bucket, "origin": _origin()}, _here(bucket), "Uploads go through Trellis only.")


@bp.post("/<bucket>/settings/uploads/abort")
@needs(EDITOR)
def abort_uploads(bucket: str) -> Response:
    """Abort one unfinished upload, named by `key` and `upload_id`, or with neither of them all of the bucket."""
    key, upload = sent("key"), sent("upload_id")
    if bool(key) != bool(upload):
        raise BadRequest("An upload is named by its key and its id.")
    if key:
        went = unfinished.abort(s3(), bucket, key, upload)
        words = "The upload is aborted, its parts are gone." if went else "The upload had ended already."
        return done({"bucket": bucket, "key": key, "aborted": int(went)}, _here(bucket), words)
    aborted = unfinished.abort_all(s3(), bucket)
    if aborted.reason:
        raise refused(403, "Not aborted", aborted.reason, "Ask for s3:ListBucketMultipartUploads and try again.")
    words = f"{counted(aborted.number, 'upload')} aborted" + (", and others are left." if aborted.more else ".")
    return done({"bucket": bucket, "aborted": aborted.number, "more": aborted.more}, _here(bucket), words)


def _origin() -> str:
    """Return the origin of this dashboard's pages, as browsers name it."""
    return request.host_url.rstrip("/")


def _here(bucket: str) -> str:
    return f"{bp.url_prefix}/{bucket}/settings"
