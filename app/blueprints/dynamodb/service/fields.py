"""An item as the fields of a form, and back without loss."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.tables import Key

Item = dict[str, dict[str, Any]]
MOST_FIELDS = 500
_MARKS = {"SS": "$stringSet", "NS": "$numberSet", "BS": "$binarySet"}


@dataclass(frozen=True)
class Field:
    """One attribute in the form; `quoted` texts stand as JSON, for they hold what a text area would change.

    `fault` says what is wrong with it.
    """

    name: str
    type: str
    text: str
    key: bool = False
    quoted: bool = False
    fault: str = ""


def can_show(item: Item) -> bool:
    """Whether a form can hold an item: names that a line of text would change are for JSON."""
    return len(item) <= MOST_FIELDS and not any(ord(letter) < 32 for name in item for letter in name)


def _changes(text: str) -> bool:
    """Whether a text comes back from a browser as another: line ends become CR LF, control characters vanish."""
    return any(ord(letter) < 32 and letter not in "\n\t" for letter in text)


def fields(item: Item, keys: Sequence[Key]) -> list[Field]:
    """Return the fields of an item, the key's first."""
    names = [key.name for key in keys]
    known = [Field(key.name, key.type, "", True) if key.name not in item else _field(key.name, item[key.name], True)
             for key in keys]  # fmt: skip
    return known + [_field(name, value, False) for name, value in item.items() if name not in names]


def _field(name: str, value: dict[str, Any], key: bool) -> Field:
    kind, inner = next(iter(value.items()))
    if kind == "S":
        quoted = _changes(inner)
        return Field(name, kind, json.dumps(inner) if quoted else inner, key, quoted)
    return Field(name, kind, _written(kind, inner), key)


def _written(kind: str, inner: Any) -> str:
    if kind == "NULL":
        return ""
    if kind == "B":
        return wire.base64_of(inner)
    if kind in ("SS", "NS", "BS"):
        members = [{kind[0]: wire.base64_of(one) if kind == "BS" else one} for one in inner]
        return wire.plain_value_text({"L": [{"S": next(iter(m.values()))} if kind == "BS" else m for m in members]})
    return wire.plain_value_text({kind: inner}, 2 if kind in ("L", "M") else 0)


def value(field: Field) -> dict[str, Any]:
    """Return the value of a field. Raises wire.Mistake."""
    text, kind = field.text, field.type
    if field.quoted:
        return _unquoted(text)
    if kind == "S":
        return wire.from_cell(text.replace("\r\n", "\n"), "S")
    if kind == "NULL":
        return {"NULL": True}
    if kind in _MARKS:
        return wire.plain_value(f'{{"{_MARKS[kind]}": {text.strip() or "[]"}}}')
    if kind in ("L", "M"):
        return _nested(text, kind)
    return wire.from_cell(text, kind)


def _unquoted(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, str):
        raise wire.Mistake("This text is kept in quotes, as JSON: they are missing or do not close.")
    return wire.from_cell(found, "S")


def _nested(text: str, kind: str) -> dict[str, Any]:
    found = wire.plain_value(text)
    if wire.kind(found) != kind:
        wanted = "a list in square brackets" if kind == "L" else "an object in curly brackets"
        raise wire.Mistake(f"Here {wanted} is wanted.")
    return found


def item(given: Sequence[Field]) -> tuple[Item, list[Field]]:
    """Return the item that fields make, and the fields again, with what is wrong beside them."""
    found: Item = {}
    told = list[Field]()
    for one in given:
        fault = ""
        if one.name in found:
            fault = f"The name {one.name} stands twice."
        else:
            try:
                found[one.name] = value(one)
            except wire.Mistake as error:
                where = wire.written([step for step in error.path if step not in _MARKS.values()])
                fault = f"{where}: {error.message}" if where else error.message
        told.append(Field(one.name, one.type, one.text, one.key, one.quoted, fault))
    return found, told
