"""Job runs as callers start, see and stop them."""

import time
from collections.abc import Mapping
from typing import Any

from embedded.overlays.glue import jobs
from embedded.overlays.glue.asked import Fault, Record, Where, invalid, missing, page, required, texts, whole
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.engine import FINAL, Engine, new_id
from embedded.overlays.glue.rules import LONGEST_TIMEOUT, SHELL, capacity
from embedded.overlays.glue.streams import SHELL_GROUP, SPARK_GROUP

MODULES = "--additional-python-modules"
NO_MODULES = (
    f"{MODULES} is not available: the embedded AWS installs nothing for a run. Put the modules into S3 as .whl, .zip "
    "or .py files and name them in --extra-py-files."
)
NOT_HERE = {"gluestreaming": "Streaming jobs", "glueray": "Ray jobs"}
_CAPACITY = ("WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity")


def start(call: Call) -> Record:
    """StartJobRun."""
    job = jobs.find(call, required(call.asked, "JobName"))
    return {"JobRunId": begin(call.engine, call.where, job, call.asked)["Id"]}


def begin(engine: Engine, where: Where, job: Record, asked: Mapping[str, Any], trigger: str = "") -> Record:
    """Start a run of a job with what a caller or a trigger says of it, and return it."""
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
    if trigger:
        run["TriggerName"] = trigger
    if asked.get("JobRunId"):
        run["PreviousRunId"] = _repeated(engine, where, job, run, asked)
    engine.start(where, job, run)
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


def get(call: Call) -> Record:
    """GetJobRun."""
    name, run_id = required(call.asked, "JobName"), required(call.asked, "RunId")
    jobs.find(call, name)
    run = call.book.find(f"run {name}", call.where, run_id)
    if run is None:
        raise missing("Job run", run_id)
    return {"JobRun": shown(run)}


def get_all(call: Call) -> Record:
    """GetJobRuns: the newest first."""
    name = required(call.asked, "JobName")
    jobs.find(call, name)
    runs, token = page(call.book.all(f"run {name}", call.where)[::-1], call.asked, 200)
    return {"JobRuns": [shown(run) for run in runs], **token}


def stop(call: Call) -> Record:
    """BatchStopJobRun: each by itself."""
    name = required(call.asked, "JobName")
    jobs.find(call, name)
    done, errors = [], []
    for run_id in call.asked.get("JobRunIds") or []:
        try:
            _stop(call, name, run_id)
            done.append({"JobName": name, "JobRunId": run_id})
        except Fault as fault:
            detail = {"ErrorCode": fault.code, "ErrorMessage": fault.message}
            errors.append({"JobName": name, "JobRunId": run_id, "ErrorDetail": detail})
    return {"SuccessfulSubmissions": done, "Errors": errors}


def _stop(call: Call, name: str, run_id: str) -> None:
    run = call.book.find(f"run {name}", call.where, run_id)
    if run is None:
        raise missing("Job run", run_id)
    if run["JobRunState"] in FINAL or run["JobRunState"] == "STOPPING":
        state = run["JobRunState"]
        raise Fault("IllegalStateException", f"The job run {run_id} cannot be stopped: it is {state}.")
    call.engine.stop(call.where, run)


def shown(run: Record) -> Record:
    """Return a run as callers see it."""
    seen = {name: value for name, value in run.items() if not name.startswith("_")}
    if run["JobRunState"] in ("RUNNING", "STOPPING"):
        seen["ExecutionTime"] = int(time.time() - run["StartedOn"])
    return seen


def bookmark(call: Call) -> Record:
    """GetJobBookmark and ResetJobBookmark: no run keeps one here, so there is none to show or to reset."""
    name = required(call.asked, "JobName")
    jobs.find(call, name)
    raise Fault("EntityNotFoundException", f"There is no bookmark of the job {name}: the embedded AWS keeps none.")
