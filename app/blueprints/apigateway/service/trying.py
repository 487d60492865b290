"""A method tried without a stage (TestInvokeMethod), and its execution log as steps through the four boxes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"^(\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \w+ \d{4}) : ", re.MULTILINE)
# How the lines of a log begin, and the box of the flow that they are about.
BOXES = (
    (
        "Method request",
        ("Starting execution", "HTTP Method:", "Method request", "Request body does not match", "API Key"),
    ),
    ("Integration request", ("Endpoint request", "Sending request to")),
    ("Integration", ("Received response", "Endpoint response", "Lambda invocation failed", "Invalid permissions")),
    ("Method response", ("Method response", "Method completed", "Successfully completed")),
)
FAILURES = ("Execution failed", "Lambda invocation failed", "Lambda execution failed", "Request body does not match")


@dataclass(frozen=True)
class LogLine:
    """One event of the log; `box` is where in the flow it happened."""

    time: str
    text: str
    box: str

    @property
    def failed(self) -> bool:
        """Whether it tells a failure."""
        return self.text.startswith(FAILURES)


@dataclass(frozen=True)
class Given:
    """What is sent: `query` as after a question mark, headers one a line."""

    body: str = ""
    query: str = ""
    headers: str = ""
    path: str = ""

    @property
    def header_pairs(self) -> dict[str, str]:
        """The headers by name."""
        lines = [one.partition(":") for one in self.headers.splitlines()]
        return {name.strip(): value.strip() for name, colon, value in lines if colon and name.strip()}


@dataclass(frozen=True)
class Tried:
    """What came back; `latency` in milliseconds."""

    status: int
    body: str
    headers: dict[str, str]
    latency: int
    log: tuple[LogLine, ...]


def faults(given: Given, path: str) -> dict[str, str]:
    """Return what cannot be sent, by field."""
    found = {}
    if any(line.strip() and ":" not in line for line in given.headers.splitlines()):
        found["headers"] = "Write one header a line, as “Name: value”."
    left = re.findall(r"\{([^}]+)\}", given.path or path)
    if left:
        found["path"] = f"Put a value where the path has {{{left[0]}}}."
    return found


def invoke(client: Any, api: str, resource: str, verb: str, given: Given, path: str) -> Tried:
    """Try a method with a body, a query and headers."""
    place = (given.path or path) + (f"?{given.query.lstrip('?')}" if given.query else "")
    more: dict[str, Any] = {"headers": given.header_pairs} if given.header_pairs else {}
    if given.body:
        more["body"] = given.body
    answer = client.test_invoke_method(
        restApiId=api, resourceId=resource, httpMethod=verb, pathWithQueryString=place, **more
    )
    return Tried(
        int(answer.get("status") or 0),
        answer.get("body") or "",
        dict(answer.get("headers") or {}),
        int(answer.get("latency") or 0),
        steps(answer.get("log") or ""),
    )


def steps(log: str) -> tuple[LogLine, ...]:
    """Return the events of an execution log; lines without a time of their own belong to the event before."""
    parts = _LINE.split(log)
    head = parts[0].strip()
    found = [LogLine("", head, BOXES[0][0])] if head else []
    box = BOXES[0][0]
    for moment, text in zip(parts[1::2], parts[2::2], strict=True):
        told = text.strip()
        box = next((name for name, begins in BOXES if told.startswith(begins)), box)
        found.append(LogLine(moment, told, box))
    return tuple(found)


def typed(form: Mapping[str, str]) -> Given:
    """Return what a form sends."""
    text = {name: form.get(name, "").replace("\r\n", "\n") for name in ("body", "query", "headers", "path")}
    return Given(text["body"], text["query"].strip(), text["headers"], text["path"].strip())
