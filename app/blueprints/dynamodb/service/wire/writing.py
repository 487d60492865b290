"""Wire form to JSON texts, written here because json knows no exact decimal numbers."""

import base64
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring as quoted
from typing import Any

from app.blueprints.dynamodb.service.wire.numbers import as_json
from app.blueprints.dynamodb.service.wire.reading import MARKED, Item, Value

_MARKS = {kind: f'"{name}"' for name, kind in MARKED.items()}


def plain_text(item: Item, indent: int = 0) -> str:
    """Return an item as plain JSON on one line, or indented by `indent`; sets and binary are marked (see reading)."""
    return _object(((name, value) for name, value in item.items()), _plain, indent, 0)


def plain_value_text(value: Value, indent: int = 0) -> str:
    """Return a value as plain JSON."""
    return _plain(value, indent, 0)


def dynamo_text(item: Item, indent: int = 0) -> str:
    """Return an item as DynamoDB JSON."""
    return _object(item.items(), _marshalled, indent, 0)


def dynamo_value_text(value: Value, indent: int = 0) -> str:
    """Return a value as DynamoDB JSON; a value itself stays on one line where its content is one."""
    return _marshalled(value, indent, 0)


def base64_of(data: Any) -> str:
    """Return bytes, or boto3's Binary, as base64."""
    return base64.b64encode(bytes(data)).decode()


def _plain(value: Value, indent: int, level: int) -> str:
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return quoted(inner)
    if kind == "N":
        return as_json(inner)
    if kind == "BOOL":
        return "true" if inner else "false"
    if kind == "NULL":
        return "null"
    if kind == "L":
        return _list((_plain(one, indent, level + 1) for one in inner), indent, level)
    if kind == "M":
        if len(inner) == 1 and next(iter(inner)) in MARKED:
            return f"{{{_MARKS['M']}: {_object(inner.items(), _plain, indent, level)}}}"
        return _object(inner.items(), _plain, indent, level)
    return f"{{{_MARKS[kind]}: {_scalars(kind, inner, as_json)}}}"


def _marshalled(value: Value, indent: int, level: int) -> str:
    kind, inner = next(iter(value.items()))
    if kind == "L":
        content = _list((_marshalled(one, indent, level + 1) for one in inner), indent, level)
    elif kind == "M":
        content = _object(inner.items(), _marshalled, indent, level)
    elif kind in ("BOOL", "NULL"):
        content = "true" if inner else "false"
    else:
        content = _scalars(kind, inner, lambda text: f'"{text}"')
    return f'{{"{kind}": {content}}}'


def _scalars(kind: str, inner: Any, number: Callable[[str], str]) -> str:
    """Return a text, number or binary, or a set of them."""
    one: Callable[[Any], str] = {"S": quoted, "N": number, "B": _binary}[kind[0]]
    return f"[{', '.join([one(member) for member in inner])}]" if len(kind) == 2 else one(inner)


def _binary(data: Any) -> str:
    return f'"{base64_of(data)}"'


def _object(
    pairs: Iterable[tuple[str, Value]], write: Callable[[Value, int, int], str], indent: int, level: int
) -> str:
    parts = [f"{quoted(name)}: {write(value, indent, level + 1)}" for name, value in pairs]
    return _joined("{", parts, "}", indent, level)


def _list(parts: Iterable[str], indent: int, level: int) -> str:
    return _joined("[", list(parts), "]", indent, level)


def _joined(opening: str, parts: list[str], closing: str, indent: int, level: int) -> str:
    if not indent or not parts:
        return f"{opening}{', '.join(parts)}{closing}"
    inside = "\n" + " " * indent * (level + 1)
    return f"{opening}{inside}{f',{inside}'.join(parts)}\n{' ' * indent * level}{closing}"
