"""Running: what comes back, exactly, from both servers; limits, places of errors, parameters."""

from decimal import Decimal

import pytest

from app.sql import errors, statements
from app.sql.engines import Engines
from app.sql.options import Options
from app.sql.run import Result, read, write
from app.sql.target import Target
from app.sql.values import Cut


def one(text: str, target: Target) -> statements.Statement:
    (found,) = statements.split(text, target.dialect)
    return found


def ask(
    engines: Engines, target: Target, text: str, values: dict[str, object] | None = None, **options: object
) -> Result:
    return read(target, one(text, target), values, Options(**options), engines)  # type: ignore[arg-type]


def change(engines: Engines, target: Target, script: str) -> None:
    found = statements.split(script, target.dialect)
    preview = write(target, found, engines=engines)
    assert preview.error is None, preview.error
    if not preview.warning:
        done = write(target, found, expect=preview.affected, engines=engines)
        assert done.committed, done


@pytest.fixture
def numbers(engines: Engines, target: Target) -> str:
    """A table of ten thousand rows, made once per server."""
    try:
        ask(engines, target, "SELECT 1 FROM numbers")
    except errors.StatementError:
        many = "generate_series(1, 10000) AS n" if target.dialect == "postgres" else "seq_1_to_10000"
        column = "n" if target.dialect == "postgres" else "seq"
        change(engines, target, "CREATE TABLE numbers (id int PRIMARY KEY, word varchar(40))")
        change(engines, target, f"INSERT INTO numbers SELECT {column}, concat('word ', {column}) FROM {many}")
    return "numbers"


def test_rows_columns_and_truncation(engines: Engines, target: Target, numbers: str) -> None:
    answer = ask(engines, target, f"SELECT * FROM {numbers} ORDER BY id").answer
    assert answer.columns is not None and [c.name for c in answer.columns] == ["id", "word"]
    assert [c.kind for c in answer.columns] == ["integer", "text"]
    assert len(answer.rows) == 100 and answer.truncated and answer.rows[99] == (100, "word 100")
    exact = ask(engines, target, f"SELECT * FROM {numbers} WHERE id <= 100").answer
    assert len(exact.rows) == 100 and not exact.truncated
    own = ask(engines, target, f"SELECT * FROM {numbers} ORDER BY id LIMIT 5000").answer
    assert len(own.rows) == 100 and own.truncated
    assert ask(engines, target, f"SELECT * FROM {numbers} WHERE id < 0").answer.rows == ()


def test_who_reads_next_has_limits_of_their_own(engines: Engines, target: Target, numbers: str) -> None:
    """A connection is given back with the next transaction started, for the same limits alone."""
    every, sleep = f"SELECT * FROM {numbers} ORDER BY id", "pg_sleep" if target.dialect == "postgres" else "SLEEP"
    assert len(ask(engines, target, every).answer.rows) == 100
    assert len(ask(engines, target, every).answer.rows) == 100
    assert len(ask(engines, target, every, limit=5).answer.rows) == 5
    assert len(ask(engines, target, every, limit=500).answer.rows) == 500
    assert ask(engines, target, every, skip=9_990).answer.rows[0] == (9_991, "word 9991")
    with pytest.raises(errors.TimedOut):
        ask(engines, target, f"SELECT {sleep}(600)", timeout=0.2)
    change(engines, target, f"UPDATE {numbers} SET word = 'changed' WHERE id = 1")
    assert ask(engines, target, every).answer.rows[0] == (1, "changed")
    change(engines, target, f"UPDATE {numbers} SET word = 'word 1' WHERE id = 1")
    with pytest.raises(errors.SqlError):
        ask(engines, target, "SELECT * FROM no_such_table")
    assert ask(engines, target, every).answer.rows[0] == (1, "word 1")


def test_what_others_change_is_seen_although_the_transaction_began_before(
    engines: Engines, target: Target, numbers: str
) -> None:
    first = f"SELECT word FROM {numbers} WHERE id = 2"
    assert ask(engines, target, first).answer.rows == (("word 2",),)
    other = Engines()
    change(other, target, f"UPDATE {numbers} SET word = 'new' WHERE id = 2")
    assert ask(engines, target, first).answer.rows == (("new",),)
    change(other, target, f"UPDATE {numbers} SET word = 'word 2' WHERE id = 2")
    change(other, target, f"ALTER TABLE {numbers} ADD COLUMN more int")  # nobody who is idle holds it
    assert len(ask(engines, target, f"SELECT * FROM {numbers} LIMIT 1").answer.rows[0]) == 3
    change(other, target, f"ALTER TABLE {numbers} DROP COLUMN more")
    other.close()


def test_more_rows_than_there_is_time_for_are_never_made(engines: Engines, target: Target, numbers: str) -> None:
    # All of them would take longer than this test may.
    answer = ask(engines, target, f"SELECT a.id FROM {numbers} a, {numbers} b, {numbers} c", timeout=600).answer
    assert len(answer.rows) == 100 and answer.truncated
    assert ask(engines, target, "SELECT 1").answer.rows == ((1,),)


