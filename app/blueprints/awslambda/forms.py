"""The forms of the pages of Lambda."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired


class DeleteForm(FlaskForm):
    """The function's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the function.")])
