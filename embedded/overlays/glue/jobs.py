"""Job definitions."""

import time
from typing import Any

from embedded.overlays.glue.asked import Fault, Record, missing, new_name, page, required
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
    name = required(call.asked, "JobName")
    job = find(call, name)
    asked = call.asked.get("JobUpdate") or {}
    asked = {"Role": job["Role"], "Command": job["Command"], **asked}
    times = {"CreatedOn": job["CreatedOn"], "LastModifiedOn": time.time()}
    call.book.put("job", call.where, name, {"Name": name, **job_fields(asked), **times})
    return {"JobName": name}


def delete(call: Call) -> Record:
    """DeleteJob: also a job that does not exist; its runs are stopped and forgotten."""
    name = required(call.asked, "JobName")
    call.book.drop("job", call.where, name)
    for run in call.book.all(f"run {name}", call.where):
        if run["JobRunState"] not in FINAL:
            call.engine.stop(call.where, run)
        call.book.drop(f"run {name}", call.where, run["Id"])
    call.book.drop("bookmark", call.where, name)
    return {"JobName": name}


def get(call: Call) -> Record:
    """GetJob."""
    return {"Job": find(call, required(call.asked, "JobName"))}


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
    wanted: list[Any] = call.asked.get("JobNames") or []
    found = [job for name in wanted if (job := call.book.find("job", call.where, name))]
    there = {job["Name"] for job in found}
    return {"Jobs": found, "JobsNotFound": [name for name in wanted if name not in there]}


def find(call: Call, name: str) -> Record:
    """Return a job; EntityNotFoundException when there is none."""
    job = call.book.find("job", call.where, name)
    if job is None:
        raise missing("Job", name)
    return job
