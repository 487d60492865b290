"""Values as AWS writes them in a result."""

import base64
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from embedded.overlays.insights.compiling import Column
from embedded.overlays.insights.compiling.values import NUMBER, TIME, TRUTH

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pointer(account: str, region: str, number: int) -> str:
    """Return the @ptr of an event."""
    return base64.b64encode(f"{account}/{region}/{number}".encode()).decode()


def pointed(text: str) -> tuple[str, str, int] | None:
    """Return the account, region and number that a @ptr stands for, None when it is none."""
    try:
        account, region, number = base64.b64decode(text, validate=True).decode().split("/")
        return account, region, int(number)
    except ValueError:
        return None


def shown(value: Any, kind: str) -> str | None:
    """Return a value as text, None when it is missing or no number."""
    if value is None:
        return None
    if kind == TIME:
        return moment(int(value))
    if kind == TRUTH:
        return "1" if value else "0"
    return number(float(value)) if kind == NUMBER else str(value)


def number(value: float) -> str | None:
    """Return a number with at most four decimals."""
    if not math.isfinite(value):
        return None
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15:
        return repr(value)
    rounded = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def moment(milliseconds: int) -> str:
    """Return a time in UTC, to the millisecond."""
    at = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def lines(found: Iterable[Sequence[Any]], columns: Sequence[Column], events: tuple[str, str] | None) -> Iterator[str]:
    """Yield each row as a line of JSON; rows of events (of an account and region) end with their @ptr."""
    for row in found:
        cells = []
        for column, value in zip(columns, row, strict=False):
            text = shown(value, column.kind)
            if text is not None:
                cells.append({"field": column.name, "value": text})
        if events is not None:
            cells.append({"field": "@ptr", "value": pointer(*events, row[-1])})
        yield json.dumps(cells, ensure_ascii=False) + "\n"
