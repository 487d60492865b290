"""Glue jobs: what they run, with what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import arguments, prices
from app.blueprints.glue.service.arguments import Argument
from app.problems import Refused, refused

PAGE, PAGES = 200, 5
KINDS = {"pythonshell": "Python shell", "glueetl": "Spark", "gluestreaming": "Spark streaming", "glueray": "Ray"}


@dataclass(frozen=True)
class Job:
    """A job; `arguments` are its defaults with secrets masked, `capacity` is in DPUs, `timeout` in minutes."""

    name: str
    command: str
    script: str
    python: str = ""
    version: str = ""
    description: str = ""
    role: str = ""
    arguments: tuple[Argument, ...] = ()
    fixed: tuple[Argument, ...] = ()
    capacity: float = 0.0
    worker: str = ""
    workers: int = 0
    timeout: int = 0
    retries: int = 0
    concurrent: int = 1
    flexible: bool = False
    created: datetime | None = None
    modified: datetime | None = None

    @property
    def kind(self) -> str:
        """The sort of job in words."""
        return KINDS.get(self.command, self.command)

    @property
    def shell(self) -> bool:
        """Whether it is a Python shell job: one small machine, sized in DPUs."""
        return self.command == "pythonshell"

    @property
    def per_minute(self) -> float:
        """US dollars for a minute of a run."""
        return prices.per_minute(self.capacity, self.worker, self.flexible)


@dataclass(frozen=True)
class Jobs:
    """The jobs, and the schedules of the triggers that start them by job; `more` says that some are not listed."""

    jobs: tuple[Job, ...]
    schedules: Mapping[str, tuple[str, ...]]
    search: str = ""
    more: bool = False


def listed(client: Any, search: str = "") -> Jobs:
    """Return the jobs whose name or description has a text, by name."""
    found, more = every(client)
    wanted = search.lower()
    made = tuple(one for one in found if wanted in one.name.lower() or wanted in one.description.lower())
    return Jobs(made, schedules(client) if made else {}, search, more)


def every(client: Any) -> tuple[list[Job], bool]:
    """Return all jobs by name, up to a thousand, and whether there are more."""
    found, token = list[Job](), ""
    for _ in range(PAGES):
        answer = client.get_jobs(MaxResults=PAGE, **({"NextToken": token} if token else {}))
        found += [read(one) for one in answer["Jobs"]]
        token = answer.get("NextToken", "")
        if not token:
            break
    return sorted(found, key=lambda one: one.name.lower()), bool(token)


def schedules(client: Any) -> dict[str, tuple[str, ...]]:
    """Return the schedules that are switched on, by job."""
    found: dict[str, tuple[str, ...]] = {}
    for one in client.get_triggers(MaxResults=PAGE)["Triggers"]:
        if one.get("Schedule") and one.get("State") == "ACTIVATED":
            for action in one.get("Actions", []):
                name = action.get("JobName", "")
                found[name] = (*found.get(name, ()), one["Schedule"])
    return found


def get(client: Any, name: str) -> Job:
    """Return a job. Raises Refused where there is none."""
    return read(definition(client, name))


def definition(client: Any, name: str) -> dict[str, Any]:
    """Return a job as AWS has it, its secrets included. Raises Refused where there is none."""
    try:
        found: dict[str, Any] = client.get_job(JobName=name)["Job"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise no_such(name) from error
        raise
    return found


def no_such(name: str) -> Refused:
    """Return the refusal for a job that is not there."""
    happened = f"There is no Glue job “{name}” in this region, or not any more."
    return refused(404, "No such job", happened, "Choose one from the list of jobs.", "EntityNotFoundException")


def read(one: Mapping[str, Any]) -> Job:
    """Return a job from AWS's answer."""
    command = one.get("Command", {})
    return Job(
        name=one["Name"],
        command=command.get("Name", ""),
        script=command.get("ScriptLocation", ""),
        python=command.get("PythonVersion", ""),
        version=one.get("GlueVersion", ""),
        description=one.get("Description", ""),
        role=one.get("Role", ""),
        arguments=arguments.shown(one.get("DefaultArguments") or {}),
        fixed=arguments.shown(one.get("NonOverridableArguments") or {}),
        capacity=float(one.get("MaxCapacity") or 0),
        worker=one.get("WorkerType", ""),
        workers=one.get("NumberOfWorkers", 0),
        timeout=one.get("Timeout", 0),
        retries=one.get("MaxRetries", 0),
        concurrent=one.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1),
        flexible=one.get("ExecutionClass") == "FLEX",
        created=one.get("CreatedOn"),
        modified=one.get("LastModifiedOn"),
    )


def delete(client: Any, name: str) -> None:
    """Delete a job; its script stays in S3, its runs are gone."""
    client.delete_job(JobName=name)
