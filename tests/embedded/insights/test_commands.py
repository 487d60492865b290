"""What the commands do with rows: order, limits, columns, groups, duplicates, and one after the other."""

import json

import pytest

from tests.embedded.insights.asking import Asking

ROWS = [
    {"level": "INFO", "ms": 10, "user": "ada", "code": "a2"},
    {"level": "ERROR", "ms": 300, "user": "bob", "code": "a10"},
    {"level": "INFO", "ms": 20, "user": "ada", "code": "7"},
    {"level": "WARN", "ms": 9, "code": "b"},
    {"level": "INFO", "ms": 100, "user": "cy", "code": "15"},
    {"level": "ERROR", "ms": "slow", "user": "bob"},
]


@pytest.fixture(scope="module")
def rows(asking: Asking) -> Asking:
    """Six events, one a minute, in two streams."""
    asking.put("one", [(n * 60_000, json.dumps(row)) for n, row in enumerate(ROWS[:4])])
    asking.put("two", [(n * 60_000, json.dumps(row)) for n, row in enumerate(ROWS) if n >= 4])
    return asking


def test_the_newest_come_first_and_two_columns_are_usual(rows: Asking) -> None:
    found = rows.rows("filter level = 'INFO'")
    assert [json.loads(row["@message"])["ms"] for row in found] == [100, 20, 10]
    assert [list(row) for row in found] == [["@timestamp", "@message"]] * 3


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("fields level | fields ms, user", ["level", "ms", "user"]),
        ("fields level | display ms | display user", ["user"]),
        ("display user | fields ms", ["user"]),
        ("fields level | parse user 'a*' as rest", ["level", "rest"]),
        ("parse user 'a*' as rest", ["@timestamp", "@message", "rest"]),
        ("fields ms * 2 as double | filter double = 20", ["double"]),
        ("stats count(*) as n, max(ms) by level", ["level", "n", "max(ms)"]),
        ("stats count(*) as n by level | display n", ["n"]),
        ("stats count(*) as n by level | fields n * 2 as double", ["level", "n", "double"]),
        ("fields @timestamp, @message | unmask user", ["@timestamp", "@message", "user"]),
    ],
)
def test_columns(rows: Asking, query: str, columns: list[str]) -> None:
    assert list(rows.rows(f"filter user = 'ada' and ms = 10 | {query}")[0]) == columns


@pytest.mark.parametrize(
    ("query", "column"),
    [
        # Texts before numbers, digits in a text by their number, what is missing last.
        ("display code | sort code", ["a2", "a10", "b", "7", "15", None]),
        ("display code | sort code desc", ["15", "7", "b", "a10", "a2", None]),
        ("display ms | sort ms", ["slow", "9", "10", "20", "100", "300"]),
        ("display ms | sort level, ms desc", ["300", "slow", "100", "20", "10", "9"]),
        ("display ms | sort ms | sort @timestamp", ["10", "300", "20", "9", "100", "slow"]),
        ("display ms | sort ms desc | limit 2", ["300", "100"]),
        ("display ms | limit 2", ["slow", "100"]),
        ("display ms | limit any 2", ["slow", "100"]),
        ("limit 3 | filter level = 'INFO' | display ms", ["100"]),
        ("sort @timestamp | limit 3 | sort ms desc | display ms", ["300", "20", "10"]),
        ("display level | dedup level", ["ERROR", "INFO", "WARN"]),
        ("display ms | sort @timestamp | dedup level", ["10", "300", "9"]),
        ("display ms | sort @timestamp | dedup level, user", ["10", "300", "9", "100"]),
        ("display ms | sort @timestamp | dedup user | limit 3", ["10", "300", "9"]),
        ("filter @logStream = 'two' | display ms", ["slow", "100"]),
    ],
)
def test_order(rows: Asking, query: str, column: list[str | None]) -> None:
    found = [next(iter(row.values()), None) for row in rows.rows(query)]
    assert found == column


