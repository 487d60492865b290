"""The forms of the pages of Glue."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired


class DeleteForm(FlaskForm):
    """The job's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the job.")])
    script = BooleanField("Delete its script, too")
