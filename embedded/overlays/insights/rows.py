"""Values as AWS writes them in a result."""

import base64
import functools
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from embedded.overlays.insights.compiling import Column
from embedded.overlays.insights.compiling.values import NUMBER, TEXT, TIME, TRUTH

FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999
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
    """Return a time in UTC, to the millisecond; one that no calendar has stays a number."""
    if not FIRST <= milliseconds <= LAST:
        return str(milliseconds)
    days, rest = divmod(milliseconds, 86_400_000)
    seconds, rest = divmod(rest, 1000)
    return f"{_day(days)} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


@functools.lru_cache(4096)
def _day(days: int) -> str:
    return f"{_EPOCH + timedelta(days=days):%Y-%m-%d}"


def lines(found: Iterable[Sequence[Any]], columns: Sequence[Column], events: tuple[str, str] | None) -> Iterator[str]:
    """Yield each row as a line of JSON; rows of events (of an account and region) end with their @ptr."""
    # The names are written once: rows are many.
    heads = [(f'{{"field": {_quoted(column.name)}, "value": ', column.kind) for column in columns]
    for row in found:
        cells = []
        for (head, kind), value in zip(heads, row, strict=False):
            text = value if kind == TEXT else shown(value, kind)
            if text is not None:
                cells.append(head + _quoted(text) + "}")
        if events is not None:
            cells.append(f'{{"field": "@ptr", "value": "{pointer(*events, row[-1])}"}}')
        yield "[" + ", ".join(cells) + "]\n"


def _quoted(text: str) -> str:
    return json.encoder.encode_basestring(text)
