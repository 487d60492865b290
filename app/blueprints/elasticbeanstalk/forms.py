"""The forms of the pages of Elastic Beanstalk."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length


class UploadForm(FlaskForm):
    """A source bundle that becomes a version."""

    bundle = FileField("Source bundle (a zip file, its files at the root)", [FileRequired("Choose a zip file.")])


class DeployForm(FlaskForm):
    """The version that an environment shall run; the view fills the versions."""

    version = SelectField("Version", [InputRequired("Choose a version.")])


class SwapForm(FlaskForm):
    """The environment with which the address is swapped; the view fills the others."""

    other = SelectField("Swap with", [InputRequired("Choose an environment.")])


class TerminateForm(FlaskForm):
    """The environment's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the environment."), Length(max=40)])
