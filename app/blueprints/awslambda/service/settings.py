"""A function's settings: what a form asks for, what is wrong with it, how it is written; nobody's change is lost.

https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service.checks import handler_fault
from app.masking import WHOLE
from app.numbers import told, whole

RANGES = {"memory": (128, 10_240), "timeout": (1, 900), "storage": (512, 10_240)}
UNITS = {"memory": "MB", "timeout": "seconds", "storage": "MB"}
MOST_LAYERS = 5
AGES = (60, 21_600)


@dataclass(frozen=True)
class Asynchronous:
    """How Lambda treats an asynchronous event: retries, and seconds that it keeps it."""

    retries: int = 2
    age: int = 21_600
    set: bool = False
    on_failure: str = ""
    unread: str = ""


@dataclass(frozen=True)
class Concurrency:
    """Invocations at once that are kept for a function; None: it shares what the account has."""

    reserved: int | None = None
    account: int | None = None
    unread: str = ""


@dataclass(frozen=True)
class Typed:
    """The settings as they were typed, and what is wrong by field."""

    values: Mapping[str, str]
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


def faults(values: Mapping[str, str], runtimes: Sequence[str]) -> dict[str, str]:
    """Return what is wrong with typed settings, by field."""
    found = {
        name: told(least, most, UNITS[name])
        for name, (least, most) in RANGES.items()
        if whole(values.get(name), least, most) is None
    }
    if said := handler_fault(values.get("handler", "")):
        found["handler"] = said
    if values.get("runtime", "") not in runtimes:
        found["runtime"] = "Choose one of the runtimes."
    if len(values.get("description", "")) > 256:
        found["description"] = "At most 256 characters."
    layers = layers_of(values.get("layers", ""))
    if len(layers) > MOST_LAYERS:
        found["layers"] = f"At most {MOST_LAYERS} layers."
    elif wrong := next((one for one in layers if not _is_layer(one)), None):
        found["layers"] = f"“{wrong[:80]}” is no layer version's ARN: it ends with :layer:name:number."
    return found


def _is_layer(arn: str) -> bool:
    return ":layer:" in arn and whole(arn.rpartition(":")[2], 1) is not None


def layers_of(text: str) -> list[str]:
    """Return the ARNs of a field with one a line."""
    return text.split()


def update(client: Any, name: str, values: Mapping[str, str], environment: Mapping[str, str], revision: str) -> None:
    """Write settings that have no faults; AWS refuses them where `revision` is not the function's any more."""
    client.update_function_configuration(
        FunctionName=name,
        Runtime=values["runtime"],
        Handler=values["handler"],
        Role=values["role"],
        Description=values["description"],
        MemorySize=int(values["memory"]),
        Timeout=int(values["timeout"]),
        EphemeralStorage={"Size": int(values["storage"])},
        Environment={"Variables": dict(environment)},
        Layers=layers_of(values.get("layers", "")),
        RevisionId=revision,
    )


def concurrency(client: Any, name: str) -> Concurrency:
    """Return what is reserved for a function."""
    try:
        reserved = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    except ClientError as error:
        return Concurrency(unread=_said(error))
    try:
        account = client.get_account_settings()["AccountLimit"].get("UnreservedConcurrentExecutions")
    except ClientError:
        account = None
    return Concurrency(reserved, account)


def reserve(client: Any, name: str, number: int | None) -> None:
    """Reserve invocations at once; None gives them back."""
    if number is None:
        client.delete_function_concurrency(FunctionName=name)
    else:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=number)


def asynchronous(client: Any, name: str) -> Asynchronous:
    """Return how asynchronous events are treated; AWS's defaults where nothing is set."""
    try:
        found = client.get_function_event_invoke_config(FunctionName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return Asynchronous()
        return Asynchronous(unread=_said(error))
    failed = found.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    retries, age = found.get("MaximumRetryAttempts", 2), found.get("MaximumEventAgeInSeconds", 21_600)
    return Asynchronous(retries, age, True, failed)


def set_asynchronous(client: Any, name: str, retries: int, age: int) -> None:
    """Set retries and age; a destination that is set stays."""
    before = asynchronous(client, name)
    call = client.update_function_event_invoke_config if before.set else client.put_function_event_invoke_config
    call(FunctionName=name, MaximumRetryAttempts=retries, MaximumEventAgeInSeconds=age)


def tags(client: Any, arn: str) -> tuple[dict[str, str], str]:
    """Return a function's tags, or why they are not known."""
    try:
        found: dict[str, str] = client.list_tags(Resource=arn).get("Tags", {})
    except ClientError as error:
        return {}, _said(error)
    return found, ""


def set_tags(client: Any, arn: str, wanted: Mapping[str, str], shown: Mapping[str, str]) -> None:
    """Make the tags that the form showed those that are wanted."""
    fresh = {name: value for name, value in wanted.items() if shown.get(name) != value}
    gone = [name for name in shown if name not in wanted]
    if fresh:
        client.tag_resource(Resource=arn, Tags=fresh)
    if gone:
        client.untag_resource(Resource=arn, TagKeys=gone)


def tag_fault(wanted: Mapping[str, str]) -> str:
    """Return what is wrong with tags."""
    if len(wanted) > 50:
        return "A function has at most 50 tags."
    for name, value in wanted.items():
        if name.lower().startswith("aws:"):
            return "Names that begin with aws: are AWS's own."
        if len(name) > 128 or len(value) > 256:
            return "A tag's name has at most 128 characters, its value 256."
    return ""


def _said(error: ClientError) -> str:
    return error.response["Error"].get("Message", "") or str(error)


def environment(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a configuration, with their secrets: never shown as they are."""
    found: dict[str, str] = configuration.get("Environment", {}).get("Variables", {})
    return found


def as_typed(function: Any) -> Typed:
    """Return the form of a function's settings as they are."""
    values = {
        "memory": str(function.memory), "timeout": str(function.timeout), "storage": str(function.storage),
        "handler": function.handler, "runtime": function.runtime, "description": function.description,
        "role": function.role, "layers": "\n".join(function.layers), "revision": function.revision,
    }  # fmt: skip
    names = tuple(one.name for one in function.variables)
    return Typed(values, names, tuple(WHOLE if one.secret else one.value for one in function.variables))
