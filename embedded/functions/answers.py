"""What a handler returned, as the JSON that Lambda makes of it."""

import decimal
import json
import math
import secrets
from typing import Any

from embedded.functions.faults import Fault


def marshal(value: Any) -> bytes:
    """Return the JSON; Runtime.MarshalError for what has none. Decimals become numbers with all their digits."""
    decimals: dict[str, str] = {}

    def other(found: Any) -> Any:
        if isinstance(found, decimal.Decimal):
            if not found.is_finite():
                return math.nan if found.is_nan() else float(found)
            mark = secrets.token_hex(16)
            decimals[mark] = str(found)
            return mark
        raise TypeError(f"Object of type {type(found).__name__} is not JSON serializable")

    try:
        text = json.dumps(value, default=other, ensure_ascii=False)
        for mark, digits in decimals.items():
            text = text.replace(f'"{mark}"', digits)
        return text.encode()
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def unmarshal(payload: bytes) -> Any:
    """Return the event."""
    try:
        return json.loads(payload or b"{}")
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
