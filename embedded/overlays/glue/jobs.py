"""Job definitions."""

import time

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, new_name, page
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.engine import FINAL
from embedded.overlays.glue.rules import job_fields

MOST_JOBS = 1000


async def create(call: Call) -> Record:
    """CreateJob."""
    name = new_name(call.asked)
    if call.book.find("job", call.where, name):
        raise Fault("AlreadyExistsException", f"Job {name} already exists.")
    if len(call.book.all("job", call.where)) >= MOST_JOBS:
        raise Fault("ResourceNumberLimitExceededException", f"An account has at most {MOST_JOBS} jobs.")
    now = time.time()
    fields = job_fields(call.asked)
    call.book.put("job", call.where, name, {"Name": name, **fields, "CreatedOn": now, "LastModifiedOn": now})
    await call.tag("job", name)
    return {"Name": name}


def update(call: Call) -> Record:
    """UpdateJob: the new definition replaces the old one as a whole."""
    job = call.named("job", "JobName")
    name = job["Name"]
    asked = call.asked.get("JobUpdate") or {}
    asked = {"Role": job["Role"], "Command": job["Command"], **asked}
    times = {"CreatedOn": job["CreatedOn"], "LastModifiedOn": time.time()}
    call.book.put("job", call.where, name, {"Name": name, **job_fields(asked), **times})
    return {"JobName": name}


async def delete(call: Call) -> Record:
    """DeleteJob: also a job that does not exist; its runs are stopped and forgotten."""
    name = await call.forget("job", "JobName")
    for run in call.book.all(f"run {name}", call.where):
        if run["JobRunState"] not in FINAL:
            call.engine.stop(call.where, run)
        call.book.drop(f"run {name}", call.where, run["Id"])
    return {"JobName": name}


def get(call: Call) -> Record:
    """GetJob."""
    return {"Job": call.named("job", "JobName")}


def get_all(call: Call) -> Record:
    """GetJobs."""
    jobs, token = page(call.book.all("job", call.where), call.asked)
    return {"Jobs": jobs, **token}


async def names(call: Call) -> Record:
    """ListJobs."""
    found = await call.tagged("job", [job["Name"] for job in call.book.all("job", call.where)])
    shown, token = page(found, call.asked)
    return {"JobNames": shown, **token}


def batch_get(call: Call) -> Record:
    """BatchGetJobs."""
    found, missing = call.several("job", "JobNames")
    return {"Jobs": found, "JobsNotFound": missing}
