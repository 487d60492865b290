"""What a job may be: checked as Glue checks it, with Glue's defaults."""

import re
from collections.abc import Mapping
from typing import Any

from embedded.book import Record
from embedded.overlays.glue.asked import invalid, required, texts, whole

SHELL, ETL = "pythonshell", "glueetl"
COMMANDS = (ETL, SHELL, "gluestreaming", "glueray")
# Data processing units that one worker has.
WORKERS = {
    **{"Standard": 1.0, "G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "G.12X": 12.0},
    **{"G.16X": 16.0, "R.1X": 1.0, "R.2X": 2.0, "R.4X": 4.0, "R.8X": 8.0, "Z.2X": 2.0},
}
VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1")
PYTHONS = {SHELL: ("2", "3", "3.6", "3.9"), ETL: ("2", "3"), "gluestreaming": ("2", "3"), "glueray": ("3.9",)}
LONGEST_TIMEOUT = 7 * 24 * 60
DEFAULT_TIMEOUT = 2880
MOST_CONCURRENT = 1000
KEPT = (
    *("JobMode", "JobRunQueuingEnabled", "Description", "LogUri", "Role", "Command", "Connections", "GlueVersion"),
    *("SecurityConfiguration", "NotificationProperty", "ExecutionClass", "SourceControlDetails", "MaintenanceWindow"),
)
_ROLE = re.compile(r"(arn:aws[\w-]*:iam::\d{12}:role/)?[\w+=,.@/-]+")


def job_fields(asked: Mapping[str, Any]) -> Record:
    """Return a job's definition from what CreateJob or JobUpdate says."""
    if asked.get("CodeGenConfigurationNodes"):
        raise invalid("CodeGenConfigurationNodes are not available: the embedded AWS runs scripts, it writes none.")
    if not _ROLE.fullmatch(required(asked, "Role")):
        raise invalid(f"The role {asked['Role'][:100]} is neither the name nor the ARN of a role.")
    command = command_fields(asked.get("Command") or {})
    kept = {name: asked[name] for name in KEPT if asked.get(name) is not None}
    concurrent = whole(asked.get("ExecutionProperty") or {}, "MaxConcurrentRuns", 1, MOST_CONCURRENT, 1)
    version = asked.get("GlueVersion") or ("1.0" if command["Name"] == SHELL else "5.0")
    if version not in VERSIONS:
        raise invalid(f"Glue version {version} is not supported: there are {', '.join(VERSIONS)}.")
    return {
        "JobMode": "SCRIPT",
        **kept,
        "Command": command,
        "DefaultArguments": texts(asked, "DefaultArguments"),
        "NonOverridableArguments": texts(asked, "NonOverridableArguments"),
        "ExecutionProperty": {"MaxConcurrentRuns": concurrent},
        "MaxRetries": whole(asked, "MaxRetries", 0, 10, 0),
        "Timeout": whole(asked, "Timeout", 1, LONGEST_TIMEOUT, DEFAULT_TIMEOUT),
        "GlueVersion": version,
        **capacity(asked, command["Name"]),
    }


def command_fields(command: Mapping[str, Any]) -> Record:
    """Return what a job runs."""
    name = command.get("Name") or ETL
    if name not in COMMANDS:
        raise invalid(f"The command {name} is not supported: there are {', '.join(COMMANDS)}.")
    python = command.get("PythonVersion") or PYTHONS[name][-1]
    if python not in PYTHONS[name]:
        raise invalid(f"Python version {python} is not supported for {name}: there are {', '.join(PYTHONS[name])}.")
    location = command.get("ScriptLocation") or ""
    if not re.fullmatch(r"s3[an]?://[^/]+/.+", location, re.DOTALL):
        raise invalid("The ScriptLocation must be the address of an S3 object: s3://bucket/key.")
    return {"Name": name, "ScriptLocation": location, "PythonVersion": python}


def capacity(asked: Mapping[str, Any], command: str) -> Record:
    """Return workers and capacity: one of the two ways to say it."""
    worker, number, most = asked.get("WorkerType"), asked.get("NumberOfWorkers"), asked.get("MaxCapacity")
    if most is None and asked.get("AllocatedCapacity"):
        most = float(asked["AllocatedCapacity"])
    if command == SHELL:
        return _shell_capacity(worker, number, most)
    if worker is None and number is None:
        units = 10.0 if most is None else float(most)
        if not 2 <= units <= 1000:
            raise invalid("MaxCapacity must be from 2 to 1000 DPU for this job.")
        return {"MaxCapacity": units, "AllocatedCapacity": int(units)}
    if most is not None:
        raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if worker is None or number is None:
        raise invalid("Please set both Worker Type and Number of Workers.")
    if worker not in WORKERS:
        raise invalid(f"Worker type {worker} is not supported: there are {', '.join(WORKERS)}.")
    count = whole(asked, "NumberOfWorkers", 1, 299, 2)
    units = count * WORKERS[worker]
    return {
        "WorkerType": worker,
        "NumberOfWorkers": count,
        "MaxCapacity": units,
        "AllocatedCapacity": int(units),
    }


def _shell_capacity(worker: Any, number: Any, most: Any) -> Record:
    if worker is not None:
        raise invalid(f"Worker Type is not supported for Job Command {SHELL}.")
    if number is not None:
        raise invalid(f"Number of Workers is not supported for Job Command {SHELL}.")
    units = 0.0625 if most is None else float(most)
    if units not in (0.0625, 1.0):
        raise invalid(f"MaxCapacity must be 0.0625 or 1 for Job Command {SHELL}, not {units:g}.")
    return {"MaxCapacity": units, "AllocatedCapacity": int(units)}
