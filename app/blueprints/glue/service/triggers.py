"""Triggers: what starts jobs, on a schedule, after other jobs, or on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import cron
from app.blueprints.glue.service.trigger_drafts import STATES
from app.problems import Refused, refused

PAGE = 200
_STATES = {"ACTIVATED": ("done", "On"), "DEACTIVATED": ("unknown", "Off"), "CREATED": ("unknown", "Off")}


@dataclass(frozen=True)
class Trigger:
    """A trigger; `next` are its next times, also of one that is off; `condition` says after what it fires."""

    name: str
    type: str
    state: str
    jobs: tuple[str, ...]
    crawlers: tuple[str, ...] = ()
    schedule: str = ""
    condition: str = ""
    description: str = ""
    next: tuple[datetime, ...] = ()

    @property
    def kind(self) -> str:
        """The sort of state, as badges have it."""
        return _STATES.get(self.state, ("running", ""))[0]

    @property
    def word(self) -> str:
        """Whether it is on, in a word; states between are AWS's own."""
        return "On demand" if self.type == "ON_DEMAND" else _STATES.get(self.state, ("", self.state.capitalize()))[1]

    @property
    def on(self) -> bool:
        """Whether it is switched on."""
        return self.state == "ACTIVATED"


@dataclass(frozen=True)
class Triggers:
    """The triggers by name; `more` says that some are not listed."""

    triggers: tuple[Trigger, ...]
    more: bool = False


def listed(client: Any) -> Triggers:
    """Return the triggers."""
    answer = client.get_triggers(MaxResults=PAGE)
    now = datetime.now(UTC)
    found = sorted((_read(one, now) for one in answer["Triggers"]), key=lambda one: one.name.lower())
    return Triggers(tuple(found), bool(answer.get("NextToken")))


def _read(one: Mapping[str, Any], now: datetime) -> Trigger:
    actions = one.get("Actions", [])
    schedule = one.get("Schedule", "")
    return Trigger(
        one["Name"],
        one.get("Type", ""),
        one.get("State", ""),
        tuple(action["JobName"] for action in actions if action.get("JobName")),
        tuple(action["CrawlerName"] for action in actions if action.get("CrawlerName")),
        schedule,
        _condition(one.get("Predicate") or {}),
        one.get("Description", ""),
        _next(schedule, now),
    )


def _next(schedule: str, now: datetime) -> tuple[datetime, ...]:
    if not schedule:
        return ()
    try:
        return tuple(cron.following(schedule, now))
    except cron.BadSchedule:
        return ()  # AWS took it: it knows more than this page does


def _condition(predicate: Mapping[str, Any]) -> str:
    parts = []
    for one in predicate.get("Conditions", []):
        name, state = one.get("JobName") or one.get("CrawlerName", ""), one.get("State") or one.get("CrawlState", "")
        parts.append(f"{name} {STATES.get(state, state.lower())}")
    return (" and " if predicate.get("Logical") == "AND" else " or ").join(parts)


def get(client: Any, name: str) -> dict[str, Any]:
    """Return a trigger as AWS has it. Raises Refused where there is none."""
    if not name:
        raise _no_such(name)
    try:
        found: dict[str, Any] = client.get_trigger(Name=name)["Trigger"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise _no_such(name) from error
        raise
    return found


def _no_such(name: str) -> Refused:
    return refused(404, "No such trigger", f"There is no trigger “{name}”.", "Look at the list again.")


def delete(client: Any, name: str) -> None:
    """Delete a trigger."""
    client.delete_trigger(Name=name)


def act(client: Any, name: str, action: str) -> None:
    """Switch a trigger on, off, or fire one on demand."""
    calls = {"start": client.start_trigger, "fire": client.start_trigger, "stop": client.stop_trigger}
    try:
        calls[action](Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise _no_such(name) from error
        raise
