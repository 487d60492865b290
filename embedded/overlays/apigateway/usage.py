"""What keys have used: calls counted by day (kept), and tokens that come back with time (in memory)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from embedded.book import Book, Record, Where
from embedded.overlays.apigateway.faults import bad

_MOST_DAYS = 90


def today() -> date:
    """Return the day that is counted."""
    return datetime.now(UTC).date()


def period_start(quota: Record, day: date) -> date:
    """Return the first day of the period of a quota in which a day lies; `offset` moves it."""
    offset = quota.get("offset", 0)
    if quota["period"] == "DAY":
        return day
    if quota["period"] == "WEEK":
        # Weeks begin on Sunday, plus the offset.
        return day - timedelta(days=(day.isoweekday() % 7 - offset) % 7)
    first = day.replace(day=1) + timedelta(days=offset)
    return first if first <= day else (day.replace(day=1) - timedelta(days=1)).replace(day=1) + timedelta(days=offset)


def _record(book: Book, where: Where, plan: Record, key: str) -> Record:
    return book.find("usage", where, f"{plan['id']}/{key}") or {"days": {}, "granted": {}}


def _left(plan: Record, record: Record, day: date) -> int:
    quota = plan.get("quota")
    if quota is None:
        return 0
    start = period_start(quota, day)
    used = sum(count for name, count in record["days"].items() if start.isoformat() <= name <= day.isoformat())
    return int(quota["limit"] + record["granted"].get(start.isoformat(), 0) - used)


def spend(book: Book, where: Where, plan: Record, key: str) -> bool:
    """Count one call of a key; return whether its quota still had room."""
    record, day = _record(book, where, plan, key), today()
    if "quota" in plan and _left(plan, record, day) < 1:
        return False
    kept = {name: count for name, count in record["days"].items() if name > (day - timedelta(days=400)).isoformat()}
    kept[day.isoformat()] = kept.get(day.isoformat(), 0) + 1
    book.put("usage", where, f"{plan['id']}/{key}", {**record, "days": kept})
    return True


def set_left(book: Book, where: Where, plan: Record, key: str, left: int) -> None:
    """Set what a key may still use in this period."""
    record, day = _record(book, where, plan, key), today()
    start = period_start(plan["quota"], day).isoformat()
    granted = record["granted"].get(start, 0) + left - _left(plan, record, day)
    book.put("usage", where, f"{plan['id']}/{key}", {**record, "granted": {start: granted}})


def days(book: Book, where: Where, plan: Record, key: str, start: str, end: str) -> list[list[int]]:
    """Return for each day what was used and what was left."""
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        raise bad("Usage dates must be in the format yyyy-mm-dd") from None
    if last < first or (last - first).days > _MOST_DAYS:
        raise bad(f"Usage can be asked for at most {_MOST_DAYS} days, from the start date to the end date")
    record = _record(book, where, plan, key)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [[record["days"].get(day.isoformat(), 0), _left(plan, record, day)] for day in every]


@dataclass
class Buckets:
    """Token buckets: `burst` tokens at most, `rate` new ones a second, one for each call."""

    clock: Callable[[], float] = time.monotonic
    _filled: dict[Any, tuple[float, float]] = field(default_factory=dict)

    def take(self, name: Any, rate: float, burst: float) -> bool:
        """Take a token, or return that there is none."""
        now = self.clock()
        tokens, before = self._filled.get(name, (burst, now))
        tokens = min(burst, tokens + (now - before) * rate)
        allowed = tokens >= 1
        self._filled[name] = (tokens - 1 if allowed else tokens, now)
        return allowed
