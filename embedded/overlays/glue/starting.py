"""How a run begins: what is refused, and what a run takes over from its job."""

import time
from collections.abc import Mapping
from typing import Any

from embedded.book import Record, Where
from embedded.overlays.glue.asked import invalid, missing, texts, whole
from embedded.overlays.glue.engine import Engine
from embedded.overlays.glue.identity import new_id
from embedded.overlays.glue.rules import LONGEST_TIMEOUT, SHELL, capacity
from embedded.overlays.glue.streams import SHELL_GROUP, SPARK_GROUP

MODULES = "--additional-python-modules"
NO_MODULES = (
    f"{MODULES} is not available: the embedded AWS installs nothing for a run. Put the modules into S3 as .whl, .zip "
    "or .py files and name them in --extra-py-files."
)
NOT_HERE = {"gluestreaming": "Streaming jobs", "glueray": "Ray jobs"}
_CAPACITY = ("WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity")


def begin(engine: Engine, where: Where, job: Record, asked: Mapping[str, Any]) -> Record:
    """Start a run of a job as a caller asks for it, and return it."""
    run = draft(engine, where, job, asked)
    engine.start(where, job, run)
    return run


def draft(engine: Engine, where: Where, job: Record, asked: Mapping[str, Any]) -> Record:
    """Return a run that is not started yet."""
    command = job["Command"]["Name"]
    if command in NOT_HERE:
        raise invalid(f"{NOT_HERE[command]} ({command}) are not available: the embedded AWS runs glueetl and {SHELL}.")
    arguments = texts(asked, "Arguments")
    if MODULES in {**job["DefaultArguments"], **arguments, **job["NonOverridableArguments"]}:
        raise invalid(NO_MODULES)
    sized = {name: asked[name] for name in _CAPACITY if asked.get(name) is not None}
    units = capacity(sized or {name: job[name] for name in _size(job)}, command)
    now = time.time()
    run = {
        "Id": new_id(),
        "Attempt": 0,
        "JobName": job["Name"],
        "JobMode": job.get("JobMode", "SCRIPT"),
        "StartedOn": now,
        "Arguments": arguments,
        "PredecessorRuns": [],
        "ExecutionTime": 0,
        "Timeout": whole(asked, "Timeout", 1, LONGEST_TIMEOUT, job["Timeout"]),
        "GlueVersion": job["GlueVersion"],
        "ExecutionClass": asked.get("ExecutionClass") or job.get("ExecutionClass") or "STANDARD",
        "LogGroupName": SHELL_GROUP if command == SHELL else SPARK_GROUP,
        **units,
    }
    for name in ("JobRunQueuingEnabled", "SecurityConfiguration", "NotificationProperty"):
        if asked.get(name) is not None:
            run[name] = asked[name]
    if asked.get("JobRunId"):
        run["PreviousRunId"] = _repeated(engine, where, job, run, asked)
    return run


def _repeated(engine: Engine, where: Where, job: Record, run: Record, asked: Mapping[str, Any]) -> str:
    """Take over the arguments of an earlier run that is to be run again; return its id."""
    earlier = engine.book.find(f"run {job['Name']}", where, asked["JobRunId"])
    if earlier is None:
        raise missing("Job run", asked["JobRunId"])
    run["Arguments"] = {**earlier["Arguments"], **run["Arguments"]}
    return str(earlier["Id"])


def _size(job: Record) -> tuple[str, ...]:
    return ("WorkerType", "NumberOfWorkers") if job.get("WorkerType") else ("MaxCapacity",)
