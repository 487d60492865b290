"""Ids of runs, and of those that follow one that failed."""

import secrets
import time

from embedded.book import Record


def new_id() -> str:
    """Return the id of a new run, in AWS's form."""
    return f"jr_{secrets.token_hex(32)}"


def retried(run: Record) -> Record:
    """Return the run that follows one that failed."""
    first, attempt = run["Id"].partition("_attempt_")[0], run["Attempt"] + 1
    gone = ("CompletedOn", "ErrorMessage", "DPUSeconds", "_Peak", "_Began", "_Directory")
    kept = {name: value for name, value in run.items() if name not in gone}
    fresh = {"Id": f"{first}_attempt_{attempt}", "Attempt": attempt, "PreviousRunId": run["Id"]}
    return {**kept, **fresh, "StartedOn": time.time(), "ExecutionTime": 0, "JobRunState": "STARTING"}
