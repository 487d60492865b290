"""What to do about the common ways in which a run fails: a pure table over the exception's words."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What it means, what to do, and the IAM statement that is missing, where one is."""

    title: str
    text: str
    statement: str = ""


_DENIED = re.compile(
    r"(?:is not authorized to perform: (?P<action>[\w:-]+)(?: on resource: \"?(?P<resource>arn:[^\s\"]+))?)"
)
_OPERATION = re.compile(r"when calling the (?P<operation>\w+) operation")
# Where AWS names only the operation, S3's own: the action that it needs.
_ACTIONS = {"HeadObject": "s3:GetObject", "GetObject": "s3:GetObject", "PutObject": "s3:PutObject",
            "UploadPart": "s3:PutObject", "CreateMultipartUpload": "s3:PutObject", "ListObjectsV2": "s3:ListBucket",
            "ListObjects": "s3:ListBucket", "DeleteObject": "s3:DeleteObject", "PutItem": "dynamodb:PutItem",
            "BatchWriteItem": "dynamodb:BatchWriteItem"}  # fmt: skip


def _denied(message: str) -> Advice:
    told, called = _DENIED.search(message), _OPERATION.search(message)
    action = told["action"] if told else _ACTIONS.get(called["operation"], "") if called else ""
    resource = (told["resource"] if told else None) or "the ARN of what the script asks for"
    text = "The job's role may not do what the script asks for."
    if not action:
        return Advice("Access denied", f"{text} Give it a statement for that action and resource.")
    statement = {"Effect": "Allow", "Action": action, "Resource": resource.rstrip(".,")}
    return Advice("Access denied", f"{text} This statement in a policy of the role allows it:", _json(statement))


def _json(statement: dict[str, str]) -> str:
    return json.dumps(statement, indent=2)


def _key(message: str) -> Advice:
    name = re.search(r"KeyError: ['\"]?([^'\"\n]*)", message)
    column = f"“{name[1]}”" if name else "that the script asks for"
    return Advice(
        "A column or key is missing",
        f"A row has no {column}. Compare the names in the script with the first line of the input: case and spaces "
        "count, and a byte order mark sticks to the first name where the file is read as utf-8 instead of utf-8-sig.",
    )


def _fixed(title: str, text: str) -> Callable[[str], Advice]:
    return lambda _: Advice(title, text)


_TABLE: tuple[tuple[re.Pattern[str], Callable[[str], Advice]], ...] = (
    (re.compile(r"AccessDenied|is not authorized to perform|UnauthorizedOperation|\(403\)"), _denied),
    (
        re.compile(r"NoSuchKey|specified key does not exist|\(404\)"),
        _fixed(
            "The object is not there",
            "The script asked S3 for a key that does not exist. Keys are exact: case, slashes and spaces count. "
            "Compare the run's arguments with what is in the bucket.",
        ),
    ),
    (
        re.compile(r"NoSuchBucket|specified bucket does not exist"),
        _fixed("The bucket is not there", "The bucket's name is wrong, or it is gone. Compare the run's arguments."),
    ),
    (
        re.compile(r"UnicodeDecodeError"),
        _fixed(
            "The file is not UTF-8",
            "Some byte is not UTF-8: the file was probably written as Latin-1 or Windows-1252 (Excel's CSV). Read it "
            "with that encoding: the argument --ENCODING of the scripts that are made here, for example cp1252.",
        ),
    ),
    (
        re.compile(r"MemoryError|exit code 137|SIGKILL|OutOfMemory|Java heap space|No space left"),
        _fixed(
            "Out of memory",
            "The run needed more memory than it had. Read and write row by row, in place of whole files; or give it "
            "more: 1 DPU for a Python shell job (16 GB in place of 1), a larger worker type for Spark.",
        ),
    ),
    (
        re.compile(r"ModuleNotFoundError|No module named"),
        _fixed(
            "A module is not installed",
            "Name it in --additional-python-modules, or its wheel in S3 in --extra-py-files. For pyarrow and pandas in "
            "a Python shell job set --library-set to analytics. The embedded AWS installs nothing for a run.",
        ),
    ),
    (
        re.compile(r"partially initialized module|circular import"),
        _fixed(
            "The script's name stands in the way",
            "A script that is named like a module of Python, such as copy.py, is imported in its place. Give the "
            "object another name.",
        ),
    ),
    (
        re.compile(r"SyntaxError|IndentationError|TabError"),
        _fixed("The script is not Python", "Python stopped reading at the marked line; nothing of the script ran."),
    ),
    (
        re.compile(r"GlueArgumentError|arguments? .*required"),
        _fixed("An argument is missing", "The script reads an argument that the run was not given: start it with it."),
    ),
    (re.compile(r"KeyError|AnalysisException.*cannot resolve"), _key),
    (
        re.compile(r"ValueError|InvalidOperation|NumberFormatException|ConversionSyntax"),
        _fixed(
            "A value does not convert",
            "A cell is not what its type says: a comma in a number, a unit, or nothing at all. The last lines of the "
            "output say how far the run came; mend the row in the input, or let the script take such a cell.",
        ),
    ),
)
STATES = {
    "TIMEOUT": Advice(
        "It ran longer than it may",
        "AWS ended it at the timeout, and charged the time. Give it more minutes, or look in the output for where it "
        "waited.",
    ),
    "STOPPED": Advice("It was stopped", "Somebody stopped it. What it had written until then is still there."),
}


def on(state: str, message: str) -> Advice | None:
    """Return what to do about a run that ended in `state` with `message`, None where nothing is known."""
    if state in STATES:
        return STATES[state]
    if state not in ("FAILED", "ERROR"):
        return None
    return next((make(message) for pattern, make in _TABLE if pattern.search(message)), None)
