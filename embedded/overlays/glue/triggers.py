"""Triggers as callers make, see, start and stop them."""

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, invalid, missing, new_name, page, required
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.cron import CronError, parse

TYPES = ("SCHEDULED", "CONDITIONAL", "ON_DEMAND")
JOB_STATES = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT")
CRAWL_STATES = ("SUCCEEDED", "FAILED", "CANCELLED")
MOST_ACTIONS = 50


async def create(call: Call) -> Record:
    """CreateTrigger."""
    asked = call.asked
    name = new_name(asked)
    if call.book.find("trigger", call.where, name):
        raise Fault("AlreadyExistsException", f"Trigger {name} already exists.")
    if asked.get("WorkflowName"):
        raise invalid("Triggers of a workflow are not available: the embedded AWS runs no workflows.")
    kind = asked.get("Type")
    if kind not in TYPES:
        raise invalid(f"The type {kind} is not available: there are {', '.join(TYPES)}.")
    active = bool(asked.get("StartOnCreation"))
    if active and kind == "ON_DEMAND":
        raise invalid("StartOnCreation is not supported for ON_DEMAND triggers.")
    fields = {"Name": name, "Type": kind, "State": "ACTIVATED" if active else "CREATED", **checked(kind, asked)}
    call.book.put("trigger", call.where, name, fields)
    await call.tag("trigger", name)
    return {"Name": name}


def checked(kind: str, asked: Record) -> Record:
    """Return what a trigger does, and when."""
    fields: Record = {"Actions": [_action(one) for one in asked.get("Actions") or []]}
    if not 1 <= len(fields["Actions"]) <= MOST_ACTIONS:
        raise invalid(f"A trigger has 1 to {MOST_ACTIONS} actions.")
    if asked.get("Description"):
        fields["Description"] = asked["Description"]
    if kind == "SCHEDULED":
        fields["Schedule"] = schedule(asked)
    elif asked.get("Schedule"):
        raise invalid(f"A trigger of type {kind} has no schedule.")
    if kind == "CONDITIONAL":
        fields["Predicate"] = _predicate(asked.get("Predicate") or {})
    return fields


def schedule(asked: Record) -> str:
    """Return a schedule; InvalidInputException when AWS would not understand it."""
    expression = required(asked, "Schedule")
    try:
        parse(expression)
    except CronError as error:
        raise invalid(f"Invalid schedule expression {expression[:100]!r}: {error}.") from error
    return expression


def _action(action: Record) -> Record:
    if bool(action.get("JobName")) == bool(action.get("CrawlerName")):
        raise invalid("An action starts a job or a crawler: exactly one of JobName and CrawlerName.")
    return dict(action)


def _predicate(predicate: Record) -> Record:
    conditions = predicate.get("Conditions") or []
    if not conditions:
        raise invalid("A conditional trigger needs a predicate with conditions.")
    for one in conditions:
        if one.get("LogicalOperator", "EQUALS") != "EQUALS":
            raise invalid("The operator of a condition is EQUALS.")
        job = one.get("JobName") and one.get("State") in JOB_STATES
        crawler = one.get("CrawlerName") and one.get("CrawlState") in CRAWL_STATES
        if not job and not crawler:
            raise invalid(f"A condition is a job and its state ({', '.join(JOB_STATES)}), or a crawler and its state.")
    if len(conditions) > 1 and predicate.get("Logical") not in ("AND", "ANY"):
        raise invalid("Several conditions need Logical: AND or ANY.")
    return {"Logical": predicate.get("Logical") or "AND", "Conditions": conditions}


def update(call: Call) -> Record:
    """UpdateTrigger: the fields that are sent replace those that were."""
    old = call.named("trigger")
    asked = {**old, **(call.asked.get("TriggerUpdate") or {})}
    new = {"Name": old["Name"], "Type": old["Type"], "State": old["State"], **checked(old["Type"], asked)}
    call.book.put("trigger", call.where, old["Name"], new)
    return {"Trigger": shown(new)}


async def delete(call: Call) -> Record:
    """DeleteTrigger: also one that does not exist."""
    return {"Name": await call.forget("trigger")}


def start(call: Call) -> Record:
    """StartTrigger: one on demand fires now, the others from now on."""
    trigger = call.named("trigger")
    if trigger["Type"] == "ON_DEMAND":
        call.firing.fire(call.where, trigger)
    else:
        _become(call, trigger, "ACTIVATED")
    return {"Name": trigger["Name"]}


def stop(call: Call) -> Record:
    """StopTrigger."""
    trigger = call.named("trigger")
    if trigger["Type"] == "ON_DEMAND":
        raise invalid(f"The trigger {trigger['Name']} is on demand: there is nothing to stop.")
    _become(call, trigger, "DEACTIVATED")
    return {"Name": trigger["Name"]}


def _become(call: Call, trigger: Record, state: str) -> None:
    trigger["State"] = state
    trigger.pop("_Met", None)
    call.book.put("trigger", call.where, trigger["Name"], trigger)


def get(call: Call) -> Record:
    """GetTrigger."""
    return {"Trigger": shown(call.named("trigger"))}


def get_all(call: Call) -> Record:
    """GetTriggers."""
    found, token = page([shown(one) for one in _of_job(call)], call.asked, 200)
    return {"Triggers": found, **token}


async def names(call: Call) -> Record:
    """ListTriggers."""
    found = await call.tagged("trigger", [one["Name"] for one in _of_job(call)])
    shown_names, token = page(found, call.asked, 200)
    return {"TriggerNames": shown_names, **token}


def batch_get(call: Call) -> Record:
    """BatchGetTriggers."""
    found, missing_names = call.several("trigger", "TriggerNames")
    return {"Triggers": [shown(one) for one in found], "TriggersNotFound": missing_names}


def _of_job(call: Call) -> list[Record]:
    """Return the triggers, those of one job when the call names it."""
    job = call.asked.get("DependentJobName")
    every = call.book.all("trigger", call.where)
    if not job:
        return every
    if call.book.find("job", call.where, job) is None:
        raise missing("Job", job)
    return [one for one in every if any(action.get("JobName") == job for action in one["Actions"])]


def shown(trigger: Record) -> Record:
    """Return a trigger as callers see it."""
    return {name: value for name, value in trigger.items() if not name.startswith("_")}
