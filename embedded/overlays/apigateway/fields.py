"""What a control-plane call sends, field by field: read with its type, or refused."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from embedded.overlays.apigateway.faults import Fault, bad

Convert = Callable[[Any], Any]
_STATUS = re.compile(r"[1-5]\d\d")


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise bad("A text is expected.")
    return value


def flag(value: Any) -> bool:
    """Return true or false; patches send it as a text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise bad(f"Invalid boolean value: {value}. Must be true or false.")


def whole(value: Any) -> int:
    """Return a whole number; patches send it as a text."""
    try:
        if isinstance(value, bool):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise bad(f"Invalid number: {value}") from None


def number(value: Any) -> float:
    """Return a finite number; patches send it as a text."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise bad(f"Invalid number: {value}") from None
    if not math.isfinite(found):
        raise bad(f"Invalid number: {value}")
    return found


def texts(asked: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return a map of texts, empty when it was not sent."""
    value = asked.get(field) or {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise bad(f"{field} must be a map of texts.")
    return dict(value)


def flags(asked: Mapping[str, Any], field: str) -> dict[str, bool]:
    """Return a map of true and false, empty when it was not sent."""
    value = asked.get(field) or {}
    if not isinstance(value, dict):
        raise bad(f"{field} must be a map.")
    return {name: flag(one) for name, one in value.items()}


def listed(asked: Mapping[str, Any], field: str) -> list[str]:
    """Return a list of texts, empty when it was not sent."""
    value = asked.get(field) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise bad(f"{field} must be a list of texts.")
    return list(value)


def chosen(value: Any, allowed: Sequence[str], what: str) -> str:
    """Return one of the allowed words."""
    if value not in allowed:
        raise bad(f"Invalid {what}: {value}. Must be one of: [{', '.join(allowed)}]")
    return str(value)


def status_code(value: str) -> str:
    """Return an HTTP status as API Gateway takes it."""
    if not _STATUS.fullmatch(value):
        raise bad("Invalid status code specified")
    return value


def present(asked: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields that were sent, of those named."""
    return {name: asked[name] for name in names if asked.get(name) is not None}


def optional(asked: Mapping[str, Any], field: str, convert: Convert, default: Any = None) -> Any:
    """Return a field with its type, or the default."""
    value = asked.get(field)
    return default if value is None else convert(value)


def limit(value: int) -> int:
    """Return a page's size."""
    if not 1 <= value <= 500:
        raise Fault("BadRequestException", "Invalid limit: must be between 1 and 500")
    return value
