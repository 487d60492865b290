"""The rules of single values: texts, binary, sets."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from app.blueprints.dynamodb.service.wire.mistakes import Mistake, Step
from app.blueprints.dynamodb.service.wire.numbers import canonical

Path = tuple[Step, ...]
DEPTH = 32  # levels of lists and maps
BINARY = "B"
SETS = ("SS", "NS", "BS")
TYPES = {
    "S": "String",
    "N": "Number",
    "B": "Binary",
    "BOOL": "Boolean",
    "NULL": "Null",
    "L": "List",
    "M": "Map",
    "SS": "String set",
    "NS": "Number set",
    "BS": "Binary set",
}


def kind(value: dict[str, Any]) -> str:
    """Return the type of a value in wire form: S, N, B, BOOL, NULL, L, M, SS, NS or BS."""
    return next(iter(value))


def text_of(text: str, path: Path) -> str:
    """Return a text that UTF-8 can hold. Raises Mistake for half a surrogate pair."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Mistake("The text holds half of a character (a lone surrogate), which UTF-8 cannot.", path) from None
    return text


def from_base64(text: Any, path: Path) -> bytes:
    """Return the bytes of a base64 text. Raises Mistake."""
    if not isinstance(text, str):
        raise Mistake("Binary is written as base64, in quotes.", path)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Mistake("This is not base64: groups of four of A-Z, a-z, 0-9, + and /, filled up with =.", path) from None


def set_of(kind: str, members: Sequence[Any], path: Path) -> list[Any]:
    """Return the members of a set. Raises Mistake where it is empty or a member stands twice."""
    if not members:
        raise Mistake("A set cannot be empty: leave the attribute out instead.", path)
    known = {canonical(one) for one in members} if kind == "NS" else set(members)
    if len(known) < len(members):
        raise Mistake("A member stands twice in the set.", path)
    return list(members)
