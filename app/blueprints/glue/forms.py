"""The forms of the pages of Glue."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length


class DeleteForm(FlaskForm):
    """The job's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the job.")])
    script = BooleanField("Delete its script, too")


class TriggerForm(FlaskForm):
    """A schedule that starts a job; the view fills the jobs."""

    trigger = StringField("Trigger name", [InputRequired("Give the trigger a name."), Length(max=255)])
    job = SelectField("Starts the job", [InputRequired("There is no job to start.")])
    schedule = StringField("Schedule, in UTC", [InputRequired("Say when.")], default="cron(0 6 ? * MON-FRI *)")
    on = BooleanField("Switch it on at once", default=True)
