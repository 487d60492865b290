"""The forms of the pages of CloudWatch Logs."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than 3.3
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

NEVER = "never"
NAME_HELP = "1 to 512 letters, digits and . - _ / #, for example /app/shop."


class GroupForm(FlaskForm):
    """A new log group."""

    name = StringField(
        "Log group name",
        [
            DataRequired("Give the group a name."),
            Length(max=512),
            Regexp(r"^[.\-_/#A-Za-z0-9]+$", message="Letters, digits and . - _ / # only."),
        ],
        description=NAME_HELP,
    )


class RetentionForm(FlaskForm):
    """How long a group's events are kept; the view fills the days."""

    days = SelectField("Keep events for", [InputRequired()])


class DeleteForm(FlaskForm):
    """The group's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the group.")])


def retentions(days: tuple[int, ...]) -> list[SelectChoice]:
    """Return the choices of days."""
    return [SelectChoice(NEVER, "Never expire"), *(SelectChoice(str(one), _words(one)) for one in days)]


def _words(days: int) -> str:
    years = {365: "1 year", 731: "2 years", 1096: "3 years", 1827: "5 years", 3653: "10 years"}
    return years.get(days) or f"{days} day{'s' if days != 1 else ''}"
