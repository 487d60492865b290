"""The rows of a query beside those of the same query over an earlier time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.blueprints.logs.service.queries import Answer
from app.blueprints.logs.service.times import Range

SHIFTS = {"period": None, "day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}
MOST = 500


def earlier(span: Range, name: str, slices: int) -> Range:
    """Return the time to compare with; it lies whole slices of the query's own (seconds, 0: none) before."""
    shift = SHIFTS[name] or (span.end - span.start)
    if slices:
        shift = timedelta(seconds=math.ceil(shift.total_seconds() / slices) * slices)
    return span.before(shift)


@dataclass(frozen=True)
class Change:
    """One row of both: its key, and of each number now and before; None where a side has no such row."""

    key: tuple[str, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]

    def percent(self, at: int) -> float | None:
        """Return the change of a number in percent."""
        now, before = self.now[at], self.before[at]
        return None if now is None or not before else (now - before) / abs(before) * 100


@dataclass(frozen=True)
class Comparison:
    """Both sides: the names of the key's columns and of the numbers, and the rows."""

    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[Change, ...]


def compare(now: Answer, before: Answer, shift: timedelta, groups: Sequence[str] = ()) -> Comparison:
    """Return the rows of both answers beside each other, joined by `groups` and all that is no number.

    Times are moved by `shift`.
    """
    columns = now.columns or before.columns
    kinds = dict(zip(before.columns, before.kinds, strict=True)) | dict(zip(now.columns, now.kinds, strict=True))
    numbers = tuple(name for name in columns if kinds[name] in ("integer", "float") and name not in groups)
    keys = tuple(name for name in columns if name not in numbers)
    left, right = _by_key(now, keys, numbers, timedelta(0)), _by_key(before, keys, numbers, shift)
    none = tuple(None for _ in numbers)
    rows = [Change(key, left.get(key, none), right.get(key, none)) for key in list(dict.fromkeys([*left, *right]))]
    return Comparison(keys, numbers, tuple(rows[:MOST]))


def _by_key(
    answer: Answer, keys: Sequence[str], numbers: Sequence[str], shift: timedelta
) -> dict[tuple[str, ...], tuple[float | None, ...]]:
    found: dict[tuple[str, ...], tuple[float | None, ...]] = {}
    for row in answer.rows:
        cells = dict(zip(answer.columns, row, strict=True))
        key = tuple(_moved(cells.get(name) or "", shift) for name in keys)
        found[key] = tuple(_number(cells.get(name)) for name in numbers)
    return found


def _moved(text: str, shift: timedelta) -> str:
    """Return a time of AWS's later by `shift`; every other text as it is."""
    if not shift:
        return text
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC) + shift
    except ValueError:
        return text
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
