"""The schema, and pages by key through to the end and back, on tables with odd names."""

import pytest

from app.sql import errors, schema
from app.sql.engines import Engines, open_connection
from app.sql.page import Filter, Query, Structures, fetch, quote
from app.sql.target import Target
from tests.sql import servers

ODD = 'tab le "q" `b` é'  # MariaDB knows no name with an emoji; PostgreSQL does


def run(target: Target, *texts: str) -> None:
    connection = open_connection(target, servers.PASSWORD)
    cursor = connection.cursor()
    cursor.execute("SET default_transaction_read_only = off" if target.dialect == "postgres" else "SET @a = 1")
    for text in texts:
        cursor.execute(text)
    connection.commit()
    connection.close()


def test_a_name_with_an_emoji(engines: Engines, pg: Target) -> None:
    run(pg, 'DROP TABLE IF EXISTS "😀"', 'CREATE TABLE "😀" ("💥" int PRIMARY KEY)', 'INSERT INTO "😀" VALUES (1), (2)')
    page = fetch(pg, Query("public", "😀", "after", (1,)), engines=engines)
    assert page.answer.rows == ((2,),) and page.order == ("💥",)


@pytest.fixture
def odd(target: Target) -> str:
    """A table of 1,000 rows with a key of two columns, an index, a foreign key; returns its schema."""
    name, city = quote(ODD, target.dialect), quote("city", target.dialect)
    numbers = "generate_series(1, 1000) AS seq" if target.dialect == "postgres" else "seq_1_to_1000"
    run(
        target,
        f"DROP TABLE IF EXISTS {name}",
        "DROP TABLE IF EXISTS city",
        f"CREATE TABLE city (code char(2) PRIMARY KEY, {city} varchar(20))",
        "INSERT INTO city VALUES ('AA', 'Aachen'), ('BB', NULL)",
        f"CREATE TABLE {name} (a int, b int, n int NOT NULL, c char(2) REFERENCES city (code), d numeric(8,2), "
        "PRIMARY KEY (a, b), FOREIGN KEY (c) REFERENCES city (code))",
        f"CREATE INDEX odd_n ON {name} (n)",
        f"INSERT INTO {name} SELECT floor(seq / 10), seq % 10, 1000 - floor(seq / 3), 'AA', seq / 7.0 FROM {numbers}",
    )
    return "public" if target.dialect == "postgres" else "shop"


def test_the_schema(engines: Engines, target: Target, odd: str) -> None:
    found = schema.structure(target, odd, ODD, engines)
    assert found.primary == ("a", "b") == found.key()
    assert [column.name for column in found.columns] == ["a", "b", "n", "c", "d"]
    assert [column.nullable for column in found.columns] == [False, False, False, True, True]
    assert ("odd_n", ("n",), False) in [(each.name, each.columns, each.unique) for each in found.indexes]
    assert (found.foreign[0].columns, found.foreign[0].table, found.foreign[0].others) == (("c",), "city", ("code",))
    assert "shop" in schema.databases(target, engines)
    assert {ODD, "city"} <= {table.name for table in schema.tables(target, engines)}
    assert schema.names(target, engines)[ODD] == ("a", "b", "n", "c", "d")
    assert schema.structure(target, odd, "nothing", engines).columns == ()


def walk(engines: Engines, target: Target, query: Query) -> list[tuple[object, ...]]:
    page = fetch(target, query, engines=engines)
    rows: list[tuple[object, ...]] = []
    while True:
        rows += list(page.answer.rows)
        if not page.after:
            return rows
        following = Query(query.schema, query.table, "after", page.last, query.sort, query.descending, query.filters)
        page = fetch(target, following, engines=engines)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", ["", "n"])
def test_pages_through_to_the_end_and_back(
    engines: Engines, target: Target, odd: str, sort: str, descending: bool
) -> None:
    query = Query(odd, ODD, sort=sort, descending=descending)
    rows = walk(engines, target, query)
    assert len(rows) == 1000 == len({row[:2] for row in rows})
    key = (lambda row: (row[2], *row[:2])) if sort else (lambda row: row[:2])
    assert rows == sorted(rows, key=key, reverse=descending)
    page = fetch(target, Query(odd, ODD, "last", (), sort, descending), engines=engines)
    assert list(page.answer.rows) == rows[-100:] and page.before and not page.after
    page = fetch(target, Query(odd, ODD, "before", page.first, sort, descending), engines=engines)
    assert list(page.answer.rows) == rows[-200:-100] and page.before and page.after


def test_a_jump_and_filters(engines: Engines, target: Target, odd: str) -> None:
    page = fetch(target, Query(odd, ODD, "from", (50, 0)), engines=engines)
    assert page.answer.rows[0][:2] == (50, 0) and page.before and page.after
    filters = (Filter("a", ">=", 99), Filter("c", "not null"), Filter("c", "like", "a%"))
    page = fetch(target, Query(odd, ODD, filters=filters), engines=engines)
    assert len(page.answer.rows) == 11 and not page.after
    quoted = (Filter("c", "=", "' OR 1=1 --"),)
    assert fetch(target, Query(odd, ODD, filters=quoted), engines=engines).answer.rows == ()


def test_what_is_not_there_is_an_error(engines: Engines, target: Target, odd: str) -> None:
    for query in (Query(odd, "no"), Query(odd, ODD, sort="x; DROP"), Query(odd, ODD, filters=(Filter("x", "=", 1),))):
        with pytest.raises(errors.StatementError):
            fetch(target, query, engines=engines)
    with pytest.raises(errors.StatementError, match="comparison"):
        fetch(target, Query(odd, ODD, filters=(Filter("a", "= 1 OR", 1),)), engines=engines)


def test_a_nullable_sort_pages_by_offset(engines: Engines, target: Target, odd: str) -> None:
    page = fetch(target, Query(odd, ODD, sort="d", offset=200), engines=engines)
    assert page.order == () and page.before and page.after and len(page.answer.rows) == 100


def test_many_tables(engines: Engines, target: Target) -> None:
    many = 2000 if target.dialect == "postgres" else 300  # MariaDB takes half a minute to make 2,000
    run(target, *[f"CREATE TABLE IF NOT EXISTS many_{n} (id int PRIMARY KEY, word text)" for n in range(many)])
    try:
        assert len(schema.tables(target, engines)) >= many
        assert len(schema.names(target, engines)) >= many
    finally:
        for first in range(0, many, 100):
            run(target, "DROP TABLE " + ", ".join(f"many_{n}" for n in range(first, first + 100)))


def test_a_table_that_changed_is_read_again(engines: Engines, target: Target) -> None:
    now = [0.0]
    structures = Structures(clock=lambda: now[0])
    schema_name = "public" if target.dialect == "postgres" else "shop"
    run(target, "DROP TABLE IF EXISTS moving", "CREATE TABLE moving (a int PRIMARY KEY, b int NOT NULL)")
    query = Query(schema_name, "moving")
    assert fetch(target, query, engines=engines, structures=structures).order == ("a",)
    run(target, "DROP TABLE moving", "CREATE TABLE moving (c int PRIMARY KEY, b int NOT NULL)")
    assert fetch(target, query, engines=engines, structures=structures).order == ("c",)
    run(target, "ALTER TABLE moving ADD d int")
    assert len(fetch(target, query, engines=engines, structures=structures).structure.columns) == 2
    now[0] = 31
    assert len(fetch(target, query, engines=engines, structures=structures).structure.columns) == 3
