import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app import notes
from app.blueprints.rds.service.masking import masked
from app.blueprints.rds.service.walking import Whole, whole_table
from app.blueprints.rds.views import exports
from app.sql.statements import split
from app.sql.target import Target
from tests.pages import Page, check_page
from tests.rds.helpers import define, fetch, post, run

both = pytest.mark.parametrize("name", ["shop", "database-1"])


@both
def test_a_query_is_an_address(page: Callable[..., Page], name: str) -> None:
    shown = page(f"/rds/{name}/query?sql=SELECT+1+AS+one,+NULL+AS+nothing,+''+AS+blank", calls=3)
    assert [e.text for e in shown.all(".//td")] == ["1", "NULL", None]
    (area,) = shown.all(".//textarea")
    assert area.text == "SELECT 1 AS one, NULL AS nothing, '' AS blank"
    assert "SELECT" in shown.html


@both
def test_reading_never_writes(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/rds/{name}/query?format=json&sql=CREATE+TABLE+never(id+int)")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["title"] == "Read-only"


@both
def test_changes_are_shown_before_they_are_committed(client: FlaskClient, name: str) -> None:
    table = f"notes_{name.replace('-', '_')}"
    define(client, name, f"CREATE TABLE {table} (id INT PRIMARY KEY, said VARCHAR(20))")
    insert = f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')"
    looked = check_page(run(client, name, insert, mode="write"), "write", 200, 3)
    assert "Not committed yet" in looked.text
    count = f"/rds/{name}/query?format=json&sql=SELECT+count(*)+FROM+{table}"
    assert fetch(client, count)["results"][0]["rows"] == [[0]]
    assert "Committed" in check_page(run(client, name, insert, mode="write", expect="2"), "write", 200, 3).text
    assert fetch(client, count)["results"][0]["rows"] == [[2]]


def test_what_postgresql_refuses_in_a_transaction_is_offered_outside(client: FlaskClient) -> None:
    for sql in ("CREATE DATABASE apart", "DROP DATABASE apart"):
        asked = check_page(run(client, "shop", sql, mode="write"), "write", 422, 3)
        assert "Run it outside a transaction" in asked.text
        assert "cannot be shown before or rolled back" in asked.text
        assert "Committed." in check_page(run(client, "shop", sql, mode="write", alone="1"), "alone", 200, 3).text
    two = run(client, "shop", "SELECT 1; VACUUM", mode="write").get_data(as_text=True)
    assert "Run it in write mode, by itself." in two
    read_only = client.get("/rds/shop/query?format=json&sql=VACUUM&alone=1&mode=write")
    assert read_only.status_code == 422


@both
def test_parameters_become_fields_and_are_bound(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    asked = page(f"/rds/{name}/query?sql=SELECT+:word+AS+w")
    assert asked.field("p.word").get("value") == ""
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&p.word='%3B--"
    assert fetch(client, sql)["results"][0]["rows"] == [["';--"]]
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&null.word=on"
    assert fetch(client, sql)["results"][0]["rows"] == [[None]]


@both
def test_a_plan_names_what_is_slow(client: FlaskClient, name: str) -> None:
    table = f"plans_{name.replace('-', '_')}"
    many = " UNION ALL ".join(["SELECT 1 AS a"] * 20)
    define(
        client,
        name,
        f"CREATE TABLE {table} (id INT PRIMARY KEY, said VARCHAR(20))",
        f"INSERT INTO {table} SELECT row_number() OVER (), 'x' FROM ({many}) x, ({many}) y, ({many}) z",
    )
    slow = post(client, f"/rds/{name}/explain", sql=f"SELECT * FROM {table} WHERE said = :word", **{"p.word": "y"})
    shown = check_page(slow, "explain", 200, 3)
    assert "Reads the whole table" in shown.text
    measured = post(client, f"/rds/{name}/explain", sql=f"SELECT * FROM {table} WHERE said = 'y'", measured="1")
    told = check_page(measured, "explain", 200, 3)
    assert [e for e in told.all(".//p") if e.get("class") == "rds-plan-warning"]
    assert "It was run, reading only, and measured." in told.text
    quick = post(client, f"/rds/{name}/explain?format=json", sql=f"SELECT * FROM {table} WHERE id = 7")
    assert '"warnings": ["' not in quick.get_data(as_text=True)
    assert post(client, f"/rds/{name}/explain", sql="SELECT FROM WHERE").status_code == 422


@both
def test_the_plan_of_a_change_is_shown_in_write_mode(client: FlaskClient, name: str) -> None:
    table = f"planned_{name.replace('-', '_')}"
    define(client, name, f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)")
    planned = post(client, f"/rds/{name}/explain", sql=f"DELETE FROM {table} WHERE id = 1", mode="write")
    assert table in check_page(planned, "explain", 200, 3).text
    assert fetch(client, f"/rds/{name}/query?format=json&sql=SELECT+count(*)+FROM+{table}")["results"][0]["rows"] == [
        [1]
    ]


@both
def test_pages_of_a_query_hold_its_rows_once_and_say_what_they_cost(
    page: Callable[..., Page], client: FlaskClient, name: str
) -> None:
    table = f"paged_{name.replace('-', '_')}"
    many = " UNION ALL ".join(["SELECT 1 AS a"] * 16)
    define(
        client,
        name,
        f"CREATE TABLE {table} (id INT PRIMARY KEY)",
        f"INSERT INTO {table} SELECT row_number() OVER () FROM ({many}) x, ({many}) y",
    )
    path = f"/rds/{name}/query?sql=SELECT+*+FROM+{table}+ORDER+BY+id"
    pages = [fetch(client, f"{path}&format=json&page={number}")["results"][0] for number in (1, 2, 3, 4)]
    assert [one["rows"] for one in pages] == [
        [[n] for n in range(first, min(first + 100, 257))] for first in (1, 101, 201, 301)
    ]
    assert [one["truncated"] for one in pages] == [True, True, False, False]
    second = page(f"{path}&page=2", calls=3)
    assert "Rows 101 to 200: truncated here" in second.text
    assert "runs the query again and skips 100 rows" in second.text
    numbers = [e.text for e in second.all(".//tbody/tr/th")]
    assert (numbers[0], numbers[-1], len(numbers)) == ("101", "200", 100)
    assert not [a for a in second.all(".//a") if a.text == "Open the table"], "it is ordered: another query"
    plain = page(f"/rds/{name}/query?sql=SELECT+*+FROM+{table}", calls=3)
    (way,) = [a for a in plain.all(".//a") if a.text == "Open the table"]
    walked = fetch(client, str(way.get("href")))
    assert (len(walked["rows"]), walked["key"]) == (100, ["id"])
    assert "There are no rows after 99 900." in page(f"{path}&page=999999", calls=3).text


def test_only_a_whole_table_is_walked() -> None:
    target = Target("mysql", "h", 1, "u", database="shop")
    for sql, dialect, found in (
        ("SELECT * FROM t", "mysql", Whole("shop", "t")),
        ("select * from `a``b` . t -- all", "mysql", Whole("a`b", "t")),
        ('SELECT * FROM "Odd ""name"""', "postgres", Whole("public", 'Odd "name"')),
        ("SELECT * FROM Sales.Orders", "postgres", Whole("sales", "orders")),
        ("SELECT * FROM pg_class", "postgres", None),
        ("SELECT * FROM t WHERE a = 1", "mysql", None),
        ("SELECT * FROM t, u", "mysql", None),
        ("SELECT * FROM f(1)", "postgres", None),
        ("SELECT id FROM t", "mysql", None),
        ("SELECT 1; SELECT * FROM t", "mysql", None),
        ("VALUES (1)", "mysql", None),
    ):
        where = target if dialect == "mysql" else replace(target, engine="postgres")
        assert whole_table(split(sql, where.dialect), where) == found, sql


def test_passwords_in_sql_are_not_kept(client: FlaskClient) -> None:
    sql = "CREATE ROLE \"o'dd\" LOGIN PASSWORD 'hunter2-first'; ALTER ROLE \"o'dd\" PASSWORD $$hunter2-second$$"
    run(client, "shop", sql, mode="write")
    notes.settle()
    kept = json.dumps(fetch(client, "/rds/shop/history")["history"])
    assert "hunter2" not in kept
    assert "CREATE ROLE" in kept
    assert masked("SET PASSWORD FOR 'bob'@'%' = \"x\"; SELECT 'password', password, 'y'", "mysql") == (
        "SET PASSWORD FOR '***'@'***' = '***'; SELECT 'password', password, 'y'"
    )
    assert masked("CREATE USER a IDENTIFIED BY 'never closed", "mysql") == "CREATE USER a IDENTIFIED BY '***'"


def test_a_damaged_expectation_is_refused(client: FlaskClient) -> None:
    for bad in ("x", "1;2", "-1", "9" * 40):
        assert run(client, "shop", "SELECT 1", mode="write", expect=bad).status_code == 400


@pytest.mark.parametrize("more", ["", "&format=csv"])
def test_a_link_of_another_site_is_shown_and_not_run(client: FlaskClient, more: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    path = f"/rds/shop/query?sql=SELECT+6*7+AS+answer{more}"
    shown = check_page(client.get(path, headers=link), "link", 200, 3)
    assert "It has not run" in shown.text
    assert not shown.all(".//td")
    (area,) = shown.all(".//textarea")
    assert area.text == "SELECT 6*7 AS answer"
    assert "42" in client.get(path, headers={"Sec-Fetch-Site": "none"}).get_data(as_text=True)


def test_slow_downloads_leave_connections_to_others(client: FlaskClient) -> None:
    path = "/rds/shop/query?format=csv&sql=SELECT+g,+repeat('x',+200)+FROM+generate_series(1,+200000)+g"
    slow = [client.get(path) for _ in range(exports.MOST)]
    assert [answer.status_code for answer in slow] == [200] * exports.MOST
    assert client.get(path).status_code == 503
    assert client.get("/rds/shop/query?format=csv&sql=SELECT+no_such").status_code == 503
    assert fetch(client, "/rds/shop/query?format=json&sql=SELECT+1")["results"][0]["rows"] == [[1]]
    for answer in slow:
        answer.close()
    assert client.get("/rds/shop/query?format=csv&sql=SELECT+no_such").status_code == 422
    again = client.get(path)
    assert again.status_code == 200
    again.close()


@pytest.mark.parametrize("limit", ["0", "-1", "601", "9" * 30, "a", "1e2", "30 s"])
def test_a_time_limit_that_is_none_runs_nothing_and_is_told(client: FlaskClient, limit: str) -> None:
    path = f"/rds/shop/query?sql=SELECT+1&timeout={limit.replace(' ', '+')}"
    shown = check_page(client.get(path), "query", 422, 3)
    assert "A whole number from 1 to 600 seconds." in shown.text
    assert "Nothing was run." in shown.text
    answer = fetch(client, path)
    assert answer["error"]["title"] == "No such time limit"
    assert answer["results"] == []


@pytest.mark.parametrize(("limit", "offered"), [("", [5, 30, 120, 600]), ("45", [5, 30, 45, 120, 600])])
def test_a_time_limit_is_the_one_asked_for(client: FlaskClient, limit: str, offered: list[int]) -> None:
    shown = check_page(client.get(f"/rds/shop/query?sql=SELECT+1&timeout={limit}"), "query", 200, 3)
    (choice,) = [e for e in shown.all(".//select") if e.get("name") == "timeout"]
    assert [one.get("value") for one in choice] == list(map(str, offered))
    assert [one.get("value") for one in choice if one.get("selected") is not None] == [limit or "30"]
