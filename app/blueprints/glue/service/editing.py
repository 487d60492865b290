"""A job that is changed: its definition as a form, what is wrong with it, and the UpdateJob that keeps the rest.

UpdateJob replaces the whole definition: https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import prices
from app.blueprints.glue.service.arguments import full
from app.blueprints.glue.service.asked import LONGEST_TIMEOUT, MOST_ARGUMENTS, MOST_WORKERS
from app.masking import names_secret
from app.numbers import told, whole

Pairs = tuple[tuple[str, str], ...]
MOST_TAGS = 50
NUMBERS = {"timeout": (1, LONGEST_TIMEOUT, "minutes"), "retries": (0, 10, ""), "concurrent": (1, 1000, "")}
VERSIONS = ("5.1", "5.0", "4.0", "3.0", "2.0", "1.0")
PYTHONS = {"pythonshell": "3.9", "glueetl": "3", "gluestreaming": "3", "glueray": "3.9"}
TEXTS = (
    "description",
    "role",
    "engine",
    "version",
    "capacity",
    "worker",
    "workers",
    "timeout",
    "retries",
    "concurrent",
)


@dataclass(frozen=True)
class Edited:
    """A job as its form holds it, all texts; secrets are empty. `modified` and `etag` say from which versions on."""

    description: str = ""
    role: str = ""
    engine: str = ""
    version: str = ""
    capacity: str = ""
    worker: str = ""
    workers: str = ""
    timeout: str = ""
    retries: str = ""
    concurrent: str = ""
    arguments: Pairs = ()
    tags: Pairs = ()
    script: str = ""
    etag: str = ""
    modified: str = ""

    def hidden(self) -> "Pairs":
        """The arguments as a page may show them."""
        return tuple((name, "" if names_secret(name) else value) for name, value in self.arguments)


def stamp(definition: Mapping[str, Any]) -> str:
    """Return which version of a definition this is."""
    changed = definition.get("LastModifiedOn")
    return changed.isoformat() if changed else ""


def opened(definition: Mapping[str, Any], tags: Mapping[str, str] | None, script: str, etag: str) -> Edited:
    """Return the form of a job as it is."""
    size = definition.get("MaxCapacity")
    return Edited(
        description=definition.get("Description", ""),
        role=definition.get("Role", ""),
        engine=definition.get("Command", {}).get("Name", ""),
        version=definition.get("GlueVersion", ""),
        capacity=f"{size:g}" if size is not None else "",
        worker=definition.get("WorkerType", ""),
        workers=str(definition.get("NumberOfWorkers") or ""),
        timeout=str(definition.get("Timeout") or ""),
        retries=str(definition.get("MaxRetries", 0)),
        concurrent=str(definition.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1)),
        arguments=tuple(sorted((definition.get("DefaultArguments") or {}).items())),
        tags=tuple(sorted((tags or {}).items())),
        script=script,
        etag=etag,
        modified=stamp(definition),
    )


def faults(edited: Edited) -> dict[str, str]:
    """Return what is wrong, by field."""
    found = {}
    if not edited.role:
        found["role"] = "Choose the role that the script works as."
    for name, (least, most, unit) in NUMBERS.items():
        value = getattr(edited, name)
        if (value or name != "timeout") and whole(value, least, most) is None:
            found[name] = told(least, most, unit)
    if edited.engine == "pythonshell":
        if edited.capacity not in [f"{one:g}" for one in prices.SHELL]:
            found["capacity"] = "A Python shell job has 0.0625 or 1 DPU."
    elif edited.worker and whole(edited.workers, 1, MOST_WORKERS) is None:
        found["workers"] = told(1, MOST_WORKERS)
    if not edited.script.strip():
        found["script"] = "The script is empty: a run would do nothing."
    found |= _pair_faults("arguments", edited.arguments, MOST_ARGUMENTS)
    found |= _pair_faults("tags", edited.tags, MOST_TAGS)
    if any(name.lower().startswith("aws:") for name, _ in edited.tags):
        found["tags"] = "Names that begin with aws: are AWS's own."
    return found


def _pair_faults(field: str, pairs: Pairs, most: int) -> dict[str, str]:
    names = [full(name) if field == "arguments" else name for name, _ in pairs]
    if len(names) > most:
        return {field: f"More than {most}."}
    if not all(name for name, _ in pairs):
        return {field: "Give each value a name."}
    twice = next((name for name in names if names.count(name) > 1), "")
    return {field: f"{twice} is there twice."} if twice else {}


def pairs(names: Sequence[str], values: Sequence[str]) -> Pairs:
    """Return rows of a form that hold anything."""
    rows = ((name.strip(), value.replace("\r\n", "\n")) for name, value in zip(names, values, strict=False))
    return tuple((name, value) for name, value in rows if name or value)


def update(client: Any, definition: Mapping[str, Any], edited: Edited) -> dict[str, Any]:
    """Return the JobUpdate of a form: all that the form does not have stays as it is."""
    found = unchanged(client, definition)
    found["Role"] = edited.role
    if edited.version:
        found["GlueVersion"] = edited.version
    found["MaxRetries"] = int(edited.retries)
    found["ExecutionProperty"] = {**found.get("ExecutionProperty", {}), "MaxConcurrentRuns": int(edited.concurrent)}
    found["DefaultArguments"] = _arguments(edited.arguments, definition.get("DefaultArguments") or {})
    command = dict(found.get("Command", {}))
    if edited.engine != command.get("Name"):
        command |= {"Name": edited.engine, "PythonVersion": PYTHONS.get(edited.engine, "3")}
    found["Command"] = command
    found.pop("Description", None)
    if edited.description:
        found["Description"] = edited.description
    if edited.timeout:
        found["Timeout"] = int(edited.timeout)
    return _sized(found, edited)


def unchanged(client: Any, definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JobUpdate that changes nothing: what GetJob tells and UpdateJob takes."""
    members = client.meta.service_model.shape_for("JobUpdate").members
    found = {name: value for name, value in definition.items() if name in members}
    found.pop("AllocatedCapacity", None)  # MaxCapacity's old name: AWS takes one of them
    if found.get("WorkerType"):
        found.pop("MaxCapacity", None)
    return found