def test_values_of_mariadb(engines: Engines, maria: Target) -> None:
    text = (
        "SELECT CAST(12345678901234567890123456789012345678901234567890123456789012345 AS DECIMAL(65,0)) a, "
        "CAST('1.10' AS DECIMAL(5,2)), NULL, '', x'00ff', CAST('0000-00-00' AS DATE), TIME '-838:59:59', b'101', "
        "18446744073709551615, CAST(1.5 AS DOUBLE), 'é😀', DATE '2024-02-29', JSON_OBJECT('a', 1)"
    )
    answer = ask(engines, maria, text).answer
    assert answer.rows[0][:5] == (
        Decimal("12345678901234567890123456789012345678901234567890123456789012345"),
        Decimal("1.10"),
        None,
        "",
        b"\x00\xff",
    )
    assert answer.rows[0][6] == "-838:59:59" and answer.rows[0][8] == 18446744073709551615
    assert answer.rows[0][9:12] == (1.5, "é😀", "2024-02-29")
    assert answer.columns is not None and answer.columns[0].type == "decimal(65,0)"


def test_stored_values_of_mariadb(engines: Engines, maria: Target) -> None:
    change(engines, maria, "DROP TABLE IF EXISTS odd")
    change(
        engines,
        maria,
        'CREATE TABLE odd (`"><script>` varchar(9) CHARACTER SET latin1, d date, b bit(5), y year, '
        "bl blob, tx text, e enum('x','y'), u bigint unsigned)",
    )
    change(engines, maria, "INSERT IGNORE INTO odd VALUES ('ÄÖ', '0000-00-00', b'10101', 0, x'ff00', 'lang', 'y', 5)")
    answer = ask(engines, maria, "SELECT * FROM odd").answer
    assert answer.rows == (("ÄÖ", "0000-00-00", "10101", 0, b"\xff\x00", "lang", "y", 5),)
    assert answer.columns is not None
    assert [c.type for c in answer.columns] == [
        "varchar(9)", "date", "bit(5)", "year", "blob", "text", "enum", "bigint unsigned",
    ]  # fmt: skip
    assert answer.columns[0].name == '"><script>'


def test_values_of_postgresql(engines: Engines, pg: Target) -> None:
    text = (
        "SELECT 12345678901234567890123456789012345678901234567890.10::numeric a, NULL, '', '\\x00ff'::bytea, "
        "'0044-03-15 BC'::date, 'infinity'::timestamp, '25:00:00'::interval, B'101', true, 1.5::float8, 'é😀', "
        "'{\"a\": 1}'::jsonb, ARRAY[1,2], '2024-02-29 12:00:00+02'::timestamptz AT TIME ZONE 'UTC', 9223372036854775807"
    )
    answer = ask(engines, pg, text).answer
    assert answer.rows == (
        (
            Decimal("12345678901234567890123456789012345678901234567890.10"), None, "", b"\x00\xff", "0044-03-15 BC",
            "infinity", "25:00:00", "101", True, 1.5, "é😀", '{"a": 1}', "{1,2}", "2024-02-29 10:00:00",
            9223372036854775807,
        ),
    )  # fmt: skip
    kinds = [c.kind for c in answer.columns or ()]
    assert kinds[3:9] == ["binary", "date", "datetime", "interval", "bit", "boolean"]
    assert kinds[11:13] == ["json", "array"]


def test_a_type_of_ones_own_has_its_name(engines: Engines, pg: Target) -> None:
    change(engines, pg, "DROP TYPE IF EXISTS mood")
    change(engines, pg, "CREATE TYPE mood AS ENUM ('sad', 'glad')")
    answer = ask(engines, pg, "SELECT 'glad'::mood").answer
    assert answer.rows == (("glad",),) and (answer.columns or ())[0].type == "mood"


def test_large_cells_are_cut_with_their_length(engines: Engines, target: Target) -> None:
    answer = ask(engines, target, "SELECT repeat('x', 3000000), 'y'", cell=1000).answer
    assert answer.rows == ((Cut("x" * 1000, 3000000), "y"),)


def test_parameters_are_bound(engines: Engines, target: Target, numbers: str) -> None:
    text = f"SELECT word FROM {numbers} WHERE id = :id AND word <> :other AND ':id' = ':id'"
    assert ask(engines, target, text, {"id": 7, "other": "x' OR 1=1 -- \\"}).answer.rows == (("word 7",),)
    assert ask(engines, target, text, {"id": "7", "other": ""}).answer.rows == (("word 7",),)
    assert ask(engines, target, f"SELECT id FROM {numbers} ORDER BY id LIMIT :n", {"n": 2}).answer.rows == ((1,), (2,))
    with pytest.raises(errors.SyntaxMistake, match=":id has no value"):
        ask(engines, target, text, {"other": 1})


