"""What botocore knows of an operation: its shapes, its paginator, how its answer streams. Loaded once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.model import OperationNotFoundError, ServiceModel

from app import awsdata

_LOADER = awsdata.loader()
_KNOWN: dict[str, ServiceModel] = {}


@dataclass(frozen=True)
class Pages:
    """How an operation pages: the names of its parameters for the token and for the size of a page."""

    tokens: frozenset[str]
    limit: str | None
    results: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """The facts of one operation that generated code depends on.

    `stream` names the member of the answer that is a body, `events` the one that is a stream of events.
    """

    service: str
    name: str
    method: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    pages: Pages | None
    stream: str | None
    events: str | None
    http_method: str
    uri: str

    @property
    def command(self) -> str:
        """The operation as the AWS CLI spells it."""
        return str(xform_name(self.name, "-"))


def learn(model: ServiceModel) -> None:
    """Use the model that a client has already loaded, so that it is not read from disk a second time."""
    _KNOWN.setdefault(model.service_name, model)


def known(service: str) -> bool:
    """Whether a service's model is already in memory."""
    return service in _KNOWN


@lru_cache(maxsize=2048)
def operation(service: str, name: str) -> Operation:
    """Return the facts of an operation; raises KeyError where botocore has no such operation."""
    model = _service_model(service)
    try:
        found = model.operation_model(name)
    except OperationNotFoundError as error:
        raise KeyError(f"{service}:{name}") from error
    members = dict(found.input_shape.members) if found.input_shape else {}
    outputs = dict(found.output_shape.members) if found.output_shape else {}
    stream, events = found.get_streaming_output(), found.get_event_stream_output()
    return Operation(
        service=service,
        name=name,
        method=xform_name(name),
        inputs=members,
        outputs=outputs,
        pages=_pages(service, name),
        stream=_member(outputs, stream),
        events=_member(outputs, events),
        http_method=found.http.get("method", "POST"),
        uri=found.http.get("requestUri", "/"),
    )


def _member(members: dict[str, Any], wanted: Any) -> str | None:
    return next((name for name, shape in members.items() if shape is wanted), None) if wanted else None


def _service_model(service: str) -> ServiceModel:
    if service not in _KNOWN:
        try:
            description = _LOADER.load_service_model(service, "service-2")
        except (UnknownServiceError, DataNotFoundError) as error:
            raise KeyError(service) from error
        _KNOWN[service] = ServiceModel(description, service)
    return _KNOWN[service]


@lru_cache(maxsize=64)
def _paginators(service: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = _LOADER.load_service_model(service, "paginators-1")["pagination"]
    except (UnknownServiceError, DataNotFoundError):
        return {}
    return found


def _pages(service: str, name: str) -> Pages | None:
    model = _paginators(service).get(name)
    if model is None:
        return None
    return Pages(
        tokens=frozenset(_strings(model["input_token"])),
        limit=model.get("limit_key"),
        results=tuple(_strings(model.get("result_key", []))),
    )


def _strings(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
