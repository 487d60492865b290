"""Workflows: kept and listed; none is run."""

import time

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, invalid, new_name, page, texts
from embedded.overlays.glue.call import Call


async def create(call: Call) -> Record:
    """CreateWorkflow."""
    name = new_name(call.asked)
    if call.book.find("workflow", call.where, name):
        raise Fault("AlreadyExistsException", f"Workflow {name} already exists.")
    now = time.time()
    call.book.put(
        "workflow", call.where, name, {"Name": name, **_fields(call), "CreatedOn": now, "LastModifiedOn": now}
    )
    await call.tag("workflow", name)
    return {"Name": name}


def update(call: Call) -> Record:
    """UpdateWorkflow."""
    old = call.named("workflow")
    new = {**old, **_fields(call), "LastModifiedOn": time.time()}
    call.book.put("workflow", call.where, old["Name"], new)
    return {"Name": old["Name"]}


async def delete(call: Call) -> Record:
    """DeleteWorkflow: also one that does not exist."""
    return {"Name": await call.forget("workflow")}


def get(call: Call) -> Record:
    """GetWorkflow."""
    return {"Workflow": call.named("workflow")}


def names(call: Call) -> Record:
    """ListWorkflows."""
    found, token = page([one["Name"] for one in call.book.all("workflow", call.where)], call.asked, 25)
    return {"Workflows": found, **token}


def batch_get(call: Call) -> Record:
    """BatchGetWorkflows."""
    found, missing = call.several("workflow", "Names")
    return {"Workflows": found, "MissingWorkflows": missing}


def runs(call: Call) -> Record:
    """GetWorkflowRuns: there are none."""
    call.named("workflow")
    return {"Runs": []}


def start(call: Call) -> Record:
    """StartWorkflowRun: refused, it would run nothing."""
    name = call.named("workflow")["Name"]
    raise invalid(f"The workflow {name} cannot be started: the embedded AWS runs jobs and triggers, no workflows.")


def _fields(call: Call) -> Record:
    kept: Record = {name: call.asked[name] for name in ("Description", "MaxConcurrentRuns") if name in call.asked}
    return {**kept, "DefaultRunProperties": texts(call.asked, "DefaultRunProperties")}
