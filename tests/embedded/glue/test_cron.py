"""AWS's cron expressions, against times worked out by hand (days of the week are checked by the calendar)."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from embedded.overlays.glue.cron import CronError, parse

START = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)  # a Friday


def following(expression: str, count: int = 3, start: datetime = START) -> list[str]:
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in islice(parse(expression).following(start), count)]


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("cron(15 12 * * ? *)", ["2026-01-30 12:15", "2026-01-31 12:15", "2026-02-01 12:15"]),
        ("cron(0 12 * * ? *)", ["2026-01-31 12:00", "2026-02-01 12:00", "2026-02-02 12:00"]),
        ("cron(0/20 12 ? * MON-FRI *)", ["2026-01-30 12:20", "2026-01-30 12:40", "2026-02-02 12:00"]),
        ("cron(*/30 12,14 * * ? *)", ["2026-01-30 12:30", "2026-01-30 14:00", "2026-01-30 14:30"]),
        ("cron(0 8 1 * ? *)", ["2026-02-01 08:00", "2026-03-01 08:00", "2026-04-01 08:00"]),
        ("cron(0 8 L * ? *)", ["2026-01-31 08:00", "2026-02-28 08:00", "2026-03-31 08:00"]),
        ("cron(0 8 31 * ? *)", ["2026-01-31 08:00", "2026-03-31 08:00", "2026-05-31 08:00"]),
        ("cron(0 8 1W * ? *)", ["2026-02-02 08:00", "2026-03-02 08:00", "2026-04-01 08:00"]),
        ("cron(0 8 LW 1,5 ? *)", ["2026-05-29 08:00", "2027-01-29 08:00", "2027-05-31 08:00"]),
        ("cron(0 8 ? * 2#1 *)", ["2026-02-02 08:00", "2026-03-02 08:00", "2026-04-06 08:00"]),
        ("cron(0 8 ? * 6L *)", ["2026-02-27 08:00", "2026-03-27 08:00", "2026-04-24 08:00"]),
        ("cron(0 8 ? * L *)", ["2026-01-31 08:00", "2026-02-07 08:00", "2026-02-14 08:00"]),
        ("cron(0 8 ? * SAT-SUN *)", ["2026-01-31 08:00", "2026-02-01 08:00", "2026-02-07 08:00"]),
        ("cron(0 8 29 2 ? *)", ["2028-02-29 08:00", "2032-02-29 08:00", "2036-02-29 08:00"]),
        ("cron(59 23 31 12 ? 2026-2027)", ["2026-12-31 23:59", "2027-12-31 23:59"]),
        ("cron(0 0 1 1 ? 2020)", []),
        ("cron(0 10 ? jan mon *)", ["2027-01-04 10:00", "2027-01-11 10:00", "2027-01-18 10:00"]),
    ],
)
def test_the_next_times(expression: str, times: list[str]) -> None:
    assert following(expression) == times


def test_a_time_matches_when_it_is_one_of_the_following() -> None:
    cron = parse("cron(7/11 3-5 ? * TUE,THU *)")
    for moment in islice(cron.following(START), 50):
        assert cron.matches(moment)
        assert moment.strftime("%a") in ("Tue", "Thu")
    assert not cron.matches(START)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(5 minutes)",
        "cron()",
        "0 12 * * ? *",
        "cron(0 12 * * ?)",
        "cron(60 12 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 12 0 * ? *)",
        "cron(0 12 32 * ? *)",
        "cron(0 12 * 13 ? *)",
        "cron(0 12 ? * 8 *)",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(0 12 * * ? 1969)",
        "cron(5-2 12 * * ? *)",
        "cron(0/0 12 * * ? *)",
        "cron(a 12 * * ? *)",
        "cron(0 12 ? * MON#6 *)",
        "cron(0 12 40W * ? *)",
        "cron(1, 12 * * ? *)",
        "cron(-1 12 * * ? *)",
        "cron(² 12 * * ? *)",
    ],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(CronError):
        parse(expression)
