"""Schedules as AWS writes them: cron(minutes hours day-of-month month day-of-week year), in UTC.

https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
# AWS counts the days of the week from Sunday, 1.
DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_EXPRESSION = re.compile(r"cron\((.*)\)")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, MONTHS),
    ("day of week", 1, 7, DAYS),
    ("year", 1970, 2199, {}),
)
_RANGE = re.compile(r"(\w+)(?:-(\w+))?(?:/(\d+))?")
# How far ahead a next time is looked for: a leap day on a given weekday comes within 40 years.
_YEARS_AHEAD = 40


class CronError(ValueError):
    """An expression that AWS does not understand."""


@dataclass(frozen=True)
class Cron:
    """A schedule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    # The texts of the two fields of days; one of them is `?`.
    month_day: str
    week_day: str

    def matches(self, moment: datetime) -> bool:
        """Whether the schedule fires in this minute."""
        return moment.minute in self.minutes and moment.hour in self.hours and self.on(moment.date())

    def on(self, day: date) -> bool:
        """Whether the schedule fires on this day at all."""
        if day.month not in self.months or day.year not in self.years:
            return False
        return _is_week_day(self.week_day, day) if self.month_day == "?" else _is_month_day(self.month_day, day)

    def following(self, moment: datetime) -> Iterator[datetime]:
        """Yield the times after a moment, in UTC."""
        moment = moment.astimezone(UTC)
        day, last = moment.date(), moment.year + _YEARS_AHEAD
        while day.year <= last:
            if self.on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                        if found > moment:
                            yield found
            day += timedelta(days=1)


def parse(expression: str) -> Cron:
    """Return the schedule of an expression; CronError says what is wrong with it."""
    found = _EXPRESSION.fullmatch(expression.strip())
    parts = found.group(1).split() if found else []
    if len(parts) != 6:
        raise CronError("it must be cron(minutes hours day-of-month month day-of-week year)")
    parts = [part.upper() for part in parts]
    _check_days(parts[2], parts[4])
    sets = [
        values(part, *field)
        for number, (part, field) in enumerate(zip(parts, _FIELDS, strict=True))
        if number not in (2, 4)
    ]
    return Cron(sets[0], sets[1], sets[2], sets[3], parts[2], parts[4])


def values(text: str, field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    """Return the numbers that a field means."""
    found: set[int] = set()
    for part in text.split(","):
        star = part.partition("/")
        whole = f"{low}-{high}/{star[2]}" if star[0] == "*" and star[1] else part
        found |= set(range(low, high + 1)) if part == "*" else _range(whole, field, low, high, names)
    return frozenset(found)


def _range(part: str, field: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise CronError(f"{part!r} is not a value for {field}")
    first = _number(match.group(1), field, low, high, names)
    step = int(match.group(3) or 1)
    if step < 1:
        raise CronError(f"{part!r} has a step of nothing")
    ends = match.group(2)
    last = _number(ends, field, low, high, names) if ends else high if match.group(3) else first
    if last >= first:
        return set(range(first, last + 1, step))
    if not names:
        raise CronError(f"{part!r} ends before it begins")
    # Days and months may go around the end: FRI-MON.
    around = [*range(first, high + 1), *range(low, last + 1)]
    return set(around[::step])


def _number(text: str, field: str, low: int, high: int, names: dict[str, int]) -> int:
    number = names.get(text, int(text) if text.isdigit() and text.isascii() else -1)
    if not low <= number <= high:
        raise CronError(f"{text!r} is not a value for {field} ({low} to {high})")
    return number


def _check_days(month_day: str, week_day: str) -> None:
    if (month_day == "?") == (week_day == "?"):
        raise CronError("one of day-of-month and day-of-week must be ?, and only one")
    today = date(2024, 1, 1)
    if month_day == "?":
        _is_week_day(week_day, today)
    else:
        _is_month_day(month_day, today)


def _is_month_day(text: str, day: date) -> bool:
    """Whether a day is meant: L is the last of the month, 15W the weekday that is nearest to the 15th."""
    last = calendar.monthrange(day.year, day.month)[1]
    if text == "L":
        return day.day == last
    if text == "LW":
        return day.day == _nearest_weekday(day, last, last)
    if text.endswith("W"):
        wanted = _number(text[:-1], "day of month", 1, 31, {})
        return wanted <= last and day.day == _nearest_weekday(day, wanted, last)
    return day.day in values(text, *_FIELDS[2])


def _is_week_day(text: str, day: date) -> bool:
    """Whether a day is meant: 6L is the last Friday of the month, 3#2 its second Tuesday."""
    number = day.isoweekday() % 7 + 1
    if text == "L":
        return number == 7
    if "#" in text:
        wanted, _, nth = text.partition("#")
        week = _number(nth, "day of week", 1, 5, {})
        return number == _number(wanted, "day of week", 1, 7, DAYS) and (day.day - 1) // 7 + 1 == week
    if text.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return number == _number(text[:-1], "day of week", 1, 7, DAYS) and day.day + 7 > last
    return number in values(text, *_FIELDS[4])


def _nearest_weekday(day: date, wanted: int, last: int) -> int:
    weekday = date(day.year, day.month, wanted).weekday()
    if weekday == 5:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 6:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted
