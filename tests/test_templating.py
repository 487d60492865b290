"""Facts as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.templating import ago, exact, number, size

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (150 * 1024, "150 KiB"), (5 * 1024**4, "5.0 TiB")],
)
def test_sizes_are_in_iec_units(value: int | None, text: str) -> None:
    assert size(value) == text


def test_numbers_have_thin_spaces() -> None:
    assert number(1234567) == "1\u202f234\u202f567"
    assert number(None) == "–"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=400), "1 year ago"),
        (-timedelta(minutes=10), "in 10 minutes"),
    ],
)
def test_times_are_told_in_their_largest_unit(before: timedelta, text: str) -> None:
    assert ago(NOW - before, NOW) == text


def test_exact_times_are_in_utc() -> None:
    berlin = datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    assert exact(berlin) == "2026-03-01 12:00:00 UTC"
