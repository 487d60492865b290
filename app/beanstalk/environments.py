"""Environments: found, made, updated, followed to the end of what AWS does with them, explained, terminated."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.beanstalk.clients import Clients, Stopped

POLL_SECONDS = 5.0
WORKING = {"Launching", "Updating", "Terminating", "Aborting", "LinkingFrom", "LinkingTo"}
BAD = {"Warning", "Degraded", "Severe", "Suspended"}
ONE_STACK = "64bit Amazon Linux 2023 v"
PYTHONS = ("3.13", "3.14", "3.12", "3.11")  # the first that the region has


@dataclass(frozen=True)
class Event:
    """One thing that Elastic Beanstalk said."""

    date: datetime
    severity: str
    message: str


@dataclass(frozen=True)
class Health:
    """How an environment is, and why."""

    status: str
    color: str = ""
    causes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it serves as it should."""
        return self.status not in BAD and self.color not in ("Red", "Yellow")


@dataclass(frozen=True)
class Wanted:
    """An environment as it shall be."""

    application: str
    name: str
    label: str
    prefix: str
    stack: str
    options: dict[tuple[str, str], str] = field(default_factory=dict)

    def settings(self) -> list[dict[str, str]]:
        """Return the options as the API takes them."""
        return [
            {"Namespace": namespace, "OptionName": name, "Value": value}
            for (namespace, name), value in sorted(self.options.items())
        ]


def find(clients: Clients, application: str, name: str) -> dict[str, Any] | None:
    """Return an environment that is not terminated, None where there is none."""
    answer = clients.beanstalk.describe_environments(
        ApplicationName=application, EnvironmentNames=[name], IncludeDeleted=False
    )
    found: list[dict[str, Any]] = [one for one in answer["Environments"] if one["Status"] != "Terminated"]
    return found[0] if found else None


def option(clients: Clients, application: str, name: str, namespace: str, wanted: str) -> str:
    """Return what an environment's option says; nothing where it is not set."""
    answer = clients.beanstalk.describe_configuration_settings(ApplicationName=application, EnvironmentName=name)
    settings = (one for found in answer["ConfigurationSettings"] for one in found["OptionSettings"])
    said = (one for one in settings if (one["Namespace"], one["OptionName"]) == (namespace, wanted))
    return next((str(one.get("Value", "")) for one in said), "")


def stack(clients: Clients) -> str:
    """Return the newest platform of Amazon Linux 2023 with Python; raises Stopped where the region has none."""
    names = clients.beanstalk.list_available_solution_stacks()["SolutionStacks"]
    for python in PYTHONS:
        found = [one for one in names if one.startswith(ONE_STACK) and one.endswith(f" running Python {python}")]
        if found:
            return str(max(found, key=_release))
    raise Stopped("This region has no platform of Amazon Linux 2023 with Python 3.11 or newer. Choose another region.")


def _release(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.removeprefix(ONE_STACK).partition(" ")[0].split("."))


def address(clients: Clients, prefix: str) -> str:
    """Return the full name that a prefix gives in this region; raises Stopped where somebody else has it."""
    answer = clients.beanstalk.check_dns_availability(CNAMEPrefix=prefix)
    if not answer["Available"]:
        raise Stopped(f"The address {answer.get('FullyQualifiedCNAME', prefix)} is taken. Choose another: --name WORD")
    return str(answer["FullyQualifiedCNAME"]).lower()


def create(clients: Clients, wanted: Wanted) -> dict[str, Any]:
    """Have AWS begin to make an environment."""
    made: dict[str, Any] = clients.beanstalk.create_environment(
        ApplicationName=wanted.application,
        EnvironmentName=wanted.name,
        CNAMEPrefix=wanted.prefix,
        VersionLabel=wanted.label,
        SolutionStackName=wanted.stack,
        OptionSettings=wanted.settings(),
    )
    return made


def update(clients: Clients, wanted: Wanted) -> dict[str, Any]:
    """Have AWS begin to bring a version to an environment."""
    made: dict[str, Any] = clients.beanstalk.update_environment(
        ApplicationName=wanted.application,
        EnvironmentName=wanted.name,
        VersionLabel=wanted.label,
        OptionSettings=wanted.settings(),
    )
    return made


def terminate(clients: Clients, name: str) -> dict[str, Any]:
    """Have AWS begin to end an environment; what is marked Retain stays."""
    ended: dict[str, Any] = clients.beanstalk.terminate_environment(EnvironmentName=name)
    return ended


def events(clients: Clients, application: str, name: str, most: int = 100, **since: datetime) -> list[Event]:
    """Return the last of what was said, oldest first; `StartTime` asks for what was said since then."""
    answer = clients.beanstalk.describe_events(
        ApplicationName=application, EnvironmentName=name, MaxRecords=most, **since
    )
    found = [Event(one["EventDate"], one["Severity"], one["Message"]) for one in answer["Events"]]
    return sorted(found, key=lambda one: one.date)


def follow(
    clients: Clients,
    application: str,
    environment: dict[str, Any],
    sleep: Callable[[float], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    most: float = 3600.0,
) -> Iterator[Event]:
    """Yield what is said about an environment until AWS has done with it; raises Stopped after `most` seconds."""
    name, seen = environment["EnvironmentName"], set[Event]()
    since, end = now() - timedelta(seconds=30), time.monotonic() + most
    while time.monotonic() < end:
        told = find(clients, application, name)  # before the events: the last of them are then not missed
        for event in events(clients, application, name, StartTime=since):
            if event not in seen:
                seen.add(event)
                yield event
        if told is None or told["Status"] not in WORKING:
            return
        sleep(POLL_SECONDS)
    raise Stopped(f"AWS still works on {name} after {most / 60:.0f} minutes: flask --app application beanstalk status")


def health(clients: Clients, name: str) -> Health:
    """Return how an environment is; without enhanced health AWS says no more than a colour."""
    try:
        told = clients.beanstalk.describe_environment_health(
            EnvironmentName=name, AttributeNames=["HealthStatus", "Color", "Causes"]
        )
    except clients.beanstalk.exceptions.InvalidRequestException:
        return Health("Unknown", causes=("Enhanced health is not on, or the environment is not ready.",))
    return Health(told.get("HealthStatus", "Unknown"), told.get("Color", ""), tuple(told.get("Causes", ())))


def tails(clients: Clients, name: str, sleep: Callable[[float], None], most: int = 20) -> dict[str, str]:
    """Return, by instance, the address from which the last lines of its logs are read; raises Stopped without any."""
    asked = datetime.now(UTC) - timedelta(seconds=5)
    clients.beanstalk.request_environment_info(EnvironmentName=name, InfoType="tail")
    for _ in range(most):
        answer = clients.beanstalk.retrieve_environment_info(EnvironmentName=name, InfoType="tail")
        fresh = [one for one in answer["EnvironmentInfo"] if one["SampleTimestamp"] >= asked]
        if fresh:
            return {one["Ec2InstanceId"]: one["Message"] for one in fresh}
        sleep(POLL_SECONDS)
    raise Stopped(f"No instance of {name} has sent its logs. They may be in CloudWatch: /aws/elasticbeanstalk/{name}/")
