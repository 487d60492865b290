"""Lines that show an answer in a way that fits its operation: names and sizes of a list, files for bodies."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.codegen.literals import string
from app.codegen.models import Operation, operation
from app.codegen.names import file_name

_TELLING = (
    "Key", "Name", "name", "BucketName", "FunctionName", "TableName", "DBInstanceIdentifier", "JobName", "AlarmName",
    "logGroupName", "logStreamName", "id", "Id", "Prefix", "Value", "VersionId", "timestamp", "message", "path",
    "Size", "LastModified", "CreationDate", "IsLatest", "State", "Status", "status", "JobRunState", "JobRunId",
    "Runtime", "storedBytes", "StartedOn", "Code", "Message", "MetricName", "Namespace", "ARN", "Arn",
)  # fmt: skip
_MOST = 4
_FEW = 6  # members: an answer of more is a description, in which a list is not the point
_SINGLE = {
    ("s3", "HeadObject"): ("ContentType", "ContentLength", "LastModified"),
    ("s3", "CopyObject"): ("CopyObjectResult",),
    ("s3", "PutObject"): ("ETag", "VersionId"),
    ("s3", "GetBucketLocation"): ("LocationConstraint",),
    ("sts", "GetCallerIdentity"): ("Account", "Arn"),
}


@dataclass(frozen=True)
class Listing:
    """One list in an answer: its member, and how one of its items is printed."""

    member: str
    line: str


@lru_cache(maxsize=1024)
def listings(service: str, name: str) -> tuple[Listing, ...]:
    """Return the lists worth printing in an operation's answer, those that it pages through first."""
    facts = operation(service, name)
    lists = [key for key in (facts.pages.results if facts.pages else ()) if _is_list(facts, key)]
    if not lists and len(facts.outputs) <= _FEW:
        lists = [key for key in facts.outputs if _is_list(facts, key)]
    return tuple(Listing(key, _item(facts.outputs[key].member)) for key in lists[:3])


def _is_list(facts: Operation, key: str) -> bool:
    shape = facts.outputs.get(key)
    return shape is not None and shape.type_name == "list" and "sensitive" not in shape.metadata


def _item(shape: Any) -> str:
    if shape.type_name != "structure":
        return "print(item)"
    named = [n for n in _TELLING if n in shape.members and shape.members[n].type_name not in ("structure", "list")]
    if not named:
        return "print(item)"
    return "print(" + ", ".join(f"item.get({string(name)})" for name in named[:_MOST]) + ")"


def loop(service: str, name: str, answer: str, indent: str = "") -> list[str]:
    """Return the lines that print the lists of an answer, none where it has no list."""
    lines = []
    for listing in listings(service, name):
        lines.append(f"{indent}for item in {answer}.get({string(listing.member)}, []):")
        lines.append(f"{indent}    {listing.line}")
    return lines


def after(facts: Operation, parameters: dict[str, Any], imports: set[str]) -> list[str]:
    """Return the lines that follow a call and show its `answer`."""
    if facts.stream is not None:
        return _body(facts, parameters, imports)
    if facts.events is not None:
        return [f"for event in answer[{string(facts.events)}]:", "    print(event)"]
    if (facts.service, facts.name) in _SINGLE:
        names = ", ".join(f"answer.get({string(name)})" for name in _SINGLE[facts.service, facts.name])
        return [f"print({names})"]
    return loop(facts.service, facts.name, "answer") or _members(facts)


def _members(facts: Operation) -> list[str]:
    """Print an answer's members one by one; secrets, and what a map of secrets holds, are left out."""
    hidden = [name for name, shape in facts.outputs.items() if "sensitive" in shape.metadata]
    if not facts.outputs:
        return ['print(answer["ResponseMetadata"]["HTTPStatusCode"])']
    left_out = ", ".join(string(name) for name in ["ResponseMetadata", *hidden])
    test = f"name not in ({left_out})" if hidden else f"name != {left_out}"
    lines = ["for name, value in answer.items():", f"    if {test}:", "        print(name, value)"]
    note = f"# Secrets in the answer are not printed: {', '.join(hidden)}"
    return [note, *lines] if hidden else lines


def _body(facts: Operation, parameters: dict[str, Any], imports: set[str]) -> list[str]:
    stream = string(facts.stream or "Body")
    if facts.service == "lambda":
        return [f"print(answer[{stream}].read().decode())"]
    imports.add("import shutil")
    target = string(output_file(facts, parameters))
    return [
        f'with open({target}, "wb") as file:',
        f"    shutil.copyfileobj(answer[{stream}], file)",
        f"print({target})",
    ]


def output_file(facts: Operation, parameters: dict[str, Any]) -> str:
    """Return the local file into which a body that streams is saved."""
    key = parameters.get("Key")
    if isinstance(key, str):
        return file_name(key)
    return "response.json" if facts.service == "lambda" else f"{facts.command}.out"