@pytest.mark.parametrize(
    ("stats", "values"),
    [
        ("count(*), count(), count(user), count(missing)", ["6", "6", "5", "0"]),
        ("count_distinct(user), count_distinct(level)", ["3", "3"]),
        ("sum(ms), avg(ms), min(ms), max(ms)", ["439", "87.8", "9", "300"]),
        ("stddev(ms)", ["111.3883"]),
        ("pct(ms, 0), pct(ms, 50), pct(ms, 90), pct(ms, 100)", ["9", "20", "300", "300"]),
        ("earliest(user), latest(user), earliest(level), latest(code)", ["ada", "bob", "INFO", "15"]),
        ("sortsFirst(code), sortsLast(code), sortsFirst(ms), sortsLast(ms)", ["a2", "15", "slow", "300"]),
        ("max(user), min(user), max(level)", ["cy", "ada", "WARN"]),
        ("max(ms) - min(ms) as spread, spread / 3", ["291", "97"]),
        ("count(*) as n, sum(ms) / n", ["6", "73.1667"]),
        ("count_distinct(@logStream), count_distinct(@log)", ["2", "1"]),
        ("abs(min(ms) - 100)", ["91"]),
        ("avg(missing)", []),
    ],
)
def test_aggregates(rows: Asking, stats: str, values: list[str]) -> None:
    assert [list(row.values()) for row in rows.rows(f"stats {stats}")] == [values]


def test_latest_and_earliest_of_times(rows: Asking) -> None:
    (found,) = rows.rows("stats (latest(@timestamp) - earliest(@timestamp)) / 1000 as seconds")
    assert found == {"seconds": "300"}


def test_groups(rows: Asking) -> None:
    assert rows.rows("stats count(*) as n, max(ms) as most by user") == [
        {"user": "ada", "n": "2", "most": "20"},
        {"user": "bob", "n": "2", "most": "300"},
        {"user": "cy", "n": "1", "most": "100"},
        {"n": "1", "most": "9"},
    ]
    assert rows.rows("stats count(*) by level = 'INFO' as info") == [
        {"info": "0", "count(*)": "3"},
        {"info": "1", "count(*)": "3"},
    ]
    assert rows.rows("stats count(*) by bin(2m) as t | sort t desc | limit 1")[0]["count(*)"] == "2"


def test_stats_after_stats(rows: Asking) -> None:
    query = "stats count(*) as n by level, user | stats max(n) as most, count(*) as pairs by level | sort level"
    assert rows.rows(query) == [
        {"level": "ERROR", "most": "2", "pairs": "1"},
        {"level": "INFO", "most": "2", "pairs": "2"},
        {"level": "WARN", "most": "1", "pairs": "1"},
    ]
    assert rows.rows("stats count(*) as n by level | filter n > 1 | stats sum(n)") == [{"sum(n)": "5"}]
    later = "stats count(*) as n by bin(1m) as @timestamp | stats latest(n), earliest(n), count(*)"
    assert rows.rows(later) == [{"latest(n)": "1", "earliest(n)": "1", "count(*)": "6"}]
    assert rows.rows("stats count(*) as n | filter level = 'INFO'") == []
    assert rows.rows("stats count(*) by level | sort count(*) desc | limit 1") == [{"level": "INFO", "count(*)": "3"}]


def test_nothing_matched(rows: Asking) -> None:
    assert rows.rows("filter level = 'NOPE'") == []
    assert rows.rows("filter level = 'NOPE' | stats count(*)") == []
    assert rows.rows("filter level = 'NOPE' | stats count(*) by user") == []


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("fields @message", 6),
        ("filter level = 'INFO'", 3),
        ("filter level = 'INFO' | filter ms > 10 | limit 1", 2),
        ("filter level = 'INFO' | stats count(*) by user", 3),
        ("stats count(*) by level | filter level = 'INFO'", 6),
        ("filter level = 'INFO' | dedup user", 3),
        ("filter level = 'NOPE'", 0),
    ],
)
def test_statistics_say_what_was_read(rows: Asking, query: str, matched: int) -> None:
    answer = rows.answer(query)
    size = sum(len(json.dumps(row)) for row in ROWS)
    expected = {"recordsMatched": matched, "recordsScanned": 6.0, "bytesScanned": float(size), "logGroupsScanned": 1.0}
    assert answer["statistics"] == {**expected, "resultCount": float(len(answer["results"]))}
