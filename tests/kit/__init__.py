"""One page with every macro on it, and pages that fail: added to an application for tests of how it looks."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, flash, render_template_string
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired

from app import respond
from app.drawer import Drawer, ShownCall
from app.problems import Problem, Refused

REGIONS: Any = ["us-east-1", "eu-west-1"]  # the stubs know older kinds of choices only
LANES: Any = ["application", "direct"]
PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
REFUSED = Problem(403, "Access denied", "AWS said <no>.", "Ask.", "AccessDenied", "REQUEST-1", "ListBuckets")


def call(operation: str, offset: float, error: str | None = None, **more: Any) -> ShownCall:
    """Return one line of the drawer."""
    status = 403 if error else 200
    facts = ("s3", operation, 1, 40.0, offset, status, "REQUEST-2", 0, error, error and "Not yours")
    url = "https://docs.aws.amazon.com/"
    return ShownCall(*facts, 'print("<b>")', "aws s3 ls", '{"Version": "2012-10-17"}', url, **more)


DRAWN = Drawer(
    calls=(call("HeadBucket", 0), call("ListObjectsV2", 60, "AccessDenied")),
    earlier=(call("PutObject", 0, shortened=True),),
    milliseconds=80,
    script="import boto3",
    commands="aws s3 ls",
    policy="{}",
    failed=1,
    earlier_left_out=2,
)


class KitForm(FlaskForm):
    """One field of each kind."""

    name = StringField("Bucket name", [DataRequired("Give it a name.")], description="3 to 63 letters.")
    region = SelectField("Region", choices=REGIONS)
    keep = BooleanField("Keep versions", description="Each costs its bytes.")
    lane = RadioField("Lane", choices=LANES)
    files = FileField("Files")


def show() -> str:
    """Show every macro, a form with an error, and a drawer with a failed call."""
    form = KitForm(name="")
    form.validate()
    flash("Stored <b>3</b> files.", "done")
    return render_template_string(PAGE, form=form, found=REFUSED, drawer=lambda: DRAWN)


def refused() -> Response:
    """Fail as AWS does."""
    raise Refused(REFUSED)


def broken() -> Response:
    """Fail by a fault of our own."""
    raise RuntimeError("a fault of our own")


def large() -> Response:
    """Refuse a body that is too large."""
    problem = Problem(413, "Too large", "It is.", "Cut it.")
    return respond.page("errors/problem.html", {}, status=413, problem=problem)


def add_kit(app: Flask) -> None:
    """Add the pages to an application."""
    for view in (show, refused, broken, large):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
