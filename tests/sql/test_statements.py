"""Splitting, parameters and the search for a missing WHERE, on friendly and on hostile texts."""

import contextlib

import pytest

from app.sql import errors, statements
from app.sql.target import Dialect

BOTH: list[Dialect] = ["mysql", "postgres"]


def texts(script: str, dialect: Dialect) -> list[str]:
    return [each.text for each in statements.split(script, dialect)]


@pytest.mark.parametrize("dialect", BOTH)
def test_statements_and_their_places(dialect: Dialect) -> None:
    script = "select 1;\n\n -- a; comment\n  select ';' ; ;/* x;y */ insert into t values (2)"
    found = statements.split(script, dialect)
    assert [each.text for each in found] == ["select 1", "select ';'", "insert into t values (2)"]
    assert [(each.line, each.column) for each in found] == [(1, 1), (4, 3), (4, 27)]
    assert [script[each.start :][: len(each.text)] for each in found] == [each.text for each in found]


@pytest.mark.parametrize(
    ("script", "mysql", "postgres"),
    [
        (r"select 'a\';b'; select 2", [r"select 'a\';b'", "select 2"], None),
        (r"select E'a\';b'; select 2", [r"select E'a\';b'", "select 2"], [r"select E'a\';b'", "select 2"]),
        ("select 'it''s;'; select 2", ["select 'it''s;'", "select 2"], ["select 'it''s;'", "select 2"]),
        ("select $$a;b$$; select $x$;$y$;$x$", None, ["select $$a;b$$", "select $x$;$y$;$x$"]),
        ("select `a;b`; # c;\nselect 2", ["select `a;b`", "select 2"], None),
        ('select "a;""b"; select 2', ['select "a;""b"', "select 2"], ['select "a;""b"', "select 2"]),
        (
            "select /* a /* b */ 1; select 2 */",
            ["select /* a /* b */ 1", "select 2 */"],
            ["select /* a /* b */ 1; select 2 */"],
        ),
        ("select 1--1; select 2", ["select 1--1", "select 2"], ["select 1"]),
        ("-- x\rselect 1", [], ["select 1"]),
        ("/*!50000 call p() */", ["/*!50000 call p() */"], []),
        ("select a$b$c; select $1", None, ["select a$b$c", "select $1"]),
    ],
)
def test_the_two_dialects_differ(script: str, mysql: list[str] | None, postgres: list[str] | None) -> None:
    if mysql is not None:
        assert texts(script, "mysql") == mysql
    if postgres is not None and "/* a /* b" not in script:
        assert texts(script, "postgres") == postgres


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("bad", ["select 'x", 'select "x', "select /* x", "select 1; select '"])
def test_what_is_never_closed_has_a_place(dialect: Dialect, bad: str) -> None:
    with pytest.raises(errors.SyntaxMistake, match="never closed") as caught:
        statements.split(bad, dialect)
    assert (caught.value.line, caught.value.column) == (1, max(bad.rfind(mark) for mark in ("'", '"', "/*")) + 1)


@pytest.mark.parametrize("dialect", BOTH)
def test_nul_and_too_much_are_refused(dialect: Dialect) -> None:
    with pytest.raises(errors.SyntaxMistake, match="NUL") as caught:
        statements.split("select 1;\nselect '\0'", dialect)
    assert (caught.value.line, caught.value.column) == (2, 9)
    with pytest.raises(errors.SyntaxMistake, match="longer than"):
        statements.split("select 1; " * 500_000, dialect)


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("unit", ["'", "''", '"a', "/*", "*/", "$a$", "(", "\\'", "--", ":a", "select 1,"])
def test_hostile_texts_end(dialect: Dialect, unit: str) -> None:
    """Half a million characters: work that grows with their square would outlast the suite's limit for a test."""
    text = unit * (statements.MOST_BYTES // len(unit) // 2)
    with contextlib.suppress(errors.SyntaxMistake):
        statements.split(text, dialect)


def test_parameters_only_where_they_are_parameters() -> None:
    script = "select ':a', \"x:b\", id::int, a[1:2], :one, :two -- :three\n, :one, x := 1, '{\"k\":1}'"
    (found,) = statements.split(script, "postgres")
    assert found.parameters == ("one", "two", "one")
    text, values, _ = statements.bind(found, {"one": 1, "two": "b"}, "$")
    assert text.endswith("$1, $2 -- :three\n, $1, x := 1, '{\"k\":1}'") and values == [1, "b"]
    text, values, _ = statements.bind(found, {"one": 1, "two": "b"}, "?")
    assert "?, ? -- :three\n, ?" in text and values == [1, "b", 1]
    with pytest.raises(errors.SyntaxMistake, match=":two has no value"):
        statements.bind(found, {"one": 1}, "$")


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("delete from t", ["DELETE"]),
        ("update t set a = 1", ["UPDATE"]),
        ("update t set a = (select 1 from u where x = 2)", ["UPDATE"]),
        ("update t set a = 'where'", ["UPDATE"]),
        ("delete from t where id = 1", []),
        ("delete /* where */ from t -- where", ["DELETE"]),
        ("select * from t for update", []),
        ("with d as (delete from t returning *) select * from d", ["DELETE"]),
        ("with d as (select 1) delete from t", ["DELETE"]),
        ("with d as (select 1) delete from t where a in (select * from d)", []),
        ("explain delete from t", []),
        ("explain analyze delete from t", ["DELETE"]),
        ("explain (analyze) delete from t", ["DELETE"]),
        ("insert into t values (1) on conflict do update set a = 1", []),
        ("truncate table t", ["TRUNCATE"]),
    ],
)
def test_a_missing_where_is_found(dialect: Dialect, sql: str, expected: list[str]) -> None:
    (found,) = statements.split(sql, dialect)
    assert statements.unguarded(found) == expected
