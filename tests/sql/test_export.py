"""Exports: read back by programs that are not ours, and compared with the driver's own rows."""

import csv
import io
import itertools
import json
import sys
import tracemalloc
from decimal import Decimal
from typing import Any

import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

from app.sql import errors, parquet, statements
from app.sql.csv_cells import Csv
from app.sql.engines import Engines
from app.sql.export import Format, export
from app.sql.schema import Structure, structure
from app.sql.table_export import export_table, server_lines
from app.sql.target import Target
from tests.sql.test_page import run
from tests.sql.test_run import ask

ROWS = 3000


@pytest.fixture
def mixed(target: Target) -> str:
    """A table with everything that is hard to write down."""
    if target.dialect == "postgres":
        numbers, blob, many = f"generate_series(1, {ROWS}) AS seq", "bytea", "'\\x00ff0d0a22'::bytea"
    else:
        numbers, blob, many = f"seq_1_to_{ROWS}", "blob", "x'00ff0d0a22'"
    charset = " DEFAULT CHARSET utf8mb4" if target.dialect == "mysql" else ""
    made = "E'q\"u,o\\nte\\r\\n'" if target.dialect == "postgres" else "'q\"u,o\\nte\\r\\n'"
    run(
        target,
        "DROP TABLE IF EXISTS mixed",
        f"CREATE TABLE mixed (id int PRIMARY KEY, w varchar(400), e varchar(9), d decimal(20,3), f double precision, "
        f"b {blob}, t timestamp NULL, n varchar(9)){charset}",
        f"INSERT INTO mixed SELECT seq, CASE seq % 5 WHEN 0 THEN {made} WHEN 1 THEN 'ä😀' WHEN 2 THEN '' "
        f"WHEN 3 THEN repeat('x', 300) ELSE 'plain' END, '', seq / 8.0 - 100, seq / 3.0, {many}, "
        f"'2024-02-29 12:00:00', CASE seq % 2 WHEN 0 THEN NULL ELSE '=1+1' END FROM {numbers}",
    )
    return "SELECT * FROM mixed ORDER BY id"


def whole(engines: Engines, target: Target, text: str, form: Format, values: Any = None, **options: Any) -> bytes:
    (statement,) = statements.split(text, target.dialect)
    return b"".join(export(target, statement, form, values, csv=Csv(**options), engines=engines))


def expected(engines: Engines, target: Target, text: str) -> list[tuple[Any, ...]]:
    return list(ask(engines, target, text, limit=ROWS, cell=10**9).answer.rows)


def shown(value: Any) -> str:
    return "" if value is None else "\\x" + value.hex() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_read_by_pythons_reader(engines: Engines, target: Target, mixed: str, delimiter: str) -> None:
    body = whole(engines, target, mixed, "csv", guard=False, delimiter=delimiter)
    lines = list(csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter, strict=True))
    rows = expected(engines, target, mixed)
    assert lines[0] == ["id", "w", "e", "d", "f", "b", "t", "n"] and len(lines) == ROWS + 1
    for line, row in zip(lines[1:], rows, strict=True):
        assert line[:4] + line[5:] == [shown(cell) for cell in row[:4] + row[5:]]
        assert float(line[4]) == row[4]
    assert b'""' in body and body.endswith(b"\r\n")


def test_null_and_nothing_differ(engines: Engines, target: Target) -> None:
    body = whole(engines, target, "SELECT NULL AS a, '' AS b, 'x' AS a", "csv")
    assert body.split(b"\r\n")[1] in (b',"","x"', b',"",x')


def test_formulas_are_disarmed_unless_told_otherwise(engines: Engines, target: Target) -> None:
    text = "SELECT '=1+1' AS a, '-x' AS b, '+1' AS c, '@x' AS d, 'a=1' AS e, -5 AS f, ',\"=1' AS g"
    cells = next(itertools.islice(csv.reader(whole(engines, target, text, "csv").decode().splitlines()), 1, None))
    assert cells == ["'=1+1", "'-x", cells[2], "'@x", "a=1", "-5", ',"=1']
    assert cells[2] in ("'+1", "+1")
    plain = whole(engines, target, text, "csv", guard=False)
    assert next(itertools.islice(csv.reader(plain.decode().splitlines()), 1, None))[:4] == ["=1+1", "-x", "+1", "@x"]


