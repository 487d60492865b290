"""DynamoDB JSON, {"id": {"S": "1"}}, to wire form."""

from collections.abc import Callable
from typing import Any

from app.blueprints.dynamodb.service.wire.mistakes import Mistake
from app.blueprints.dynamodb.service.wire.reading import (
    Item,
    Number,
    Twice,
    Value,
    check_depth,
    check_object,
    listed,
    number,
    read,
)
from app.blueprints.dynamodb.service.wire.typed import BINARY, SETS, Path, from_base64, set_of, text_of


def dynamo_item(text: str) -> Item:
    """Return the item of a DynamoDB JSON object. Raises Mistake with line and column."""
    return read(text, marshalled_item)


def dynamo_value(text: str) -> Value:
    """Return the value of a DynamoDB JSON text, {"S": "1"}. Raises Mistake with line and column."""
    return read(text, lambda tree: marshalled(tree, ()))


def marshalled_item(tree: Any) -> Item:
    """Return the item of DynamoDB JSON that `tree_of` read. Raises Mistake with a path."""
    check_object(tree, ())
    return {text_of(name, (name,)): marshalled(value, (name,)) for name, value in tree.items()}


def marshalled(tree: Any, path: Path, depth: int = 0) -> Value:
    """Return the value of DynamoDB JSON that `tree_of` read. Raises Mistake with a path."""
    if not isinstance(tree, dict) or len(tree) != 1 or isinstance(tree, Twice):
        raise Mistake('A value of DynamoDB JSON is an object of one type and its content, such as {"S": "text"}.', path)
    kind, inner = next(iter(tree.items()))
    reader = _READERS.get(kind)
    if reader is None:
        raise Mistake(f"There is no type “{kind}”: it is one of {', '.join(_READERS)}.", (*path, kind))
    return {kind: reader(inner, (*path, kind), depth)}


def _string(inner: Any, path: Path, _: int) -> str:
    if not isinstance(inner, str) or isinstance(inner, Number):
        raise Mistake("An S holds a text in quotes.", path)
    return text_of(inner, path)


def _number_text(inner: Any, path: Path, _: int) -> str:
    if not isinstance(inner, str) or isinstance(inner, Number):
        raise Mistake('An N holds its number in quotes: {"N": "12"}.', path)
    return number(inner, path)


def _set_reader(kind: str) -> Callable[[Any, Path, int], list[Any]]:
    def read(inner: Any, path: Path, _: int) -> list[Any]:
        return set_of(
            kind, [_READERS[kind[0]](value, (*path, at), 0) for at, value in enumerate(listed(inner, path))], path
        )

    return read


def _list_values(inner: Any, path: Path, depth: int) -> list[Value]:
    check_depth(depth + 1, path)
    return [marshalled(one, (*path, at), depth + 1) for at, one in enumerate(listed(inner, path))]


def _map_values(inner: Any, path: Path, depth: int) -> Item:
    check_depth(depth + 1, path)
    check_object(inner, path)
    return {text_of(k, (*path, k)): marshalled(v, (*path, k), depth + 1) for k, v in inner.items()}


def _boolean(inner: Any, path: Path, _: int) -> bool:
    if not isinstance(inner, bool):
        raise Mistake("A BOOL holds true or false, without quotes.", path)
    return inner


def _null(inner: Any, path: Path, _: int) -> bool:
    if inner is not True:
        raise Mistake('A NULL holds true: {"NULL": true}.', path)
    return True


_READERS: dict[str, Callable[[Any, Path, int], Any]] = {
    "S": _string,
    "N": _number_text,
    BINARY: lambda inner, path, _: from_base64(inner, path),
    "BOOL": _boolean,
    "NULL": _null,
    "L": _list_values,
    "M": _map_values,
    **{kind: _set_reader(kind) for kind in SETS},
}
