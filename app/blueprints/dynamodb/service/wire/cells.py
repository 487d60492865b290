"""Cells of a CSV file: which type a column has, and a cell as a value of that type."""

from collections import Counter
from typing import Any

from app.blueprints.dynamodb.service.wire.marshalling import dynamo_value
from app.blueprints.dynamodb.service.wire.mistakes import Mistake
from app.blueprints.dynamodb.service.wire.numbers import looks_like_number
from app.blueprints.dynamodb.service.wire.reading import number, plain_value
from app.blueprints.dynamodb.service.wire.typed import from_base64, text_of

CHOICES = {
    "S": "String",
    "N": "Number",
    "BOOL": "Boolean",
    "B": "Binary (base64)",
    "JSON": "JSON (list, map, set)",
    "DYNAMODB": "DynamoDB JSON",
    "SKIP": "Leave out",
}
_BOOLEANS = {"true": True, "false": False}


def guess(text: str) -> str:
    """Return the type that one cell plainly is: N, BOOL, JSON or S; empty for an empty cell."""
    if not text:
        return ""
    if looks_like_number(text):
        return "N"
    if text.lower() in _BOOLEANS:
        return "BOOL"
    return "JSON" if text[0] in "[{" and _is_json(text) else "S"


def _is_json(text: str) -> bool:
    try:
        plain_value(text)
    except Mistake:
        return False
    return True


def infer(seen: Counter[str]) -> str:
    """Return the type of a column from how often `guess` gave each: one that every cell fits, else S."""
    kinds = {kind for kind, count in seen.items() if kind and count}
    return kinds.pop() if len(kinds) == 1 else "S"


def from_cell(text: str, kind: str) -> dict[str, Any]:
    """Return a cell as a value in wire form; `kind` is one of CHOICES but SKIP. Raises Mistake."""
    if kind == "S":
        return {"S": text_of(text, ())}
    if kind == "N":
        return {"N": number(text.strip(), ())}
    if kind == "BOOL":
        if text.strip().lower() not in _BOOLEANS:
            raise Mistake("This is neither true nor false.")
        return {"BOOL": _BOOLEANS[text.strip().lower()]}
    if kind == "B":
        return {"B": from_base64(text, ())}
    return dynamo_value(text) if kind == "DYNAMODB" else plain_value(text)
