"""The forms of people and settings."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than 3.3
from wtforms.validators import InputRequired, Length, Optional

ROLES = [
    SelectChoice("1", "Viewer: reads"),
    SelectChoice("2", "Editor: changes, too"),
    SelectChoice("3", "Instructor: people and settings, too"),
]
MINUTES = [(15, "15 minutes"), (30, "30 minutes"), (60, "1 hour"), (120, "2 hours"), (240, "4 hours"), (480, "8 hours")]


class InviteForm(FlaskForm):
    """Who is invited, and as what."""

    name = StringField("Name", [Optional(), Length(max=60, message="A name has at most 60 characters.")])
    role = SelectField("Role", [InputRequired("Choose a role.")], choices=ROLES, default="1")


class ChangesForm(FlaskForm):
    """How long changes are on, and why."""

    minutes = SelectField(
        "For",
        [InputRequired("Choose how long.")],
        choices=[SelectChoice(str(value), words) for value, words in MINUTES],
        default="60",
    )
    reason = StringField(
        "Why",
        [InputRequired("Say why: everybody sees it."), Length(3, 200, "Say it in 3 to 200 characters.")],
    )


class OwnPasswordForm(FlaskForm):
    """A new password for oneself."""

    old = PasswordField("Password now", [InputRequired("Type the password that you have now.")])
    password = PasswordField("New password", [InputRequired("Choose a password.")])
    again = PasswordField("New password again", [InputRequired("Type it again.")])
