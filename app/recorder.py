"""The AWS calls of this request: recorded at botocore's events, shown by the call drawer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import Flask, Response

REDACTED = "(redacted)"
SMALL_BLOB = 512  # bytes; a larger body is recorded by its size alone
MOST_TIMINGS = 40  # entries; proxies limit the length of a header
_KEY = "trellis.call"

# Parameters whose values are secrets although botocore's models do not mark them, by (service, operation): the names
# that lead to each; lists on the way are walked.
_ALSO_SENSITIVE: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("glue", "StartJobRun"): (("Arguments",),),
    ("glue", "CreateJob"): (("DefaultArguments",), ("NonOverridableArguments",)),
    ("glue", "UpdateJob"): (("JobUpdate", "DefaultArguments"), ("JobUpdate", "NonOverridableArguments")),
    ("glue", "CreateTrigger"): (("Actions", "Arguments"),),
    ("glue", "UpdateTrigger"): (("TriggerUpdate", "Actions", "Arguments"),),
}
# Answers that are no failures: the page asked whether something is there, and it is not.
_ORDINARY = {
    ("GetBucketCors", "NoSuchCORSConfiguration"),
    ("GetObjectTagging", "NoSuchTagSet"),
    ("GetPolicy", "ResourceNotFoundException"),
    ("GetFunctionEventInvokeConfig", "ResourceNotFoundException"),
    ("HeadObject", "404"),
    ("HeadBucket", "404"),
    ("PutObject", "PreconditionFailed"),
    ("CompleteMultipartUpload", "PreconditionFailed"),
    ("CopyObject", "PreconditionFailed"),
    ("DeleteObject", "PreconditionFailed"),
    ("PutItem", "ConditionalCheckFailedException"),
    ("UpdateItem", "ConditionalCheckFailedException"),
    ("DeleteItem", "ConditionalCheckFailedException"),
}


@dataclass(frozen=True)
class Blob:
    """Stands for bytes or a stream that was sent: only its size is kept (None where it is not known)."""

    size: int | None


@dataclass
class Call:
    """One AWS call of this request, with secrets removed."""

    service: str
    operation: str
    parameters: dict[str, Any]
    region: str
    milliseconds: float = 0.0
    status: int | None = None
    request_id: str | None = None
    retries: int = 0
    error_code: str | None = None
    error_message: str | None = None
    started: float = field(default=0.0, repr=False)

    @property
    def failed(self) -> bool:
        """Whether AWS, or the way to it, gave an error."""
        return self.error_code is not None

    @property
    def absent(self) -> bool:
        """Whether AWS answered, as an ordinary answer, that there is nothing: scripts must be able to go on."""
        return self.status is not None and self.status >= 400 and not self.failed


_calls: ContextVar[list[Call] | None] = ContextVar("trellis_calls", default=None)


def recorded() -> list[Call]:
    """Return the calls made so far in this request, oldest first."""
    calls = _calls.get()
    return [] if calls is None else calls


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Record the calls made inside the block; yields the growing list."""
    calls: list[Call] = []
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Keep the dashboard's own housekeeping, which is no answer to the person, out of the record."""
    token = _calls.set(None)
    try:
        yield
    finally:
        _calls.reset(token)


def forget() -> None:
    """Record nothing more in this context: a thread that makes very many calls for a page."""
    _calls.set(None)


def attach(events: Any, region: str) -> None:
    """Register the recorder's handlers on the events of one botocore client."""

    def before(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        calls = _calls.get()
        if calls is None or context.get("is_presign_request"):  # signed here, never sent
            return
        service = model.service_model.service_name
        call = Call(service, model.name, _clean(model, params), region, started=time.perf_counter())
        context[_KEY] = call
        calls.append(call)

    events.register_first("provide-client-params", before)  # the caller's own words, before botocore adds any
    events.register_last("after-call", _after)
    events.register_last("after-call-error", _after_error)


def _after(http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    call: Call | None = context.get(_KEY)
    if call is None:
        return
    metadata = parsed.get("ResponseMetadata", {})
    call.milliseconds = (time.perf_counter() - call.started) * 1000
    call.status = http_response.status_code
    call.request_id = metadata.get("RequestId")
    call.retries = metadata.get("RetryAttempts", 0)
    if http_response.status_code >= 300:
        error = parsed.get("Error", {})
        code = error.get("Code") or str(call.status)
        if (call.operation, code) not in _ORDINARY:
            call.error_code, call.error_message = code, error.get("Message")


def _after_error(exception: Exception, context: dict[str, Any], **_: Any) -> None:
    call: Call | None = context.get(_KEY)
    if call is not None:
        call.milliseconds = (time.perf_counter() - call.started) * 1000
        call.error_code = type(exception).__name__
        call.error_message = str(exception)


def _clean(model: Any, params: dict[str, Any]) -> dict[str, Any]:
    shape = model.input_shape
    if shape is None:
        return dict(params)
    cleaned: Any = {name: _value(shape.members.get(name), value) for name, value in params.items()}
    for path in _ALSO_SENSITIVE.get((model.service_model.service_name, model.name), ()):
        cleaned = _hidden(cleaned, path)
    return dict(cleaned)


def _hidden(value: Any, path: tuple[str, ...]) -> Any:
    """Return a value with what lies at a path redacted; what the caller gave is not changed."""
    if not path:
        return REDACTED
    if isinstance(value, list | tuple):
        return [_hidden(item, path) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    return {**value, path[0]: _hidden(value[path[0]], path[1:])}


def _value(shape: Any, value: Any) -> Any:
    if shape is None:
        return value
    if "sensitive" in shape.metadata:
        return REDACTED
    if shape.type_name == "blob":
        return _blob(value)
    if isinstance(value, dict) and _has_secret_or_blob(shape):
        inner = shape.members if shape.type_name == "structure" else None
        return {k: _value(inner.get(k) if inner is not None else shape.value, v) for k, v in value.items()}
    if isinstance(value, list | tuple) and _has_secret_or_blob(shape):
        return [_value(shape.member, item) for item in value]
    return value


def _blob(value: Any) -> Any:
    if isinstance(value, bytes | bytearray) and len(value) <= SMALL_BLOB:
        return bytes(value)
    if isinstance(value, str) and len(value) <= SMALL_BLOB:
        return value
    return Blob(len(value) if hasattr(value, "__len__") else None)


@lru_cache(maxsize=4096)
def _has_secret_or_blob(shape: Any, _seen: frozenset[str] = frozenset()) -> bool:
    """Whether anything at or below a shape is a secret or a blob, so that plain structures are not walked."""
    if "sensitive" in shape.metadata or shape.type_name == "blob":
        return True
    if shape.name in _seen:
        return False
    seen = _seen | {shape.name}
    if shape.type_name == "structure":
        return any(_has_secret_or_blob(member, seen) for member in shape.members.values())
    if shape.type_name == "list":
        return _has_secret_or_blob(shape.member, seen)
    return shape.type_name == "map" and _has_secret_or_blob(shape.value, seen)


def init_app(app: Flask) -> None:
    """Record the calls of every request and name their times in Server-Timing."""

    @app.before_request
    def begin() -> None:
        _calls.set([])

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        _calls.set(None)

    @app.after_request
    def timing(response: Response) -> Response:
        entries = [f'{c.service};desc="{c.operation}";dur={c.milliseconds:.1f}' for c in recorded()[:MOST_TIMINGS]]
        if entries:
            response.headers["Server-Timing"] = ", ".join(entries)
        return response
