"""Periods of quotas, tokens of throttles and kept decisions, on clocks of their own."""

from datetime import date

import pytest

from embedded.overlays.apigateway.authorizing import Decisions
from embedded.overlays.apigateway.context import written
from embedded.overlays.apigateway.journal import LONGEST, Journal, shown
from embedded.overlays.apigateway.usage import Buckets, period_start


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("period", "offset", "day", "start"),
    [
        ("DAY", 0, date(2026, 11, 24), date(2026, 11, 24)),
        ("WEEK", 0, date(2026, 11, 24), date(2026, 11, 22)),
        ("WEEK", 0, date(2026, 11, 22), date(2026, 11, 22)),
        ("WEEK", 1, date(2026, 11, 22), date(2026, 11, 16)),
        ("WEEK", 1, date(2026, 11, 24), date(2026, 11, 23)),
        ("MONTH", 0, date(2026, 11, 24), date(2026, 11, 1)),
        ("MONTH", 9, date(2026, 11, 24), date(2026, 11, 10)),
        ("MONTH", 9, date(2026, 11, 9), date(2026, 10, 10)),
        ("MONTH", 27, date(2026, 3, 1), date(2026, 2, 28)),
    ],
)
def test_when_a_quotas_period_began(period: str, offset: int, day: date, start: date) -> None:
    assert period_start({"period": period, "offset": offset}, day) == start


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    assert [buckets.take("a", 2, 3) for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b", 2, 1), "another name has tokens of its own"
    clock.now += 1
    assert [buckets.take("a", 2, 3) for _ in range(3)] == [True, True, False]
    clock.now += 1000
    assert [buckets.take("a", 2, 3) for _ in range(4)] == [True, True, True, False]


def test_decisions_are_kept_as_long_as_they_say() -> None:
    clock = Clock()
    decisions = Decisions(clock)
    decisions.keep("ada", {"principalId": "ada"}, 5)
    assert decisions.find("ada") == {"principalId": "ada"}
    assert decisions.find("bob") is None
    clock.now += 5
    assert decisions.find("ada") is None


def test_a_journal_keeps_what_its_level_says() -> None:
    journal = Journal("id")
    journal.info("starts")
    journal.data("x" * 2000)
    journal.error("failed")
    texts = {
        (level, data): [text for _, text in journal.events(level, data=data)]
        for level in ("ERROR", "INFO")
        for data in (False, True)
    }
    assert texts["ERROR", True] == texts["ERROR", False] == ["(id) failed"]
    assert texts["INFO", False] == ["(id) starts", "(id) failed"]
    assert texts["INFO", True][1] == f"(id) {'x' * LONGEST} [TRUNCATED]"


def test_secrets_are_masked() -> None:
    assert shown([("X-API-Key", "0123456789abcdef"), ("authorization", "short"), ("A", "b")]) == (
        "{X-API-Key=**********abcdef, authorization=************, A=b}"
    )
    assert (written(None), written(True), written({"a": 1})) == ("", "true", '{"a": 1}')
