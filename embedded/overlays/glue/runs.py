"""Job runs as callers start, see and stop them."""

import time

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, missing, page, required
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.engine import FINAL
from embedded.overlays.glue.starting import begin


def start(call: Call) -> Record:
    """StartJobRun."""
    job = call.named("job", "JobName")
    return {"JobRunId": begin(call.engine, call.where, job, call.asked)["Id"]}


def get(call: Call) -> Record:
    """GetJobRun."""
    name, run_id = call.named("job", "JobName")["Name"], required(call.asked, "RunId")
    run = call.book.find(f"run {name}", call.where, run_id)
    if run is None:
        raise missing("Job run", run_id)
    return {"JobRun": shown(run)}


def get_all(call: Call) -> Record:
    """GetJobRuns: the newest first."""
    name = call.named("job", "JobName")["Name"]
    runs, token = page(call.book.all(f"run {name}", call.where)[::-1], call.asked, 200)
    return {"JobRuns": [shown(run) for run in runs], **token}


def stop(call: Call) -> Record:
    """BatchStopJobRun: each by itself."""
    name = call.named("job", "JobName")["Name"]
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
    if run["JobRunState"] in ("RUNNING", "STOPPING") and "_Began" in run:
        seen["ExecutionTime"] = int(time.time() - run["_Began"])
    return seen


def bookmark(call: Call) -> Record:
    """GetJobBookmark and ResetJobBookmark: no run keeps one here, so there is none to show or to reset."""
    name = call.named("job", "JobName")["Name"]
    raise Fault("EntityNotFoundException", f"There is no bookmark of the job {name}: the embedded AWS keeps none.")
