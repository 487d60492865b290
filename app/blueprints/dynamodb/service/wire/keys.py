"""What a key must be: there, of the type of its table or index, not empty, not too long."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.wire.mistakes import Mistake
from app.blueprints.dynamodb.service.wire.numbers import canonical
from app.blueprints.dynamodb.service.wire.typed import TYPES

LONGEST = {"HASH": 2048, "RANGE": 1024}  # bytes


@dataclass(frozen=True)
class Key:
    """One attribute of a key: its name, its type (S, N or B), its role (HASH or RANGE), the index where it is one's."""

    name: str
    type: str
    role: str
    index: str = ""


def check_key(item: dict[str, Any], keys: Iterable[Key]) -> None:
    """Raise Mistake where an item's key attributes are not what the table and its indexes want.

    An index's key may be absent: the item is then not in the index.
    """
    for key in keys:
        value = item.get(key.name)
        if value is None:
            if not key.index:
                raise Mistake(f"The {_role(key)} “{key.name}” is missing.", (key.name,))
            continue
        _check(value, key)


def _check(value: dict[str, Any], key: Key) -> None:
    kind, inner = next(iter(value.items()))
    if kind != key.type:
        wanted, got = TYPES[key.type].lower(), TYPES[kind].lower()
        raise Mistake(f"The {_role(key)} “{key.name}” must be a {wanted}, and is a {got}.", (key.name,))
    if kind == "N":
        return
    size = len(inner.encode()) if kind == "S" else len(inner)
    if not size:
        raise Mistake(f"The {_role(key)} “{key.name}” is empty: DynamoDB takes no empty key.", (key.name,))
    if size > LONGEST[key.role]:
        most = f"{LONGEST[key.role]:,}"
        raise Mistake(f"The {_role(key)} “{key.name}” has {size:,} bytes: at most {most} are taken.", (key.name,))


def _role(key: Key) -> str:
    word = "partition key" if key.role == "HASH" else "sort key"
    return f"{word} of index {key.index}" if key.index else word


def identity(item: dict[str, Any], names: Iterable[str]) -> tuple[Any, ...]:
    """Return what makes two items the same: the values of their key, numbers by value."""
    found = []
    for name in names:
        kind, inner = next(iter(item[name].items()))
        found.append(canonical(inner) if kind == "N" else bytes(inner) if kind == "B" else inner)
    return tuple(found)