def test_order_and_double_names_are_kept(engines: Engines, target: Target, mixed: str) -> None:
    body = whole(engines, target, "SELECT id, m.id, n AS id FROM mixed m ORDER BY m.id DESC", "csv", guard=True)
    lines = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert lines[0] == ["id", "id", "id"] and [int(line[0]) for line in lines[1:]] == list(range(ROWS, 0, -1))


def test_ndjson_and_json(engines: Engines, target: Target, mixed: str) -> None:
    rows = expected(engines, target, mixed)
    lines = [json.loads(line) for line in whole(engines, target, mixed, "ndjson").decode().split("\n")[:-1]]
    assert lines == json.loads(whole(engines, target, mixed, "json"))
    for line, row in zip(lines, rows, strict=True):
        assert (line["id"], line["w"], Decimal(line["d"]), line["f"], line["n"]) == (*row[:2], *row[3:5], row[7])
        assert line["b"] == "\\x" + row[5].hex()
    assert json.loads(whole(engines, target, "SELECT 1 AS a WHERE 1 = 0", "json")) == []


def test_parquet_read_by_arrow(engines: Engines, target: Target, mixed: str) -> None:
    body = whole(engines, target, mixed, "parquet")
    found = pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()
    rows = expected(engines, target, mixed)
    for got, row in zip(found, rows, strict=True):
        assert tuple(got.values()) == row, row[0]
    assert pyarrow.parquet.read_table(io.BytesIO(body)).schema.field("d").type == pyarrow.decimal128(20, 3)
    empty = pyarrow.parquet.read_table(io.BytesIO(whole(engines, target, "SELECT 1 AS a WHERE 1 = 0", "parquet")))
    assert empty.num_rows == 0 and empty.column_names == ["a"]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_parameters_are_bound_in_exports(engines: Engines, target: Target, mixed: str, form: Format) -> None:
    text = "SELECT id FROM mixed WHERE id = :a OR w = :b"
    body = whole(engines, target, text, form, {"a": 4, "b": "' OR 1=1 --"})
    assert body.count(b"\n") <= 2 or form == "parquet"
    if form == "csv":
        assert body == b'"id"\r\n4\r\n'


def test_errors_come_before_the_first_byte(engines: Engines, target: Target) -> None:
    for text in (
        "SELECT * FROM nothing",
        "SELECT FROM WHERE",
        "DELETE FROM mixed",
        "SELECT 1) TO STDOUT; SELECT 2",
    ):
        statement = statements.Statement(text, 0, 1, 1, text.split()[0], ())
        with pytest.raises(errors.SqlError):
            export(target, statement, "csv", engines=engines)


def test_a_bracket_cannot_leave_the_copy(engines: Engines, pg: Target) -> None:
    for text in ("SELECT 1) TO PROGRAM 'id' --", "SELECT (1)) TO STDOUT --", "SELECT 1) TO '/tmp/x' /*"):
        with pytest.raises(errors.SqlError):
            (statement, *_) = statements.split(text, "postgres")
            export(pg, statement, "csv", engines=engines)


def test_a_reader_who_leaves_stops_the_query(engines: Engines, target: Target, mixed: str) -> None:
    (statement,) = statements.split("SELECT a.* FROM mixed a, mixed b", target.dialect)
    usual = sys.getswitchinterval()
    stream = export(target, statement, "csv", engines=engines)
    assert next(stream) and next(stream)
    assert sys.getswitchinterval() < usual
    stream.close()
    assert sys.getswitchinterval() == usual
    assert ask(engines, target, "SELECT 1").answer.rows == ((1,),)


def test_an_error_in_the_middle_is_raised(engines: Engines, target: Target, mixed: str) -> None:
    if target.dialect == "postgres":
        text = "SELECT 1 / (2999 - id) FROM mixed ORDER BY id"
    else:
        text = "SELECT (SELECT id FROM mixed x WHERE m.id > 2990 OR x.id = 1) FROM mixed m ORDER BY id"
    with pytest.raises(errors.StatementError):
        whole(engines, target, text, "csv")


