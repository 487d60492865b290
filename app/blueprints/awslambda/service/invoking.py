"""An invocation: sent, and its answer in words.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import base64
import json
import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.blueprints.awslambda.service import advice, prices
from app.blueprints.awslambda.service.advice import Advice
from app.blueprints.awslambda.service.report import Report, parse
from app.masking import mask

MIB = 1024 * 1024
KINDS = {
    "RequestResponse": "Wait for the result",
    "Event": "Asynchronous: Lambda queues it",
    "DryRun": "Dry run: may I?",
}
# Bytes of an event; asynchronous ones were limited to 256 KB before October 2025.
LIMITS = {"RequestResponse": 6 * MIB, "Event": MIB, "DryRun": 6 * MIB}
SHOWN = 200_000  # characters of a result that a page shows


@dataclass(frozen=True)
class Mistake:
    """Where an event is not JSON; counts from 1."""

    message: str
    line: int
    column: int


@dataclass(frozen=True)
class Failure:
    """What the function's code failed with."""

    type: str
    message: str
    trace: tuple[str, ...]
    advice: Advice


@dataclass(frozen=True)
class Outcome:
    """An invocation's answer: `milliseconds` is the whole call's time, the report's are the function's own."""

    kind: str
    status: int
    version: str
    request_id: str
    milliseconds: float
    sent: int
    size: int
    result: str
    cut: bool = False
    log: str = ""
    failure: Failure | None = None
    report: Report | None = None
    cost: float = 0.0

    @property
    def title(self) -> str:
        """What came of it, in words."""
        if self.kind == "DryRun":
            return "It may be invoked"
        if self.kind == "Event":
            return "Queued"
        return "It failed" if self.failure else "Succeeded"


def mistake(payload: bytes) -> Mistake | None:
    """Return where an event is not JSON, None where it is."""
    try:
        json.loads(payload.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return Mistake("The event is not UTF-8.", 1, 1)
    except json.JSONDecodeError as error:
        return Mistake(_words(error), error.lineno, error.colno)
    except RecursionError:
        return Mistake("It is nested too deeply.", 1, 1)
    except ValueError as error:
        return Mistake(str(error), 1, 1)
    return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON.")


def _words(error: json.JSONDecodeError) -> str:
    if error.doc[error.pos : error.pos + 1] == "'":
        return "JSON has double quotes, not single ones."
    return f"{error.msg}."


def too_large(size: int, kind: str) -> str:
    """Return what to say of an event that Lambda would not take; empty where it fits."""
    most = LIMITS[kind]
    if size <= most:
        return ""
    put = "Put it into S3 and send its key."
    return f"The event has {size:,} bytes; {'asynchronously ' if kind == 'Event' else ''}Lambda takes {most:,}. {put}"


def invoke(client: Any, name: str, payload: bytes, kind: str, qualifier: str = "") -> Outcome:
    """Invoke a function. Raises ClientError for what AWS refuses."""
    asked: dict[str, Any] = {"FunctionName": name, "InvocationType": kind, "Payload": payload}
    if kind == "RequestResponse":
        asked["LogType"] = "Tail"
    if qualifier:
        asked["Qualifier"] = qualifier
    began = time.perf_counter()
    answer = client.invoke(**asked)
    body = answer["Payload"].read()
    took = (time.perf_counter() - began) * 1000
    return _outcome(answer, body, kind, took, len(payload))


def _outcome(answer: Mapping[str, Any], body: bytes, kind: str, took: float, sent: int) -> Outcome:
    log = base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace")
    report = next((found for line in reversed(log.splitlines()) if (found := parse(line))), None)
    text = pretty(body)
    metadata = answer["ResponseMetadata"]
    return Outcome(
        kind,
        answer["StatusCode"],
        answer.get("ExecutedVersion", ""),
        report.request_id if report else metadata.get("RequestId") or "",
        took,
        sent,
        len(body),
        text[:SHOWN],
        len(text) > SHOWN,
        mask(log, Counter()),
        failure(body) if answer.get("FunctionError") else None,
        report,
        prices.cost(report.billed, report.memory) if report else 0.0,
    )


def pretty(body: bytes) -> str:
    """Return a result laid out; as it is where it is no JSON, or where that would change a number."""
    if len(body) > MIB:
        return body.decode("utf-8", "replace")
    try:
        value = json.loads(body, parse_float=_exactly)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
    return json.dumps(value, indent=2, ensure_ascii=False)


def _exactly(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or Decimal(text) != Decimal(repr(number)):
        raise ValueError(text)
    return number


def failure(body: bytes) -> Failure:
    """Return what a function failed with, as its payload says."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        said = {"errorMessage": body.decode("utf-8", "replace")}
    kind = str(said.get("errorType") or "Unhandled")
    message = str(said.get("errorMessage") or "")
    trace = said.get("stackTrace") or ()
    lines = tuple(str(one).rstrip("\n") for one in trace) if isinstance(trace, list) else ()
    return Failure(kind, message, lines, advice.of(kind, message))
