"""Two versions of an item beside each other: who changed what, and one of both made of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service import wire

Item = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """An attribute that is not the same in both versions; texts are empty where it is absent.

    `choice` is what loses nothing: theirs where only they changed it, mine where only this person did, and empty where
    both did.
    """

    name: str
    read: str
    theirs: str
    mine: str
    choice: str


def differences(read: Item, theirs: Item, mine: Item) -> list[Difference]:
    """Return what differs between the item as it is now and as this person wants it."""
    names = [name for name in {**theirs, **mine} if theirs.get(name) != mine.get(name)]
    return [_difference(name, read.get(name), theirs.get(name), mine.get(name)) for name in names]


def _difference(name: str, read: Any, theirs: Any, mine: Any) -> Difference:
    choice = "mine" if theirs == read else "theirs" if mine == read else ""
    return Difference(name, _text(read), _text(theirs), _text(mine), choice)


def _text(value: dict[str, Any] | None) -> str:
    return "" if value is None else wire.dynamo_value_text(value)


def merged(theirs: Item, mine: Item, taken: Collection[str]) -> Item:
    """Return their version with the attributes in `taken` as mine has them, or without those that it lacks."""
    kept = {name: value for name, value in theirs.items() if name not in taken or name in mine}
    return kept | {name: mine[name] for name in taken if name in mine}
