"""Calls made up from botocore's models, and stand-ins that take what generated code sends."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.validate import ParamValidator

from app.codegen import models
from app.codegen.actions import TABLES
from app.recorder import Call

BYTES = b"PK\x05\x06" + bytes(18)  # an empty zip file: Lambda's commands look at what they send
REGION = "eu-west-1"
EVERY = sorted((service, name) for service, table in TABLES.items() for name in table)


def call(operation: str, parameters: dict[str, Any] | None = None, service: str = "s3", **facts: Any) -> Call:
    return Call(service, operation, parameters or {}, facts.pop("region", REGION), **facts)


def sample(service: str, name: str) -> Call:
    """A call with every parameter that its operation has, nested ones to a small depth."""
    model = models._service_model(service).operation_model(name)
    shape = model.input_shape
    values = {n: value(s, n, 0) for n, s in shape.members.items()} if shape else {}
    return Call(service, name, {n: v for n, v in values.items() if v is not None}, REGION)


def value(shape: Any, name: str, depth: int) -> Any:
    """A value of a shape; None for what cannot be made (deep or recursive structures, event streams)."""
    kind = shape.type_name
    if kind == "string":
        return shape.enum[0] if shape.enum else _text(name, shape)
    if kind in ("integer", "long", "float", "double"):
        return int(max(shape.metadata.get("min", 0), 7)) if kind in ("integer", "long") else 4.5
    if kind == "boolean":
        return len(name) % 2 == 0
    if kind == "timestamp":
        return datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    if kind == "blob":
        return BYTES if depth == 0 else None
    return _nested(shape, name, depth)


def _text(name: str, shape: Any) -> str:
    text = f"my-{name.lower()}"
    return text.ljust(int(shape.metadata.get("min", 0) or 0), "x")


def _nested(shape: Any, name: str, depth: int) -> Any:
    if depth > 4:
        return None
    if shape.type_name == "list":
        item = value(shape.member, name, depth + 1)
        return None if item is None else [item] * int(shape.metadata.get("min", 1) or 1)
    if shape.type_name == "map":
        item = value(shape.value, name, depth + 1)
        key = value(shape.key, "key", depth + 1)
        return None if item is None else {key: item}
    if shape.metadata.get("eventstream") or getattr(shape, "is_eventstream", False):
        return None
    members = {n: value(s, n, depth + 1) for n, s in shape.members.items()}
    if getattr(shape, "is_tagged_union", False):
        members = dict([next((pair for pair in members.items() if pair[1] is not None), ("", None))])
    missing = [n for n in shape.required_members if members.get(n) is None]
    return None if missing else {n: v for n, v in members.items() if v is not None}


class FakeBoto3:
    """Stands for the boto3 module: its clients check parameters as botocore does, and keep them."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, dict[str, Any]]] = []

    def client(self, service: str, region_name: str) -> "FakeClient":
        return FakeClient(self, service, region_name)


class FakeClient:
    """A client that answers every operation with an answer of its output shape."""

    def __init__(self, module: FakeBoto3, service: str, region: str) -> None:
        self._module = module
        self._service = service
        self._region = region
        model = models._service_model(service)
        self._methods = {models.operation(service, name).method: name for name in model.operation_names}

    def __getattr__(self, method: str) -> Any:
        name = self._methods[method]
        shape = models._service_model(self._service).operation_model(name)

        def invoke(**parameters: Any) -> dict[str, Any]:
            kept = {k: v.read() if hasattr(v, "read") else v for k, v in parameters.items()}
            report = ParamValidator().validate(kept, shape.input_shape) if shape.input_shape else None
            assert report is None or not report.has_errors(), report.generate_report()
            self._module.sent.append((self._service, self._region, name, kept))
            return answer(self._service, name)

        return invoke

    def get_paginator(self, method: str) -> "FakePaginator":
        return FakePaginator(getattr(self, method))


class FakePaginator:
    """Gives one page."""

    def __init__(self, method: Any) -> None:
        self._method = method

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        yield self._method(**parameters)


def answer(service: str, name: str) -> dict[str, Any]:
    """An answer with every member of the output shape, the body that streams among them."""
    facts = models.operation(service, name)
    found = {key: value(shape, key, 0) for key, shape in facts.outputs.items()}
    if facts.stream is not None:
        found[facts.stream] = io.BytesIO(b"a body")
    if facts.events is not None:
        found[facts.events] = [{"Event": 1}]
    return {**{k: v for k, v in found.items() if v is not None}, "ResponseMetadata": {"HTTPStatusCode": 200}}


def run(code: str, **names: Any) -> tuple[dict[str, Any], str]:
    """Run generated Python with names of our own in place of its imports of boto3; returns its names and output."""
    printed = io.StringIO()

    def show(*values: Any) -> None:
        printed.write(" ".join(str(item) for item in values) + "\n")

    space: dict[str, Any] = {"print": show, **names}
    exec(compile(code.replace("import boto3\n", "", 1) if "boto3" in names else code, "<snippet>", "exec"), space)
    return space, printed.getvalue()
