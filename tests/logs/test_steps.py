"""Rows in and out of each stage: from the whole query's own figures where they tell it, counted else."""

from datetime import timedelta

import pytest

from app.blueprints.logs.service import comparing, times
from app.blueprints.logs.service.queries import Answer, Statistics
from app.blueprints.logs.service.steps import filled, histogram, needed, plan


def ended(rows: int, matched: int, scanned: int) -> Answer:
    return Answer(
        "q", "Complete", ("n",), ("integer",), [("1",)] * rows, [""] * rows, Statistics(matched, scanned, 999)
    )


def count(number: int) -> Answer:
    return Answer("c", "Complete", ("rows",), ("integer",), [(str(number),)], [""])


def rows(query: str, answer: Answer) -> list[tuple[int | None, int | None]]:
    return [(step.before, step.after) for step in plan(query, answer)]


def test_the_default_query_needs_no_further_query() -> None:
    query = "fields @timestamp, @message | sort @timestamp desc | limit 20"
    assert rows(query, ended(20, 3000, 3000)) == [(3000, 3000), (3000, 3000), (3000, 20)]
    assert not needed(plan(query, ended(20, 3000, 3000)))


def test_one_filter_is_told_by_what_matched() -> None:
    query = "filter level = 'ERROR' | stats count(*) by bin(5m)"
    assert rows(query, ended(12, 150, 3000)) == [(3000, 150), (150, 12)]


def test_two_filters_are_counted_by_shortened_queries() -> None:
    query = "filter a = 1 | filter b = 2 | stats count(*) by c"
    steps = plan(query, ended(3, 10, 100))
    assert needed(steps) == {
        0: "filter a = 1\n| stats count(*) as rows",
        1: "filter a = 1 | filter b = 2\n| stats count(*) as rows",
    }
    counted = filled(steps, {0: count(40), 1: count(10)})
    assert [(step.before, step.after) for step in counted] == [(100, 40), (40, 10), (10, 3)]


def test_what_follows_stats_is_run_as_it_is_and_its_rows_counted() -> None:
    query = "stats count(*) as n by a | filter n > 1 | sort n | limit 5"
    steps = plan(query, ended(5, 100, 100))
    assert needed(steps) == {0: "stats count(*) as n by a", 1: "stats count(*) as n by a | filter n > 1"}
    counted = filled(steps, {0: ended(9, 1, 1), 1: ended(7, 1, 1)})
    assert [(step.before, step.after) for step in counted] == [(100, 9), (9, 7), (7, 7), (7, 5)]


def test_a_full_answer_is_at_least_so_much() -> None:
    [step] = plan("stats count(*) by a", ended(10_000, 50_000, 50_000))
    assert step.after == 10_000 and step.least


def test_what_keeps_every_row_says_what_it_was_given_and_the_limit_of_an_answer_is_none_of_its() -> None:
    [step] = plan("fields a", ended(10_000, 50_000, 50_000))
    assert (step.before, step.after, step.least) == (50_000, 50_000, False)
    assert rows("stats count(*) as n by a | sort n desc", ended(4, 90, 90)) == [(90, 4), (4, 4)]


def test_without_an_answer_there_are_sentences_only() -> None:
    [step] = plan("limit 5")
    assert (step.before, step.after, step.query) == (None, None, "")
    assert plan("fields a", Answer("q", "Running", statistics=Statistics(1, 2, 3)))[0].before is None


@pytest.mark.parametrize(
    ("query", "seconds", "wanted"),
    [
        (
            "fields @message | sort @timestamp desc | limit 20",
            3600,
            ("fields @message\n| stats count(*) as events by bin(1m)", 60),
        ),
        ("filter a = 1 | stats count(*)", 86400, ("filter a = 1\n| stats count(*) as events by bin(30m)", 1800)),
        ("sort a", 30, ("stats count(*) as events by bin(1s)", 1)),
        ("limit 1", 86400 * 3650, ("stats count(*) as events by bin(7d)", 604800)),
    ],
)
def test_matches_over_time_are_counted_before_anything_is_cut(
    query: str, seconds: int, wanted: tuple[str, int]
) -> None:
    assert histogram(query, seconds) == wanted


def answer(*lines: tuple[str, str, str]) -> Answer:
    return Answer(
        "q", "Complete", ("bin(5m)", "level", "n"), ("datetime", "text", "integer"), list(lines), [""] * len(lines)
    )


def test_rows_are_compared_by_their_keys_an_hour_apart() -> None:
    now = answer(("2026-11-24 11:00:00.000", "ERROR", "6"), ("2026-11-24 11:05:00.000", "ERROR", "1"))
    before = answer(("2026-11-24 10:00:00.000", "ERROR", "4"), ("2026-11-24 10:10:00.000", "ERROR", "2"))
    found = comparing.compare(now, before, timedelta(hours=1))
    assert (found.keys, found.numbers) == (("bin(5m)", "level"), ("n",))
    assert [(row.key[0][11:16], row.now, row.before, row.percent(0)) for row in found.rows] == [
        ("11:00", (6.0,), (4.0,), 50.0),
        ("11:05", (1.0,), (None,), None),
        ("11:10", (None,), (2.0,), None),
    ]


def test_an_empty_side_is_compared_too() -> None:
    found = comparing.compare(Answer("q", "Complete"), answer(("2026-11-24 10:00:00.000", "x", "4")), timedelta(0))
    assert [(row.now, row.before) for row in found.rows] == [((None,), (4.0,))]


def test_the_time_before_lies_whole_slices_earlier() -> None:
    span = times.read("2026-11-24 10:00", "2026-11-24 10:47")
    assert comparing.earlier(span, "period", 300).start == span.start - timedelta(minutes=50)
    assert comparing.earlier(span, "period", 0).end == span.start
    assert comparing.earlier(span, "week", 300).end == span.end - timedelta(weeks=1)


def test_numbers_that_are_names_are_keys() -> None:
    now = Answer("q", "Complete", ("status", "n"), ("integer", "integer"), [("200", "9"), ("500", "2")], ["", ""])
    before = Answer("q", "Complete", ("status", "n"), ("integer", "integer"), [("500", "1")], [""])
    found = comparing.compare(now, before, timedelta(0), ("status",))
    assert [(row.key, row.percent(0)) for row in found.rows] == [(("200",), None), (("500",), 100.0)]
