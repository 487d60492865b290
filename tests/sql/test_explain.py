"""Plans of both servers as one tree with warnings; row edits that check what was seen."""

import pytest

from app.sql import edit, errors, statements
from app.sql.engines import Engines
from app.sql.explain import Plan, explain
from app.sql.target import Target
from app.sql.values import Cut
from tests.sql.test_page import run
from tests.sql.test_run import ask


@pytest.fixture
def planned(target: Target) -> Target:
    numbers = "generate_series(1, 20000) AS seq" if target.dialect == "postgres" else "seq_1_to_20000"
    run(
        target,
        "DROP TABLE IF EXISTS planned",
        "CREATE TABLE planned (id int PRIMARY KEY, city int NOT NULL, word varchar(40))",
        f"INSERT INTO planned SELECT seq, seq % 50, concat('word ', seq) FROM {numbers}",
        "ANALYZE planned" if target.dialect == "postgres" else "CREATE INDEX planned_city ON planned (city)",
    )
    return target


def plan(engines: Engines, target: Target, text: str, **options: object) -> Plan:
    (statement,) = statements.split(text, target.dialect)
    return explain(target, statement, {"id": 5}, engines=engines, **options)  # type: ignore[arg-type]


def warnings(found: Plan) -> str:
    return " ".join(warning for node in found.root.walk() for warning in node.warnings)


def test_a_full_scan_is_called_one(engines: Engines, planned: Target) -> None:
    found = plan(engines, planned, "SELECT * FROM planned WHERE word = 'x'")
    (scan,) = [node for node in found.root.walk() if node.table == "planned"]
    assert scan.what == "Reads the whole table" and "Every row of planned" in warnings(found)
    assert "word" in scan.condition and scan.actual is None


def test_an_index_is_named_and_parameters_are_bound(engines: Engines, planned: Target) -> None:
    found = plan(engines, planned, "SELECT * FROM planned WHERE id = :id")
    (look,) = [node for node in found.root.walk() if node.table == "planned"]
    assert look.index in ("PRIMARY", "planned_pkey") and not warnings(found)


def test_joins_without_an_index_are_warned_of(engines: Engines, planned: Target) -> None:
    found = plan(engines, planned, "SELECT * FROM planned a JOIN planned b ON a.word < b.word ORDER BY a.word")
    assert "read again" in warnings(found) or planned.dialect == "postgres"
    assert len([node for node in found.root.walk() if node.table]) == 2 or planned.dialect == "mysql"


def test_measured_plans_have_rows_and_times(engines: Engines, planned: Target) -> None:
    found = plan(engines, planned, "SELECT count(*) FROM planned WHERE word LIKE '%9'", measured=True)
    nodes = list(found.root.walk())
    assert any(node.actual for node in nodes) and any(node.milliseconds for node in nodes)


def test_changes_are_explained_and_never_made(engines: Engines, planned: Target) -> None:
    text = "DELETE FROM planned WHERE word = 'word 1'"
    assert "Every row of planned" in warnings(plan(engines, planned, text, write=True))
    if planned.dialect == "mysql":
        with pytest.raises(errors.WouldWrite):
            plan(engines, planned, text)
    else:
        assert plan(engines, planned, text).root
    with pytest.raises(errors.WouldWrite):
        plan(engines, planned, text, measured=True, write=True)
    assert ask(engines, planned, "SELECT count(*) FROM planned").answer.rows == ((20000,),)


def test_mistakes_keep_their_place(engines: Engines, planned: Target) -> None:
    with pytest.raises(errors.SyntaxMistake) as caught:
        plan(engines, planned, "SELECT * FROM WHERE")
    assert (caught.value.line, caught.value.column) == (1, 15)
    with pytest.raises(errors.StatementError, match="already"):
        plan(engines, planned, "EXPLAIN SELECT 1")


@pytest.fixture
def edited(target: Target) -> str:
    blob = "bytea" if target.dialect == "postgres" else "blob"
    run(
        target,
        "DROP TABLE IF EXISTS edited, loose_rows",
        f"CREATE TABLE edited (id int PRIMARY KEY, word varchar(20), d numeric(8,2), b {blob}, t timestamp NULL)",
        "INSERT INTO edited VALUES (1, 'Abc', 1.50, NULL, '2024-02-29 12:00:00'), (2, NULL, NULL, 'x', NULL)",
        "CREATE TABLE loose_rows (a int)",
    )
    return "public" if target.dialect == "postgres" else "shop"


def row(engines: Engines, target: Target, number: int) -> dict[str, object]:
    answer = ask(engines, target, f"SELECT * FROM edited WHERE id = {number}").answer
    return dict(zip([c.name for c in answer.columns or ()], answer.rows[0], strict=True)) if answer.rows else {}


@pytest.mark.parametrize("number", [1, 2])
def test_a_row_is_changed_as_it_was_seen(engines: Engines, target: Target, edited: str, number: int) -> None:
    seen = row(engines, target, number)
    done = edit.update(target, edited, "edited", seen, {"word": "new ' :x", "b": b"\x00\xff"}, engines)
    assert "new" not in done.statement.text
    assert row(engines, target, number) == {**seen, "word": "new ' :x", "b": b"\x00\xff"}
    with pytest.raises(errors.Conflict):
        edit.update(target, edited, "edited", seen, {"d": 3}, engines)
    with pytest.raises(errors.Conflict):
        edit.delete(target, edited, "edited", seen, engines)
    edit.delete(target, edited, "edited", row(engines, target, number), engines)
    assert row(engines, target, number) == {}


def test_a_change_of_case_is_a_change(engines: Engines, target: Target, edited: str) -> None:
    seen = {**row(engines, target, 1), "word": "ABC"}
    with pytest.raises(errors.Conflict):
        edit.update(target, edited, "edited", seen, {"word": "x"}, engines)


def test_the_same_value_again_is_no_conflict(engines: Engines, target: Target, edited: str) -> None:
    edit.update(target, edited, "edited", row(engines, target, 1), {"word": "Abc"}, engines)


def test_inserts(engines: Engines, target: Target, edited: str) -> None:
    edit.insert(target, edited, "edited", {"id": 3, "word": "it's", "t": "2024-03-01 00:00:00"}, engines)
    assert row(engines, target, 3)["word"] == "it's"
    with pytest.raises(errors.StatementError, match=r"(?i)duplicate"):
        edit.insert(target, edited, "edited", {"id": 3}, engines)
    with pytest.raises(errors.StatementError, match="no column"):
        edit.insert(target, edited, "edited", {"x) VALUES (1) --": 3}, engines)


def test_rows_that_cannot_be_named(engines: Engines, target: Target, edited: str) -> None:
    with pytest.raises(errors.StatementError, match="no key"):
        edit.delete(target, edited, "loose_rows", {"a": 1}, engines)
    with pytest.raises(errors.StatementError, match="cut"):
        edit.delete(target, edited, "edited", {"id": 1, "word": Cut("A", 3)}, engines)
    with pytest.raises(errors.StatementError, match="has no value"):
        edit.delete(target, edited, "edited", {"word": "Abc"}, engines)
