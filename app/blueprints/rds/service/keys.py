"""The key of a row in an address: JSON in which decimals and bytes keep their type."""

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from app.sql.values import Cut

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one for each row


def dump(values: Sequence[object]) -> str:
    """Return values as text; an empty one where a value is too long to name a row by."""
    if any(isinstance(value, Cut) for value in values):
        return ""
    return _ENCODER.encode([_plain(value) for value in values])


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return {"d": str(value)}
    if isinstance(value, bytes):
        return {"x": value.hex()}
    return value


def load(text: str) -> tuple[object, ...]:
    """Return the values again. Raises ValueError for a text that is none of ours."""
    try:
        found = json.loads(text) if text else []
    except RecursionError as error:
        raise ValueError("a key is flat") from error
    if not isinstance(found, list) or len(found) > 64:
        raise ValueError("a key is a list")
    return tuple(_value(value) for value in found)


def _value(value: object) -> object:
    if isinstance(value, dict):
        try:
            return Decimal(str(value["d"])) if "d" in value else bytes.fromhex(str(value["x"]))
        except (KeyError, InvalidOperation) as error:
            raise ValueError("a key holds decimals and bytes") from error
    if isinstance(value, list):
        raise ValueError("a key is flat")
    if isinstance(value, str):
        value.encode()  # half a pair of surrogates is no text; it raises a ValueError, too
    return value
