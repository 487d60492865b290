"""Literals and parameters of a statement as values in wire form."""

from collections.abc import Mapping
from typing import Any

from app.blueprints.dynamodb.service.partiql.nodes import Node
from app.blueprints.dynamodb.service.wire import Value, kind

Parameters = Mapping[int, Value]


class NoExpression(Exception):
    """This cannot be said with expressions; the text says what."""


def bound(node: Node, given: Parameters) -> Value:
    """Return what a value node stands for. Raises NoExpression for one that is no value by itself."""
    if node.kind == "literal":
        value: Value = node.name
        return value
    if node.kind == "parameter":
        if node.name not in given:
            raise NoExpression(f"parameter {node.name} has no value yet")
        return given[node.name]
    if node.kind == "list":
        return {"L": [bound(one, given) for one in node.inner]}
    if node.kind == "struct":
        pairs = zip(node.inner[::2], node.inner[1::2], strict=True)
        return {"M": {name.name["S"]: bound(one, given) for name, one in pairs}}
    if node.kind == "bag":
        return _bag([bound(one, given) for one in node.inner])
    raise NoExpression("a value that is computed from others")


def _bag(members: list[Value]) -> Value:
    kinds = {kind(one) for one in members}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise NoExpression("a set whose members are not all texts, numbers or binary")
    only = kinds.pop()
    inner: list[Any] = [one[only] for one in members]
    return {f"{only}S": inner}
