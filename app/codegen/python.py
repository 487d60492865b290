"""Steps as Python that runs: boto3, with the exact parameters, no credentials and no endpoint."""

from collections.abc import Callable, Iterable
from keyword import iskeyword
from typing import Any

from app.codegen import models, prints
from app.codegen.literals import Source, bracketed, string
from app.codegen.names import body_file, client_name, file_name
from app.codegen.steps import COPY, PAGES, REPEATED, UPLOAD, Step, step_of
from app.recorder import Blob, Call

# What s3transfer adds by itself, and what names the one transfer: no argument of upload_file or copy.
_NOT_EXTRA = {"Bucket", "Key", "ChecksumType"}
SHORTENED = "Shortened: some of this call's parameters were too long to keep, so this is not all of it."


class Clients:
    """The variables of a script's clients: one for each service and region, in order of their use."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    def name(self, call: Call) -> str:
        """Return the variable of a call's client."""
        key = (call.service, call.region)
        if key not in self._names:
            plain = client_name(call.service)
            taken = plain in self._names.values()
            self._names[key] = f"{plain.rstrip('_')}_{call.region.replace('-', '_')}" if taken else plain
        return self._names[key]

    def lines(self) -> list[str]:
        """Return the lines that make the clients."""
        return [
            f"{name} = boto3.client({string(service)}, region_name={string(region)})"
            for (service, region), name in self._names.items()
        ]


def python(what: Call | Step) -> str:
    """Return one call, or one step, as a Python program."""
    return script([what])


def script(steps: Iterable[Call | Step]) -> str:
    """Return steps as one Python program: imports and clients once, then each step in order."""
    clients, imports = Clients(), {"import boto3"}
    bodies = [_body(step_of(step), clients, imports) for step in steps]
    if not bodies:
        return ""
    blocks = [_imports(imports), "\n".join(clients.lines()), *("\n".join(body) for body in bodies)]
    return "\n\n".join(blocks) + "\n"


def _imports(needed: set[str]) -> str:
    standard = sorted(line for line in needed if line.startswith("import ") and line != "import boto3")
    named = sorted(line for line in needed if line.startswith("from "))
    blocks = ["\n".join(standard + named), "import boto3"]
    return "\n\n".join(block for block in blocks if block)


def _body(step: Step, clients: Clients, imports: set[str]) -> list[str]:
    writers: dict[str, Callable[[Step, str, set[str]], list[str]]] = {
        PAGES: _pages,
        UPLOAD: _upload,
        COPY: _copy,
    }
    note = [f"# {SHORTENED}"] if step.shortened else []
    if step.kind == REPEATED:
        note.append(f"# The dashboard made this call {step.count} times.")
    return [*note, *writers.get(step.kind, _single)(step, clients.name(step.call), imports)]


def _single(step: Step, client: str, imports: set[str]) -> list[str]:
    call = step.call
    facts = models.operation(call.service, call.operation)
    source = Source(call.parameters)
    opened = [name for name, value in call.parameters.items() if _is_file(facts, name, value)]
    head = []
    for name in opened[:1]:
        file = string(body_file(call.parameters, name))
        head = [f'with open({file}, "rb") as body:{_size_comment(call.parameters[name])}']
    start = f"answer = {client}.{facts.method}"
    lines = _call(start, call, facts, source, dict.fromkeys(opened[:1], "body"), 4 * len(head))
    shown = prints.after(facts, call.parameters, imports)
    imports |= source.imports
    return _tolerant([*head, *lines, *shown], imports) if call.absent else [*head, *lines, *shown]


def _tolerant(lines: list[str], imports: set[str]) -> list[str]:
    """Let a script go on after a call that AWS answered with “there is none”, as the dashboard did."""
    imports.add("from botocore.exceptions import ClientError")
    inside = [f"    {line}" for line in lines]
    return ["try:", *inside, "except ClientError as error:", "    print(error)  # there is none, as before"]


def _is_file(facts: models.Operation, name: str, value: Any) -> bool:
    """Whether a parameter is sent from an open file: a stream of which only the size is known."""
    shape = facts.inputs.get(name)
    return isinstance(value, Blob) and shape is not None and bool(shape.serialization.get("streaming"))


