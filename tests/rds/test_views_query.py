from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.pages import Page, check_page
from tests.rds.helpers import define, fetch, run

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


@both
def test_parameters_become_fields_and_are_bound(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    asked = page(f"/rds/{name}/query?sql=SELECT+:word+AS+w")
    assert asked.field("p.word").get("value") == ""
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&p.word='%3B--"
    assert fetch(client, sql)["results"][0]["rows"] == [["';--"]]
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&null.word=on"
    assert fetch(client, sql)["results"][0]["rows"] == [[None]]