def test_percent_signs_are_only_that(engines: Engines, target: Target) -> None:
    assert ask(engines, target, "SELECT 7 % 4, '%s %(a)s', :a", {"a": "%s"}).answer.rows[0][:2] == (3, "%s %(a)s")


def test_errors_have_a_place(engines: Engines, target: Target) -> None:
    with pytest.raises(errors.SyntaxMistake) as caught:
        ask(engines, target, "SELECT 1,\n  2 FRM t WHERE")
    assert caught.value.line == 2 and caught.value.column in (5, 9)
    with pytest.raises(errors.StatementError, match=r"no_such") as other:
        ask(engines, target, "SELECT * FROM no_such_table")
    if target.dialect == "postgres":
        assert (other.value.line, other.value.column) == (1, 15)


def test_double_quotes_on_postgresql_are_explained(engines: Engines, pg: Target) -> None:
    with pytest.raises(errors.StatementError) as caught:
        ask(engines, pg, 'SELECT "Kim"')
    assert "single quotes" in caught.value.remedy


def test_notices_and_warnings_arrive(engines: Engines, pg: Target, maria: Target) -> None:
    script = statements.split("DO $$ BEGIN RAISE WARNING 'hear me'; END $$", "postgres")
    answer = write(pg, script, engines=engines).results[0].answer
    assert answer.notices == ("WARNING: hear me",)
    assert "1365" in ask(engines, maria, "SELECT 1 / 0").answer.notices[0]


def test_the_session_forgets(engines: Engines, pg: Target, maria: Target) -> None:
    ask(engines, maria, "SELECT @secret := 42, GET_LOCK('mine', 0)")
    assert ask(engines, maria, "SELECT @secret, IS_FREE_LOCK('mine')").answer.rows == ((None, 1),)
    ask(engines, pg, "SELECT pg_advisory_lock(7), set_config('my.secret', '42', false)")
    answer = ask(
        engines,
        pg,
        "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), current_setting('my.secret', true)",
    )
    assert answer.answer.rows in (((0, ""),), ((0, None),))


def test_connections_are_used_again_after_errors(engines: Engines, target: Target) -> None:
    ask(engines, target, "SELECT 1")
    engine = engines.get(target)
    with engines.connection(target) as lent:
        first = lent.dbapi_connection
    for _ in range(3):
        with pytest.raises(errors.StatementError):
            ask(engines, target, "SELECT nothing_here")
    with engines.connection(target) as lent:
        assert lent.dbapi_connection is first
    assert engine.lent == 0


def test_more_rows_than_are_shown_do_not_keep_a_script_from_its_commit(
    engines: Engines, target: Target, numbers: str
) -> None:
    change(engines, target, f"SELECT * FROM {numbers}; UPDATE {numbers} SET word = 'after' WHERE id = 1")
    assert ask(engines, target, f"SELECT word FROM {numbers} WHERE id = 1").answer.rows == (("after",),)
    change(engines, target, f"UPDATE {numbers} SET word = 'word 1' WHERE id = 1; SELECT * FROM {numbers}")
    assert ask(engines, target, f"SELECT word FROM {numbers} WHERE id = 1").answer.rows == (("word 1",),)


def test_rows_that_a_change_returns_are_counted_and_committed(engines: Engines, target: Target, numbers: str) -> None:
    insert = f"INSERT INTO {numbers} SELECT id + 20000, word FROM {numbers} WHERE id <= 300 RETURNING id"
    script = statements.split(insert, target.dialect)
    shown = write(target, script, engines=engines)
    assert shown.affected == (300,) and shown.results[0].answer.truncated
    assert len(shown.results[0].answer.rows) == 100
    assert write(target, script, expect=(300,), engines=engines).committed
    assert ask(engines, target, f"SELECT count(*) FROM {numbers} WHERE id > 20000").answer.rows == ((300,),)
    script = statements.split(f"DELETE FROM {numbers} WHERE id > 20000 RETURNING id", target.dialect)
    assert write(target, script, expect=(300,), engines=engines).committed
    assert ask(engines, target, f"SELECT count(*) FROM {numbers} WHERE id > 20000").answer.rows == ((0,),)


def test_the_results_of_a_procedure_do_not_keep_it_from_its_commit(engines: Engines, maria: Target) -> None:
    body = "SELECT seq FROM seq_1_to_300; INSERT INTO called VALUES (7); SELECT 2 AS two, 3 AS three"
    with engines.own(maria) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE called (n int)")
        cursor.execute(f"CREATE OR REPLACE PROCEDURE several() BEGIN {body}; END")
    script = statements.split("CALL several(); INSERT INTO called VALUES (8)", "mysql")
    done = write(maria, script, expect=(0, 1), engines=engines)
    assert done.committed and len(done.results[0].answer.rows) == 100
    assert ask(engines, maria, "SELECT n FROM called ORDER BY n").answer.rows == ((7,), (8,))