def _sized(found: dict[str, Any], edited: Edited) -> dict[str, Any]:
    """Set the size in the one way that AWS takes for the sort of job."""
    size = {name: found.pop(name) for name in ("MaxCapacity", "WorkerType", "NumberOfWorkers") if name in found}
    if edited.engine == "pythonshell":
        found.pop("ExecutionClass", None)
        return found | {"MaxCapacity": float(edited.capacity)}
    if edited.worker:
        return found | {"WorkerType": edited.worker, "NumberOfWorkers": int(edited.workers)}
    kept = {"MaxCapacity": size["MaxCapacity"]} if size.get("MaxCapacity", 0) >= 2 else {}
    return found | kept


def _arguments(typed: Pairs, before: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments; a secret that is left empty is the one before."""
    named = {full(name): value for name, value in typed}
    return {
        name: before[name] if names_secret(name) and not value and name in before else value
        for name, value in named.items()
    }


def tags_of(client: Any, arn: str) -> dict[str, str] | None:
    """Return a job's tags; None where they may not be read."""
    try:
        found: dict[str, str] = client.get_tags(ResourceArn=arn)["Tags"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDeniedException", "AccessDenied"):
            return None
        raise
    return found


def save_tags(client: Any, arn: str, before: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Make a job's tags what is wanted; return whether anything was to be done."""
    gone = [name for name in before if name not in wanted and not name.startswith("aws:")]
    fresh = {name: value for name, value in wanted.items() if before.get(name) != value}
    if gone:
        client.untag_resource(ResourceArn=arn, TagsToRemove=gone)
    if fresh:
        client.tag_resource(ResourceArn=arn, TagsToAdd=fresh)
    return bool(gone or fresh)
