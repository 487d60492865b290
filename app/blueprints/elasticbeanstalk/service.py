"""What the pages of Elastic Beanstalk show and change, over the same functions as the deploy command."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from boto3.s3.transfer import TransferConfig

from app.beanstalk import environments, package, versions
from app.beanstalk.clients import Clients
from app.beanstalk.environments import Event, Health
from app.problems import Refused, refused

KINDS = {"Ok": "done", "Info": "running", "Pending": "running", "Warning": "warning", "Degraded": "failed"}
KINDS |= {"Severe": "failed", "Suspended": "failed"}
MOST_VERSIONS = 100
RECORDED = TransferConfig(use_threads=False)  # the record of a request does not see other threads
CANNOT = {"UnsupportedOperation"}  # what the embedded AWS answers for a service that it does not have


@dataclass(frozen=True)
class Environment:
    """One environment; `health` is AWS's word, `kind` the state under which it is shown."""

    name: str
    application: str
    status: str
    health: str
    kind: str
    version: str
    platform: str
    host: str
    updated: datetime | None = None

    @property
    def working(self) -> bool:
        """Whether AWS is doing something with it."""
        return self.status in environments.WORKING


@dataclass(frozen=True)
class Version:
    """One version of an application."""

    label: str
    status: str
    created: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether it can be deployed."""
        return self.status.upper() in ("PROCESSED", "UNPROCESSED")


@dataclass(frozen=True)
class Application:
    """An application with its environments; `versions` is their number, as far as AWS names them."""

    name: str
    versions: int
    environments: tuple[Environment, ...]


@dataclass(frozen=True)
class Applications:
    """All applications of a region."""

    applications: tuple[Application, ...]


@dataclass(frozen=True)
class ApplicationPage:
    """An application's versions and environments."""

    name: str
    versions: tuple[Version, ...]
    environments: tuple[Environment, ...]


@dataclass(frozen=True)
class Look:
    """An environment as it is now: its state, its health with causes, what was said last (newest first)."""

    environment: Environment
    health: Health
    events: tuple[Event, ...]


@dataclass(frozen=True)
class EnvironmentPage:
    """An environment, what it may run, and with which others it may swap its address."""

    look: Look
    versions: tuple[Version, ...]
    others: tuple[str, ...]


def listed(client: Any) -> Applications:
    """Return every application with its environments."""
    found = client.describe_applications()["Applications"]
    running = _environments(client)
    made = [
        Application(
            one["ApplicationName"],
            len(one.get("Versions", ())),
            tuple(each for each in running if each.application == one["ApplicationName"]),
        )
        for one in found
    ]
    return Applications(tuple(sorted(made, key=lambda one: one.name.lower())))


def _environments(client: Any, **which: Any) -> list[Environment]:
    answer = client.describe_environments(IncludeDeleted=False, **which)
    found = [_environment(one) for one in answer["Environments"] if one["Status"] != "Terminated"]
    return sorted(found, key=lambda one: one.name)


def _environment(one: Mapping[str, Any]) -> Environment:
    word = one.get("HealthStatus") or one.get("Health") or "Unknown"
    return Environment(
        one["EnvironmentName"],
        one["ApplicationName"],
        one["Status"],
        word,
        KINDS.get(word, {"Green": "done", "Yellow": "warning", "Red": "failed"}.get(word, "unknown")),
        one.get("VersionLabel", ""),
        one.get("SolutionStackName", ""),
        one.get("CNAME", ""),
        one.get("DateUpdated"),
    )


def application(client: Any, name: str) -> ApplicationPage:
    """Return an application; raises Refused where there is none."""
    if not client.describe_applications(ApplicationNames=[name])["Applications"]:
        raise _missing("application", name)
    return ApplicationPage(name, _versions(client, name), tuple(_environments(client, ApplicationName=name)))


def _versions(client: Any, name: str) -> tuple[Version, ...]:
    answer = client.describe_application_versions(ApplicationName=name, MaxRecords=MOST_VERSIONS)
    found = [
        Version(one["VersionLabel"], one["Status"].capitalize(), one.get("DateCreated"))
        for one in answer["ApplicationVersions"]
    ]
    return tuple(sorted(found, key=lambda one: str(one.created or ""), reverse=True))


def look(clients: Clients, application: str, name: str) -> Look:
    """Return an environment as it is; raises Refused where there is none."""
    found = environments.find(clients, application, name)
    if found is None:
        raise _missing("environment", name)
    said = environments.events(clients, application, name, most=50)
    return Look(_environment(found), environments.health(clients, name), tuple(reversed(said)))


def page(clients: Clients, application: str, name: str) -> EnvironmentPage:
    """Return an environment's page."""
    seen = look(clients, application, name)
    others = [one.name for one in _environments(clients.beanstalk, ApplicationName=application) if one.name != name]
    usable = tuple(one for one in _versions(clients.beanstalk, application) if one.usable)
    return EnvironmentPage(seen, usable, tuple(others))


def _missing(kind: str, name: str) -> Refused:
    happened = f"There is no {kind} “{name}” in this region, or not any more."
    return refused(404, f"No such {kind}", happened, "Choose one from the list of applications.", "NotFound")


def deploy(client: Any, application: str, name: str, label: str) -> None:
    """Have AWS begin to bring a version to an environment."""
    client.update_environment(ApplicationName=application, EnvironmentName=name, VersionLabel=label)


def swap(client: Any, name: str, other: str) -> None:
    """Have AWS swap the addresses of two environments."""
    client.swap_environment_cnames(SourceEnvironmentName=name, DestinationEnvironmentName=other)


def terminate(clients: Clients, name: str) -> None:
    """Have AWS begin to end an environment."""
    environments.terminate(clients, name)


def upload(clients: Clients, application: str, filename: str, content: IO[bytes]) -> str:
    """Store a bundle and have AWS begin to process it as a version; return its label. Raises package.NotABundle."""
    stem = Path(filename.replace("\\", "/")).stem[:60] or "bundle"
    with tempfile.TemporaryDirectory(prefix="trellis-upload-") as folder:
        path = Path(folder) / f"{stem}.zip"
        with path.open("wb") as file:
            while piece := content.read(1024 * 1024):
                file.write(piece)
        package.check(path)
        label = package.label(path)
        where = versions.upload(clients, path, application, label, config=RECORDED)
    if versions.find(clients, application, label) is None:
        versions.create(clients, application, label, where)
    return label
