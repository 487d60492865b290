"""Triggers: the list, a new schedule with its next times, on and off."""

from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.forms import TriggerForm
from app.blueprints.glue.service import cron, jobs
from app.blueprints.glue.service import triggers as service
from app.blueprints.glue.views.common import glue, refusal
from app.changes import done
from app.roles import EDITOR, needs

DONE = {"start": "is on.", "stop": "is off."}


@dataclass(frozen=True)
class Times:
    """The next times of a schedule, or what is wrong with it."""

    schedule: str
    times: tuple[datetime, ...] = ()
    fault: str = ""


@bp.get("/triggers")
def triggers() -> Response:
    """List the triggers, with the form of a new schedule; `job` chooses what it starts."""
    return _triggers(_form(job=request.args.get("job")))


def _form(**data: str | None) -> TriggerForm:
    form = TriggerForm(**data)
    found, _ = jobs.every(glue())
    form.job.choices = [(one.name, one.name) for one in found]
    return form


def _triggers(form: TriggerForm, code: int = 200) -> Response:
    shown = _times(str(form.schedule.data or ""))
    return respond.page("glue/triggers.html", service.listed(glue()), status=code, form=form, times=shown)


@bp.get("/triggers/times")
def times() -> Response:
    """Tell when a schedule would fire next."""
    return respond.page("glue/times.html", _times(request.args.get("schedule", "")), fragment="glue/_times.html")


def _times(schedule: str) -> Times:
    try:
        return Times(schedule, tuple(cron.following(schedule, datetime.now(UTC))))
    except cron.BadSchedule as error:
        return Times(schedule, fault=str(error))


@bp.post("/triggers")
@needs(EDITOR)
def create_trigger() -> Response:
    """Make a trigger that starts a job on a schedule."""
    form = _form()
    if not form.validate_on_submit():
        return _triggers(form, 422)
    wrong = _times(str(form.schedule.data)).fault
    if wrong:
        form.schedule.errors = [wrong]
        return _triggers(form, 422)
    name = str(form.trigger.data)
    try:
        service.create(glue(), name, str(form.job.data), str(form.schedule.data), bool(form.on.data))
    except ClientError as error:
        problem = refusal(error, str(form.job.data))
        field = (
            form.trigger
            if problem.code in ("AlreadyExistsException", "IdempotentParameterMismatchException")
            else form.schedule
        )
        field.errors = [problem.happened]
        return _triggers(form, problem.status)
    return done({"name": name}, url_for("glue.triggers"), f"The trigger {name} is made.")


@bp.post("/triggers/act")
@needs(EDITOR)
def act() -> Response:
    """Switch a trigger on (or fire one on demand) or off: `name`, `action`."""
    name, action = request.form.get("name", ""), request.form.get("action", "")
    if action not in DONE:
        raise BadRequest("A trigger is started or stopped.")
    service.act(glue(), name, action)
    return done({"name": name, "action": action}, url_for("glue.triggers"), f"The trigger {name} {DONE[action]}")