def _size_comment(value: Any) -> str:
    return f"  # {value.size:,} bytes" if isinstance(value, Blob) and value.size is not None else ""


def _call(
    start: str,
    call: Call,
    facts: models.Operation,
    source: Source,
    values: dict[str, str],
    indent: int,
) -> list[str]:
    """Return a call with its parameters, on one line or one parameter a line."""
    arguments = []
    for name, value in call.parameters.items():
        shape = facts.inputs.get(name)
        text = values.get(name) or source.value(value, shape, (name,), indent + 4)
        # A name that Python keeps for itself (`from`) can only be given in a dictionary.
        arguments.append(f"**{{{string(name)}: {text}}}" if iskeyword(name) else f"{name}={text}")
    pad = " " * indent
    return (pad + start + bracketed("(", arguments, ")", indent, room=len(start))).split("\n")


def _pages(step: Step, client: str, imports: set[str]) -> list[str]:
    call = step.call
    facts = models.operation(call.service, call.operation)
    source = Source(call.parameters)
    comment = f"# The dashboard asked for {step.count} pages."
    head = f"pages = {client}.get_paginator({string(facts.method)}).paginate"
    lines = _call(head, call, facts, source, {}, 0)
    imports |= source.imports
    shown = prints.loop(call.service, call.operation, "page", "    ")
    return [comment, *lines, "for page in pages:", *(shown or ["    print(page)"])]


def _extra(call: Call, source: Source) -> str:
    """Return the ExtraArgs of a transfer, empty where there are none."""
    facts = models.operation(call.service, call.operation)
    kept = {
        name: value
        for name, value in call.parameters.items()
        if name not in _NOT_EXTRA and (name, value) != ("ChecksumAlgorithm", "CRC32")
    }
    items = [f"{string(n)}: {source.value(v, facts.inputs.get(n), (n,), 8)}" for n, v in kept.items()]
    return f"ExtraArgs={bracketed('{', items, '}', 4)}" if items else ""


def _upload(step: Step, client: str, imports: set[str]) -> list[str]:
    call, source = step.call, Source(step.call.parameters)
    bucket, key = call.parameters["Bucket"], call.parameters["Key"]
    arguments = [string(file_name(key)), string(bucket), string(key), _extra(call, source)]
    size = "" if step.size is None else f" of {step.size:,} bytes in all"
    parts = "1 part" if step.count == 3 else f"{step.count - 2} parts"
    comment = f"# upload_file does this by itself: begins, sends {parts}{size}, completes."
    if step.stopped:
        comment = "# The upload was stopped, its parts removed again, as upload_file does when it fails."
    line = f"{client}.upload_file" + bracketed("(", [a for a in arguments if a], ")", 0)
    imports |= source.imports
    return [comment, *line.split("\n"), f"print({string(key)})"]


def _copy(step: Step, client: str, imports: set[str]) -> list[str]:
    call, source = step.call, Source(step.call.parameters)
    part = next(c for c in step.calls if c.operation == "UploadPartCopy")
    origin = source.value(copy_source(part.parameters["CopySource"]), None, ("CopySource",), 4)
    arguments = [
        origin,
        string(call.parameters["Bucket"]),
        string(call.parameters["Key"]),
        _extra(call, source),
    ]
    line = f"{client}.copy" + bracketed("(", [a for a in arguments if a], ")", 0)
    imports |= source.imports
    comment = "# copy does the same by itself: it copies large objects in parts."
    return [comment, *line.split("\n"), f"print({string(call.parameters['Key'])})"]


def copy_source(value: Any) -> dict[str, str]:
    """Return a CopySource as Bucket, Key and, where one was named, VersionId; botocore encodes a string itself."""
    if isinstance(value, dict):
        return dict(value)
    path, _, query = str(value).partition("?versionId=")
    bucket, _, key = path.lstrip("/").partition("/")
    return {"Bucket": bucket, "Key": key} | ({"VersionId": query} if query else {})
