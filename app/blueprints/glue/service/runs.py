"""Runs of jobs: their states, starting, stopping.

https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import arguments, jobs, prices
from app.blueprints.glue.service.arguments import Argument
from app.problems import refused

SHOWN = 50
ENDED = {"STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "EXPIRED"}
STATES = ("STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "WAITING", "EXPIRED")
_KINDS = {"SUCCEEDED": "done", "FAILED": "failed", "TIMEOUT": "failed", "ERROR": "failed", "EXPIRED": "failed",
          "STOPPED": "unknown", "STOPPING": "warning", "WAITING": "unknown"}  # fmt: skip
_WORDS = {"TIMEOUT": "Timed out", "ERROR": "Error"}
_SYMBOLS = {"STOPPED": "stopped", "WAITING": "clock", "TIMEOUT": "clock", "STARTING": "clock"}


@dataclass(frozen=True)
class Run:
    """A run; `seconds` it ran, `capacity` DPUs it had, `timeout` minutes it may run; secrets are masked."""

    job: str
    id: str
    state: str
    started: datetime | None = None
    ended: datetime | None = None
    seconds: int = 0
    error: str = ""
    arguments: tuple[Argument, ...] = ()
    capacity: float = 0.0
    unit_seconds: float = 0.0
    worker: str = ""
    workers: int = 0
    timeout: int = 0
    attempt: int = 0
    previous: str = ""
    trigger: str = ""
    log_group: str = ""
    flexible: bool = False

    @property
    def over(self) -> bool:
        """Whether the state is an end."""
        return self.state in ENDED

    @property
    def kind(self) -> str:
        """The sort of state, as badges have it."""
        return _KINDS.get(self.state, "running")

    @property
    def word(self) -> str:
        """The state in words."""
        return _WORDS.get(self.state, self.state.capitalize())

    @property
    def symbol(self) -> str:
        """The state's own icon; empty where its sort has one."""
        return _SYMBOLS.get(self.state, "")

    @property
    def charged(self) -> float:
        """DPU seconds: AWS's own number where it gives one."""
        return self.unit_seconds or self.seconds * self.capacity

    @property
    def cost(self) -> float:
        """US dollars by the list of prices."""
        return prices.cost(self.charged, self.seconds, self.capacity, self.worker, self.flexible)

    @property
    def elapsed(self) -> int:
        """Seconds since the start; of a run that is over, those that it ran."""
        if self.over or self.started is None:
            return self.seconds
        return max(self.seconds, int((datetime.now(UTC) - self.started).total_seconds()))


@dataclass(frozen=True)
class Wanted:
    """How a run is to be started; what is 0 or empty is as the job has it."""

    arguments: Mapping[str, str]
    capacity: float = 0.0
    worker: str = ""
    workers: int = 0
    timeout: int = 0


def of_job(client: Any, job: str, most: int = SHOWN) -> tuple[Run, ...]:
    """Return the newest runs of a job, newest first. Raises Refused where there is no such job."""
    try:
        found = client.get_job_runs(JobName=job, MaxResults=most)["JobRuns"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise jobs.no_such(job) from error
        raise
    return tuple(read(one) for one in found[:most])


def get(client: Any, job: str, run_id: str) -> Run:
    """Return a run. Raises Refused where there is none."""
    return read(raw(client, job, run_id))


def raw(client: Any, job: str, run_id: str) -> dict[str, Any]:
    """Return a run as AWS has it, its secrets included. Raises Refused where there is none."""
    try:
        found: dict[str, Any] = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            happened = f"The job “{job}” has no run “{run_id}”, or not any more."
            raise refused(404, "No such run", happened, "Choose one from the job's list of runs.") from error
        raise
    return found


def read(one: Mapping[str, Any]) -> Run:
    """Return a run from AWS's answer."""
    return Run(
        job=one.get("JobName", ""),
        id=one["Id"],
        state=one.get("JobRunState", ""),
        started=one.get("StartedOn"),
        ended=one.get("CompletedOn"),
        seconds=one.get("ExecutionTime", 0),
        error=one.get("ErrorMessage", ""),
        arguments=arguments.shown(one.get("Arguments") or {}),
        capacity=float(one.get("MaxCapacity") or 0),
        unit_seconds=float(one.get("DPUSeconds") or 0),
        worker=one.get("WorkerType", ""),
        workers=one.get("NumberOfWorkers", 0),
        timeout=one.get("Timeout", 0),
        attempt=one.get("Attempt", 0),
        previous=one.get("PreviousRunId", ""),
        trigger=one.get("TriggerName", ""),
        log_group=one.get("LogGroupName", ""),
        flexible=one.get("ExecutionClass") == "FLEX",
    )


def start(client: Any, job: str, wanted: Wanted) -> str:
    """Start a run and return its id."""
    asked: dict[str, Any] = {"JobName": job}
    if wanted.arguments:
        asked["Arguments"] = dict(wanted.arguments)
    if wanted.worker:
        asked |= {"WorkerType": wanted.worker, "NumberOfWorkers": wanted.workers}
    if wanted.capacity:
        asked["MaxCapacity"] = wanted.capacity
    if wanted.timeout:
        asked["Timeout"] = wanted.timeout
    return str(client.start_job_run(**asked)["JobRunId"])


def stop(client: Any, job: str, run_id: str) -> str:
    """Stop a run; return what AWS says against it, empty where it stops."""
    answer = client.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
    errors = answer.get("Errors", [])
    return str(errors[0].get("ErrorDetail", {}).get("ErrorMessage", "It cannot be stopped.")) if errors else ""
