"""A bucket's settings: versioning, and the rule that lets browsers upload straight to S3."""

import json
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import VersioningForm
from app.blueprints.s3.service import presigned
from app.blueprints.s3.service import settings as service
from app.blueprints.s3.views.common import done, s3


@dataclass(frozen=True)
class SettingsPage:
    """What can be set of a bucket."""

    bucket: str
    versioning: str
    origin: str
    cors_rule: str
    cors_ready: bool


@bp.get("/<bucket>/settings")
def bucket_settings(bucket: str) -> Response:
    """Show a bucket's settings."""
    origin = _origin()
    rule = json.dumps(presigned.rule(origin), indent=2)
    ready = presigned.has_rule(s3(), bucket, origin)
    page = SettingsPage(bucket, service.versioning(s3(), bucket), origin, rule, ready)
    return respond.page("s3/settings.html", page)


@bp.post("/<bucket>/settings/versioning")
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
def allow_direct_uploads(bucket: str) -> Response:
    """Add the CORS rule that lets this dashboard's pages upload straight to S3."""
    presigned.put_rule(s3(), bucket, _origin())
    return done({"bucket": bucket, "origin": _origin()}, _here(bucket), "Browsers may upload straight to this bucket.")


@bp.post("/<bucket>/settings/cors/remove")
def refuse_direct_uploads(bucket: str) -> Response:
    """Take that rule away again."""
    presigned.remove_rule(s3(), bucket, _origin())
    return done({"bucket": bucket, "origin": _origin()}, _here(bucket), "Uploads go through Trellis only.")


def _origin() -> str:
    """Return the origin of this dashboard's pages, as browsers name it."""
    return request.host_url.rstrip("/")


def _here(bucket: str) -> str:
    return f"{bp.url_prefix}/{bucket}/settings"
