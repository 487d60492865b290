"""A trigger as its form holds it: what is wrong with it, and what AWS is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.blueprints.glue.service import cron

KINDS = {"SCHEDULED": "On a schedule", "CONDITIONAL": "After other jobs", "ON_DEMAND": "When somebody fires it"}
STATES = {"SUCCEEDED": "has succeeded", "FAILED": "has failed", "TIMEOUT": "has timed out", "STOPPED": "was stopped"}
LOGICALS = {"AND": "All of these", "ANY": "One of these"}
MORNINGS = "cron(0 6 ? * MON-FRI *)"
LONGEST = 255


@dataclass(frozen=True)
class TriggerDraft:
    """What is typed for a trigger; `conditions` are jobs and the states that they end in."""

    name: str = ""
    kind: str = "SCHEDULED"
    jobs: tuple[str, ...] = ()
    schedule: str = MORNINGS
    conditions: tuple[tuple[str, str], ...] = ()
    logical: str = "AND"
    description: str = ""
    on: bool = True

    @property
    def shown_conditions(self) -> tuple[tuple[str, str], ...]:
        """The conditions with one to fill in, two where there is none yet."""
        return self.conditions + (("", "SUCCEEDED"),) * (1 if self.conditions else 2)

    @property
    def shown_jobs(self) -> tuple[str, ...]:
        """The jobs with one to fill in."""
        return (*self.jobs, "")


def typed(name: str, fields: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> TriggerDraft:
    """Return a draft from a form; `lists` are its repeated fields: job, condition_job and condition_state."""
    rows = zip(lists.get("condition_job", ()), lists.get("condition_state", ()), strict=False)
    return TriggerDraft(
        name.strip(),
        fields.get("kind", "SCHEDULED"),
        tuple(dict.fromkeys(job for job in lists.get("job", ()) if job)),
        fields.get("schedule", "").strip(),
        tuple(dict.fromkeys((job, state) for job, state in rows if job)),
        fields.get("logical", "AND"),
        fields.get("description", "").strip(),
        bool(fields.get("on")),
    )


def read(trigger: Mapping[str, Any]) -> TriggerDraft:
    """Return the form of a trigger as AWS has it."""
    predicate = trigger.get("Predicate") or {}
    conditions = predicate.get("Conditions", [])
    return TriggerDraft(
        trigger["Name"],
        trigger.get("Type", ""),
        tuple(one["JobName"] for one in trigger.get("Actions", []) if one.get("JobName")),
        trigger.get("Schedule", ""),
        tuple((one["JobName"], one.get("State", "")) for one in conditions if one.get("JobName")),
        predicate.get("Logical", "AND"),
        trigger.get("Description", ""),
        trigger.get("State") == "ACTIVATED",
    )


def faults(draft: TriggerDraft, before: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return what is wrong, by field; `before` is the trigger that is edited."""
    found = {}
    if not 1 <= len(draft.name) <= LONGEST:
        found["trigger"] = f"Give the trigger a name of 1 to {LONGEST} characters."
    if draft.kind not in KINDS and before is None:
        found["kind"] = "Choose when it starts."
    if not draft.jobs and not _crawls(before, "Actions"):
        found["job"] = "Choose a job to start."
    if draft.kind == "SCHEDULED":
        found |= _schedule_fault(draft.schedule)
    if draft.kind == "CONDITIONAL":
        found |= _condition_faults(draft, before)
    return found


def _schedule_fault(schedule: str) -> dict[str, str]:
    if not schedule:
        return {"schedule": "Say when."}
    try:
        cron.following(schedule, datetime.now(UTC))
    except cron.BadSchedule as error:
        return {"schedule": str(error)}
    return {}


def _condition_faults(draft: TriggerDraft, before: Mapping[str, Any] | None) -> dict[str, str]:
    if not draft.conditions and not _crawls(before, "Predicate"):
        return {"conditions": "Choose a job to wait for."}
    if any(state not in STATES for _, state in draft.conditions) or draft.logical not in LOGICALS:
        return {"conditions": "Choose how the job must have ended."}
    itself = next((job for job, _ in draft.conditions if job in draft.jobs), "")
    return {"conditions": f"{itself} would start itself for ever."} if itself else {}


def _crawls(trigger: Mapping[str, Any] | None, part: str) -> list[dict[str, Any]]:
    """Return the actions, or conditions, on crawlers, which the form does not have and keeps."""
    if trigger is None:
        return []
    rows = trigger.get("Actions", []) if part == "Actions" else (trigger.get("Predicate") or {}).get("Conditions", [])
    return [dict(one) for one in rows if one.get("CrawlerName")]


def fields(draft: TriggerDraft, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what CreateTrigger and UpdateTrigger take alike; arguments of a trigger's actions are kept."""
    known = {one["JobName"]: dict(one) for one in (before or {}).get("Actions", []) if one.get("JobName")}
    actions = [known.get(job, {"JobName": job}) for job in draft.jobs] + _crawls(before, "Actions")
    made: dict[str, Any] = {"Actions": actions}
    if draft.description or before is not None:
        made["Description"] = draft.description
    if draft.kind == "SCHEDULED":
        made["Schedule"] = draft.schedule
    if draft.kind == "CONDITIONAL":
        conditions: list[dict[str, Any]] = [
            {"LogicalOperator": "EQUALS", "JobName": job, "State": state} for job, state in draft.conditions
        ]
        made["Predicate"] = {"Logical": draft.logical, "Conditions": conditions + _crawls(before, "Predicate")}
    if before is not None and before.get("EventBatchingCondition"):
        made["EventBatchingCondition"] = before["EventBatchingCondition"]
    return made


def create(client: Any, draft: TriggerDraft) -> None:
    """Make a trigger."""
    more = {} if draft.kind == "ON_DEMAND" else {"StartOnCreation": draft.on}
    client.create_trigger(Name=draft.name, Type=draft.kind, **fields(draft), **more)


def update(client: Any, draft: TriggerDraft, before: Mapping[str, Any]) -> None:
    """Change a trigger; it stays on or off."""
    client.update_trigger(Name=draft.name, TriggerUpdate=fields(draft, before))
