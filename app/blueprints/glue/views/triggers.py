"""Triggers: the list, made, edited, deleted, on and off; a schedule with its next times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import cron, jobs, trigger_drafts
from app.blueprints.glue.service import triggers as service
from app.blueprints.glue.service.trigger_drafts import TriggerDraft
from app.blueprints.glue.views.common import glue, refusal
from app.changes import done
from app.roles import EDITOR, needs

DONE = {"start": "is on", "fire": "has fired", "stop": "is off"}
REPEATED = ("job", "condition_job", "condition_state")
TAKEN = ("AlreadyExistsException", "IdempotentParameterMismatchException")


@dataclass(frozen=True)
class Times:
    """The next times of a schedule, or what is wrong with it."""

    schedule: str
    times: tuple[datetime, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class TriggerPage:
    """A trigger that is edited; `kept` are the crawlers of its conditions."""

    draft: TriggerDraft
    kept: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


@bp.get("/triggers")
def triggers() -> Response:
    """List the triggers, with the form of a new one; `job` chooses what it starts, `kind` when."""
    job, kind = request.args.get("job", ""), request.args.get("kind", "")
    draft = TriggerDraft(jobs=(job,) if job else (), kind=kind if kind in trigger_drafts.KINDS else "SCHEDULED")
    return _triggers(draft, {})


def _triggers(draft: TriggerDraft, wrong: Mapping[str, str], code: int = 200) -> Response:
    return respond.page("glue/triggers.html", service.listed(glue()), status=code, **_choices(draft), faults=wrong)


def _choices(draft: TriggerDraft) -> dict[str, Any]:
    found, _ = jobs.every(glue())
    return {
        "draft": draft,
        "jobs": [(one.name, one.name) for one in found],
        "times": _times(draft.schedule),
        "kinds": trigger_drafts.KINDS,
        "states": trigger_drafts.STATES,
        "logicals": trigger_drafts.LOGICALS,
    }


@bp.get("/triggers/times")
def times() -> Response:
    """Tell when a schedule would fire next."""
    return respond.page("glue/times.html", _times(request.args.get("schedule", "")), fragment="glue/_times.html")


def _times(schedule: str) -> Times:
    try:
        return Times(schedule, tuple(cron.following(schedule, datetime.now(UTC))))
    except cron.BadSchedule as error:
        return Times(schedule, fault=str(error))


def _typed(name: str) -> TriggerDraft:
    return trigger_drafts.typed(name, request.form, {one: request.form.getlist(one) for one in REPEATED})


@bp.post("/triggers")
@needs(EDITOR)
def create_trigger() -> Response:
    """Make a trigger: `trigger`, `kind`, `job`, and `schedule` or `condition_job` and `condition_state`."""
    draft = _typed(request.form.get("trigger", ""))
    wrong = trigger_drafts.faults(draft)
    if wrong:
        return _triggers(draft, wrong, 422)
    try:
        trigger_drafts.create(glue(), draft)
    except ClientError as error:
        problem = refusal(error, draft.jobs[0])
        return _triggers(draft, {"trigger" if problem.code in TAKEN else "whole": problem.happened}, problem.status)
    return done({"name": draft.name}, url_for("glue.triggers"), f"The trigger {draft.name} is made.")


@bp.get("/triggers/edit")
def edit_trigger() -> Response:
    """Show the form of the trigger `name`."""
    found = service.get(glue(), request.args.get("name", ""))
    return _edited(trigger_drafts.read(found), found, {})


def _edited(draft: TriggerDraft, found: Mapping[str, Any], wrong: Mapping[str, str], code: int = 200) -> Response:
    conditions = (found.get("Predicate") or {}).get("Conditions", [])
    kept = tuple(one["CrawlerName"] for one in conditions if one.get("CrawlerName"))
    return respond.page("glue/trigger.html", TriggerPage(draft, kept, wrong), status=code, **_choices(draft))


@bp.post("/triggers/edit")
@needs(EDITOR)
def save_trigger() -> Response:
    """Change the trigger `name`; its sort stays."""
    found = service.get(glue(), request.args.get("name", ""))
    before = trigger_drafts.read(found)
    draft = trigger_drafts.typed(
        before.name,
        {**request.form.to_dict(), "kind": before.kind},
        {one: request.form.getlist(one) for one in REPEATED},
    )
    wrong = trigger_drafts.faults(draft, found)
    if wrong:
        return _edited(draft, found, wrong, 422)
    try:
        trigger_drafts.update(glue(), draft, found)
    except ClientError as error:
        problem = refusal(error)
        return _edited(draft, found, {"whole": problem.happened}, problem.status)
    return done({"name": draft.name}, url_for("glue.triggers"), f"The trigger {draft.name} is changed.")


@bp.get("/triggers/delete")
def ask_delete_trigger() -> Response:
    """Ask for the name before a trigger is deleted."""
    return _ask(service.get(glue(), request.args.get("name", "")))


def _ask(found: Mapping[str, Any], fault: str = "", code: int = 200) -> Response:
    return respond.page("glue/delete_trigger.html", {"name": found["Name"]}, fault=fault, status=code)


@bp.post("/triggers/delete")
@needs(EDITOR)
def delete_trigger() -> Response:
    """Delete the trigger `name`, which was typed."""
    found = service.get(glue(), request.args.get("name", ""))
    name = found["Name"]
    if request.form.get("confirm", "") != name:
        return _ask(found, f"This is not the trigger's name, which is {name}. Nothing was deleted.", 422)
    service.delete(glue(), name)
    return done({"deleted": name}, url_for("glue.triggers"), f"The trigger {name} is deleted.")


@bp.post("/triggers/act")
@needs(EDITOR)
def act() -> Response:
    """Switch a trigger on, off, or fire one on demand: `name`, `action`."""
    name, action = request.form.get("name", ""), request.form.get("action", "")
    if action not in DONE:
        raise BadRequest("A trigger is started, fired or stopped.")
    service.act(glue(), name, action)
    return done({"name": name, "action": action}, url_for("glue.triggers"), f"The trigger {name} {DONE[action]}.")
