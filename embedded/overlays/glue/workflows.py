"""Workflows: kept and listed; none is run."""

import time
from typing import Any

from embedded.overlays.glue.asked import Fault, Record, invalid, missing, new_name, page, required, texts
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
    old = _find(call)
    new = {**old, **_fields(call), "LastModifiedOn": time.time()}
    call.book.put("workflow", call.where, old["Name"], new)
    return {"Name": old["Name"]}


def delete(call: Call) -> Record:
    """DeleteWorkflow: also one that does not exist."""
    name = required(call.asked, "Name")
    call.book.drop("workflow", call.where, name)
    return {"Name": name}


def get(call: Call) -> Record:
    """GetWorkflow."""
    return {"Workflow": _find(call)}


def names(call: Call) -> Record:
    """ListWorkflows."""
    found, token = page([one["Name"] for one in call.book.all("workflow", call.where)], call.asked, 25)
    return {"Workflows": found, **token}


def batch_get(call: Call) -> Record:
    """BatchGetWorkflows."""
    wanted: list[Any] = call.asked.get("Names") or []
    found = [one for name in wanted if (one := call.book.find("workflow", call.where, name))]
    there = {one["Name"] for one in found}
    return {"Workflows": found, "MissingWorkflows": [name for name in wanted if name not in there]}


def runs(call: Call) -> Record:
    """GetWorkflowRuns: there are none."""
    _find(call)
    return {"Runs": []}


def start(call: Call) -> Record:
    """StartWorkflowRun: refused, it would run nothing."""
    name = _find(call)["Name"]
    raise invalid(f"The workflow {name} cannot be started: the embedded AWS runs jobs and triggers, no workflows.")


def _fields(call: Call) -> Record:
    kept: Record = {name: call.asked[name] for name in ("Description", "MaxConcurrentRuns") if name in call.asked}
    return {**kept, "DefaultRunProperties": texts(call.asked, "DefaultRunProperties")}


def _find(call: Call) -> Record:
    name = required(call.asked, "Name")
    found = call.book.find("workflow", call.where, name)
    if found is None:
        raise missing("Workflow", name)
    return found
