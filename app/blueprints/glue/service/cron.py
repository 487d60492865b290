"""When a schedule of AWS's fires next: cron(minutes hours day-of-month month day-of-week year), in UTC.

https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from app.numbers import whole

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = {name: at for at, name in enumerate(_MONTHS, start=1)}
WEEKDAYS = {name: at for at, name in enumerate(_WEEKDAYS, start=1)}
HOW = "Write cron(minutes hours day-of-month month day-of-week year), for example cron(0 6 ? * MON-FRI *)."
MOST_STEP = 9999
AHEAD = 366 * 12  # days that are looked at: a leap day comes within eight years, or twelve around 2100
Days = Callable[[date], bool]


class BadSchedule(ValueError):
    """A schedule that AWS does not understand; its words say why."""


class Field(NamedTuple):
    """What one of the six places may hold."""

    words: str
    low: int
    high: int
    names: Mapping[str, int] = {}


MINUTE, HOUR = Field("minutes", 0, 59), Field("hours", 0, 23)
DAY, MONTH = Field("day-of-month", 1, 31), Field("month", 1, 12, MONTHS)
WEEKDAY, YEAR = Field("day-of-week", 1, 7, WEEKDAYS), Field("year", 1970, 2199)


def following(expression: str, after: datetime, count: int = 5) -> list[datetime]:
    """Return the next times of a schedule, fewer where there are no more within twelve years. Raises BadSchedule."""
    text = expression.strip()
    parts = text[5:-1].upper().split() if text.startswith("cron(") and text.endswith(")") else []
    if len(parts) != 6:
        raise BadSchedule(HOW)
    if (parts[2] == "?") == (parts[4] == "?"):
        raise BadSchedule("Exactly one of day-of-month and day-of-week is ?, the other says on which days.")
    clock = [time(hour, minute) for hour in sorted(_set(parts[1], HOUR)) for minute in sorted(_set(parts[0], MINUTE))]
    months, years = _set(parts[3], MONTH), _set(parts[5], YEAR)
    fits = _weekdays(parts[4]) if parts[2] == "?" else _monthdays(parts[2])
    begin = after.astimezone(UTC)
    days = (begin.date() + timedelta(days=n) for n in range(AHEAD))
    due = (day for day in days if day.year in years and day.month in months and fits(day))
    times = (datetime.combine(day, at, UTC) for day in due for at in clock)
    return list(islice((one for one in times if one > begin), count))


def _set(text: str, field: Field) -> set[int]:
    found: set[int] = set()
    for piece in text.split(","):
        span, slash, step = piece.partition("/")
        every = whole(step, 1, MOST_STEP) if slash else 1
        if every is None:
            raise BadSchedule(f"“{piece}” has no step that is a number ({field.words}).")
        first, last = _span(span, field, bool(slash))
        turn = 0 if first <= last else field.high - field.low + 1  # FRI-MON goes over the end
        numbers = range(first, last + turn + 1, every)
        found |= {(one - field.low) % (field.high - field.low + 1) + field.low for one in numbers}
    return found


def _span(text: str, field: Field, open_ended: bool) -> tuple[int, int]:
    if text == "*":
        return field.low, field.high
    first, dash, last = text.partition("-")
    begin = _number(first, field)
    end = _number(last, field) if dash else field.high if open_ended else begin
    if end < begin and not field.names:
        raise BadSchedule(f"“{text}” ends before it begins ({field.words}).")
    return begin, end


def _number(text: str, field: Field) -> int:
    value = field.names.get(text, whole(text, field.low, field.high))
    if value is None:
        raise BadSchedule(f"“{text}” is no value of {field.words}: {field.low} to {field.high}.")
    return value


def _monthdays(text: str) -> Days:
    """Return which days are meant: numbers, L the last, LW the last weekday, 15W the weekday nearest to the 15th."""
    if text == "L":
        return lambda day: day.day == _last(day)
    if text == "LW":
        return lambda day: day.day == _near(day, _last(day))
    if text.endswith("W"):
        wanted = _number(text[:-1], DAY)
        return lambda day: wanted <= _last(day) and day.day == _near(day, wanted)
    numbers = _set(text, DAY)
    return lambda day: day.day in numbers


def _weekdays(text: str) -> Days:
    """Return which days are meant: numbers, names, L Saturday, 6L the last Friday, 3#2 the second Tuesday."""
    if text == "L":
        return lambda day: _weekday(day) == 7
    if text.endswith("L"):
        last = _number(text[:-1], WEEKDAY)
        return lambda day: _weekday(day) == last and day.day + 7 > _last(day)
    name, mark, nth = text.partition("#")
    if mark:
        wanted, week = _number(name, WEEKDAY), _number(nth, Field("the week of #", 1, 5))
        return lambda day: _weekday(day) == wanted and -(-day.day // 7) == week
    numbers = _set(text, WEEKDAY)
    return lambda day: _weekday(day) in numbers


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _weekday(day: date) -> int:
    """Return AWS's number of a weekday: Sunday is 1."""
    return day.isoweekday() % 7 + 1


def _near(day: date, wanted: int) -> int:
    """Return the weekday nearest to a day of the month, within the month."""
    place = day.replace(day=wanted).isoweekday()
    if place == 6:
        return wanted - 1 if wanted > 1 else 3
    return wanted if place < 6 else wanted + 1 if wanted < _last(day) else wanted - 2
