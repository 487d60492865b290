"""JSON texts to wire form: numbers exact, what DynamoDB refuses found here with its line and column.

Plain JSON has no binary and no sets. They are written as objects of one name, so that the way back loses nothing:
{"$binary": "base64"}, {"$stringSet": [..]}, {"$numberSet": [..]}, {"$binarySet": [..]}; a map that really has one such
name is wrapped once more, {"$map": {..}}.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.blueprints.dynamodb.service.wire.mistakes import Mistake, Step, line_and_column, placed
from app.blueprints.dynamodb.service.wire.numbers import NumberRefused, checked
from app.blueprints.dynamodb.service.wire.typed import DEPTH, Path, from_base64, set_of, text_of

Value = dict[str, Any]
Item = dict[str, Value]
Read = TypeVar("Read")
MARKED = {"$binary": "B", "$stringSet": "SS", "$numberSet": "NS", "$binarySet": "BS", "$map": "M"}
_LONGEST_DIGITS = 4000  # characters of one number that are looked at


class Number(str):
    """The text of a JSON number, digits as they were typed."""

    __slots__ = ()


class Twice(dict[str, Any]):
    """An object in which a name stands twice."""

    name: str


class Constant(str):
    """NaN or Infinity, which are no JSON."""

    __slots__ = ()


def plain_item(text: str) -> Item:
    """Return the item that a plain JSON object is. Raises Mistake with line and column."""
    return read(text, item_of)


def plain_value(text: str) -> Value:
    """Return the value that a plain JSON text is. Raises Mistake with line and column."""
    return read(text, lambda tree: value_of(tree, ()))


def read(text: str, convert: Callable[[Any], Read]) -> Read:
    """Return what `convert` makes of a JSON text; its mistakes get their line and column."""
    try:
        return convert(tree_of(text))
    except Mistake as error:
        raise placed(error, text) from None


def tree_of(text: str) -> Any:
    """Return a JSON text as dicts, lists, strings and Numbers. Raises Mistake where it is no JSON."""
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise Mistake(f"This is not JSON: {error.msg}.", (), error.lineno, error.colno) from None
    except RecursionError:
        raise Mistake(_too_deep(), (), *_deep_place(text)) from None


def pairs(found_pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, marked as Twice where a name stands twice in it."""
    found = dict(found_pairs)
    if len(found) == len(found_pairs):
        return found
    twice = Twice(found)
    names = set[str]()
    for name, _ in found_pairs:
        if name in names:
            twice.name = name
            break
        names.add(name)
    return twice


def _deep_place(text: str) -> tuple[int, int]:
    depth, inside, skip = 0, False, False
    for offset, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == '"':
            inside = not inside
        elif inside:
            skip = letter == "\\"
        elif letter in "{[":
            depth += 1
            if depth > DEPTH + 1:
                return line_and_column(text, offset)
    return 1, 1


def item_of(tree: Any) -> Item:
    """Return the item of a plain JSON object that `tree_of` read. Raises Mistake with a path."""
    check_object(tree, ())
    return {text_of(name, (name,)): value_of(value, (name,)) for name, value in tree.items()}


def value_of(tree: Any, path: Path, depth: int = 0) -> Value:
    """Return the value of plain JSON that `tree_of` read. Raises Mistake with a path."""
    if isinstance(tree, Number | Constant):
        return {"N": number(tree, path)}
    if isinstance(tree, str):
        return {"S": text_of(tree, path)}
    if isinstance(tree, bool):
        return {"BOOL": tree}
    if tree is None:
        return {"NULL": True}
    check_depth(depth + 1, path)
    if isinstance(tree, list):
        return {"L": [value_of(one, (*path, at), depth + 1) for at, one in enumerate(tree)]}
    check_object(tree, path)
    if len(tree) == 1 and (name := next(iter(tree))) in MARKED:
        return _marked(name, tree[name], (*path, name), depth)
    return {"M": {text_of(k, (*path, k)): value_of(v, (*path, k), depth + 1) for k, v in tree.items()}}


def _marked(name: str, inner: Any, path: Path, depth: int) -> Value:
    kind = MARKED[name]
    if kind == "M":
        check_object(inner, path)
        return {"M": {text_of(k, (*path, k)): value_of(v, (*path, k), depth + 1) for k, v in inner.items()}}
    if kind == "B":
        return {"B": from_base64(inner, path)}
    return {kind: set_of(kind, [_member(kind, one, (*path, at)) for at, one in enumerate(listed(inner, path))], path)}


def _member(kind: str, one: Any, path: Path) -> Any:
    if kind == "NS":
        return number(one, path)
    if kind == "BS":
        return from_base64(one, path)
    if not isinstance(one, str) or isinstance(one, Number):
        raise Mistake("A string set holds texts only.", path)
    return text_of(one, path)


def number(text: Any, path: Sequence[Step]) -> str:
    """Return the checked text of a number. Raises Mistake."""
    if not isinstance(text, str) or len(text) > _LONGEST_DIGITS:
        raise Mistake("This is not a number.", path)
    try:
        return checked(text)
    except NumberRefused as error:
        raise Mistake(str(error), path) from None


def listed(inner: Any, path: Path) -> list[Any]:
    """Return a list. Raises Mistake where it is none."""
    if not isinstance(inner, list):
        raise Mistake("Here a list is wanted, in square brackets.", path)
    return inner


def check_object(tree: Any, path: Path) -> None:
    """Raise Mistake where there is no object, or one in which a name stands twice."""
    if isinstance(tree, Twice):
        raise Mistake(f"The name “{tree.name}” stands twice in one object.", (*path, tree.name))
    if not isinstance(tree, dict):
        raise Mistake("Here an object is wanted, in curly brackets.", path)


def check_depth(depth: int, path: Path) -> None:
    """Raise Mistake below the deepest level of lists and maps."""
    if depth > DEPTH:
        raise Mistake(_too_deep(), path)


def _too_deep() -> str:
    return f"Lists and maps lie more than {DEPTH} levels deep: DynamoDB takes {DEPTH}."
