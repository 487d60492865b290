"""The forms of the pages of API Gateway."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired


class DeleteForm(FlaskForm):
    """The name of what is deleted, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name.")])
