"""The forms of S3's pages."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than 3.3
from wtforms.validators import DataRequired, InputRequired, NumberRange

COLLISIONS = [
    SelectChoice("ask", "Ask me"),
    SelectChoice("rename", "Keep both: add a number to the new one"),
    SelectChoice("replace", "Replace what is there"),
    SelectChoice("skip", "Leave what is there"),
]
NAME_HELP = (
    "3 to 63 characters: a to z, 0 to 9, hyphens and dots, a letter or digit first and last. "
    "The name is unique in all of AWS and cannot be changed."
)


def choices(values: Iterable[str]) -> list[Any]:
    """Return the choices of a SelectField whose labels are its values."""
    return [SelectChoice(value) for value in values]


class CreateBucketForm(FlaskForm):
    """A new bucket; the view fills the regions."""

    name = StringField("Name", [DataRequired("Give the bucket a name.")], description=NAME_HELP)
    region = SelectField("Region", [DataRequired("Choose a region.")])


class ConfirmForm(FlaskForm):
    """The bucket's name, typed; the view compares."""

    name = StringField("Name", [InputRequired("Type the name of the bucket.")])


class TargetForm(FlaskForm):
    """Where copies go; an empty folder is the bucket's top."""

    target_bucket = SelectField("Bucket", [DataRequired("Choose a bucket.")])
    target_prefix = StringField("Folder", description="For example photos/2024/. Empty: the top of the bucket.")
    collision = RadioField("When a name is taken", choices=COLLISIONS, default="ask")


class PlaceForm(FlaskForm):
    """Where one object goes, its new name included."""

    target_bucket = SelectField("Bucket", [DataRequired("Choose a bucket.")])
    target_key = StringField("Folder and name", [InputRequired("Give the object a name.")])
    collision = RadioField("When the name is taken", choices=COLLISIONS[:3], default="ask")


class ShareForm(FlaskForm):
    """For how long a link works."""

    minutes = IntegerField(
        "Minutes",
        [InputRequired("Say for how many minutes."), NumberRange(1, 720, "From 1 minute to 12 hours (720 minutes).")],
        default=60,
        description="From 1 minute to 12 hours (720).",
    )
    as_download = BooleanField("Save as a file instead of opening in the browser")


class VersioningForm(FlaskForm):
    """Versioning on or suspended."""

    state = SelectField("Versioning", choices=choices(("Enabled", "Suspended")))
