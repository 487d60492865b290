"""A bucket's settings: versioning, and the rule that lets browsers upload straight to S3."""

from dataclasses import dataclass

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.forms import VersioningForm
from app.blueprints.s3.service import settings as service
from app.blueprints.s3.views.common import done, s3


@dataclass(frozen=True)
class SettingsPage:
    """What can be set of a bucket."""

    bucket: str
    versioning: str


@bp.get("/<bucket>/settings")
def bucket_settings(bucket: str) -> Response:
    """Show a bucket's settings."""
    return respond.page("s3/settings.html", SettingsPage(bucket, service.versioning(s3(), bucket)))


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


def _here(bucket: str) -> str:
    return f"{bp.url_prefix}/{bucket}/settings"
