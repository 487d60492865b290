from datetime import UTC, datetime, timedelta

import pytest

from app.blueprints.logs.service.times import BadTime, length, read

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-1h", NOW - timedelta(hours=1)),
        ("90m", NOW - timedelta(minutes=90)),
        ("-7d", NOW - timedelta(days=7)),
        ("2 weeks ago", NOW - timedelta(weeks=2)),
        ("2026-11-24 10:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24T10:00:00+02:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("1795500000", datetime.fromtimestamp(1795500000, UTC)),
        ("1795500000123", datetime.fromtimestamp(1795500000.123, UTC)),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, wanted: datetime) -> None:
    assert read(text, "now", NOW).start == wanted


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("yesterday", "now", "start"),
        ("-1h", "<script>", "end"),
        ("now", "-1h", "end"),
        ("-1h", "-1h", "end"),
        ("1969-01-01", "now", "start"),
        ("-999999w", "now", "start"),
        ("99999999999999999999", "now", "start"),
        ("2026-02-30", "now", "start"),
        ("٣", "now", "start"),
    ],
)
def test_what_is_no_range_is_told_beside_its_field(start: str, end: str, field: str) -> None:
    with pytest.raises(BadTime) as caught:
        read(start, end, NOW)
    assert caught.value.field == field


def test_the_period_before_ends_where_this_one_begins() -> None:
    span = read("-1h", "now", NOW)
    assert span.before().end == span.start and span.before().seconds == 3600
    assert span.before(timedelta(days=1)).end == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, "1 minute"), (300, "5 minutes"), (86400, "1 day"), (90, "90 seconds")]
)
def test_lengths_in_words(seconds: int, words: str) -> None:
    assert length(seconds) == words
