"""Ranges of time as a person writes them: `-1h`, `now`, `2026-11-24 10:00`, epoch seconds or milliseconds."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.numbers import whole

RELATIVE = re.compile(r"-?\s*(\d{1,6})\s*(s|m|h|d|w)(?:in|inutes?|ours?|ays?|eeks?|econds?)?(?:\s+ago)?", re.IGNORECASE)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
HOW = "Write -15m, -1h, -7d, now, or a time such as 2026-11-24 10:00 (UTC)."
DEFAULT = ("-1h", "now")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadTime(ValueError):
    """A time that cannot be read, or a range that ends before it begins; `field` is start or end."""

    def __init__(self, field: str, said: str):
        super().__init__(said)
        self.field = field


@dataclass(frozen=True)
class Range:
    """A range of time, and the words in which it was asked for."""

    start: datetime
    end: datetime
    start_text: str = ""
    end_text: str = ""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    def before(self, shift: timedelta | None = None) -> "Range":
        """Return the range of the same length that lies `shift` earlier, by default the one just before."""
        by = shift or (self.end - self.start)
        return Range(self.start - by, self.end - by)


def read(start: str, end: str, now: datetime | None = None) -> Range:
    """Return the range of two texts; an empty one is its default. Raises BadTime."""
    at = now or datetime.now(UTC)
    start_text, end_text = start.strip() or DEFAULT[0], end.strip() or DEFAULT[1]
    found = Range(moment(start_text, "start", at), moment(end_text, "end", at), start_text, end_text)
    if found.start >= found.end:
        raise BadTime("end", "The range ends before it begins: choose an end after the start.")
    return found


def moment(text: str, field: str, now: datetime) -> datetime:
    """Return the time that a text means; without a zone it is UTC. Raises BadTime."""
    text = text.strip()
    if text.lower() == "now":
        return now
    relative = RELATIVE.fullmatch(text)
    try:
        if relative:
            found = now - timedelta(**{UNITS[relative[2].lower()]: int(relative[1])})
        elif (epoch := whole(text)) is not None:
            found = datetime.fromtimestamp(epoch / (1000 if len(text) > 11 else 1), UTC)
        else:
            found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise BadTime(field, f"“{text[:60]}” is no time. {HOW}") from error
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if found < EPOCH:
        raise BadTime(field, "AWS keeps no events from before 1970.")
    return found


def milliseconds(at: datetime) -> int:
    """Return a time as epoch milliseconds."""
    return round(at.timestamp() * 1000)


def of_milliseconds(value: int | None) -> datetime | None:
    """Return the time of epoch milliseconds; 0 and None are no time."""
    return datetime.fromtimestamp(value / 1000, UTC) if value else None


def length(seconds: float) -> str:
    """Return a length of time in words: “1 hour”, “90 minutes”, “2 days”."""
    for size, unit in ((604800, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds:g} seconds"