@pytest.mark.parametrize("size", [250, 251, 65535, 65536, 5_000_000])
def test_cells_of_every_length(engines: Engines, target: Target, size: int) -> None:
    text = f"SELECT repeat('a', {size}) AS a, repeat('b', {size}) AS b UNION ALL SELECT 'x', 'y'"
    lines = list(whole(engines, target, text, "csv").replace(b'"', b"").split(b"\r\n"))
    assert lines == [b"a,b", b"a" * size + b"," + b"b" * size, b"x,y", b""]


# How many MiB an export may hold: less than all its rows take, which is what it would hold that gathers them.
@pytest.mark.parametrize(("form", "most"), [("csv", 2), ("ndjson", 4), ("parquet", 6)])
def test_memory_does_not_grow(
    engines: Engines, target: Target, mixed: str, form: Format, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 2000)  # the rows that Parquet gathers; its own number is below
    (statement,) = statements.split("SELECT a.* FROM mixed a, (SELECT id FROM mixed WHERE id <= 6) b", target.dialect)
    next(export(target, statement, form, engines=engines))
    tracemalloc.start()
    try:
        total = sum(len(part) for part in export(target, statement, form, engines=engines))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total > (50_000 if form == "parquet" else 2_200_000)
    assert peak < most << 20, f"{peak / 1e6:.1f} MB for {total / 1e6:.1f} MB"


def test_parquet_gathers_so_many_rows_that_they_fit() -> None:
    assert parquet.GROUP_ROWS <= 20_000  # of the rows above, 19 MB


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_table_is_the_same_by_either_way(engines: Engines, target: Target, delimiter: str) -> None:
    numbers = "generate_series(1, 2000) AS seq" if target.dialect == "postgres" else "seq_1_to_2000"
    latin = " CHARACTER SET latin1" if target.dialect == "mysql" else ""
    run(
        target,
        "DROP TABLE IF EXISTS plain",
        f"CREATE TABLE plain (id int PRIMARY KEY, w varchar(300){latin}, d decimal(9,2), t date, "
        "n varchar(9) NOT NULL)",
        "INSERT INTO plain SELECT seq, CASE seq % 4 WHEN 0 THEN NULL WHEN 1 THEN 'Ä\"q,' WHEN 2 THEN '' "
        f"ELSE repeat('y', 299) END, -seq / 3.0, '2024-02-29', '-1+1' FROM {numbers}",
    )
    schema = "public" if target.dialect == "postgres" else "shop"
    for guard in (True, False):
        form = Csv(delimiter, guard)
        lines = b"".join(export_table(target, schema, "plain", "csv", csv=form, engines=engines))
        typed = whole(engines, target, "SELECT * FROM plain", "csv", delimiter=delimiter, guard=guard)
        assert lines == typed and lines.count(b"'-1+1") == (2000 if guard else 0)
    with pytest.raises(errors.StatementError):
        export_table(target, schema, "nothing", "csv", engines=engines)


def test_which_tables_the_server_writes(engines: Engines, maria: Target) -> None:
    run(maria, "DROP TABLE IF EXISTS doubtful", "CREATE TABLE doubtful (a int, b float, c blob, d int zerofill)")
    found = structure(maria, "shop", "doubtful", engines)
    for column in found.columns:
        alone = Structure("shop", "doubtful", (column,), (), ())
        assert (server_lines(alone, "doubtful", Csv()) is not None) == (column.name == "a"), column


def test_character_sets_that_do_not_mix(engines: Engines, maria: Target) -> None:
    run(
        maria,
        "DROP TABLE IF EXISTS sets",
        "CREATE TABLE sets (a varchar(9) CHARACTER SET latin1, b varchar(9) CHARACTER SET latin2, "
        "c varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, d varchar(9) CHARACTER SET utf8mb4)",
        "INSERT INTO sets VALUES ('é', 'ř', '😀', 'x'), ('é', 'ř', '😀', NULL)",
    )
    for columns in ("a, b", "a, c", "c, d", "a, b, c, d"):
        run(maria, "DROP TABLE IF EXISTS some", f"CREATE TABLE some SELECT {columns} FROM sets")
        lines = b"".join(export_table(maria, "shop", "some", "csv", engines=engines))
        assert lines == whole(engines, maria, "SELECT * FROM some", "csv")
        assert "�" not in lines.decode() and b"?" not in lines
