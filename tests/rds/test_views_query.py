from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.pages import Page, check_page

both = pytest.mark.parametrize("name", ["shop", "database-1"])


def run(client: FlaskClient, name: str, sql: str, **fields: Any) -> Any:
    token = client.get("/rds/").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"/rds/{name}/query", data={"csrf_token": token, "sql": sql, **fields})


@both
def test_a_query_is_an_address(page: Callable[..., Page], name: str) -> None:
    shown = page(f"/rds/{name}/query?sql=SELECT+1+AS+one,+NULL+AS+nothing,+''+AS+blank", calls=3)
    assert [e.text for e in shown.all(".//td")] == ["1", "NULL", None]
    assert shown.field("sql").text == "SELECT 1 AS one, NULL AS nothing, '' AS blank"
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
    assert run(client, name, f"CREATE TABLE {table} (id INT PRIMARY KEY, said VARCHAR(20))", mode="write", sure="1").status_code == 200
    if name == "shop":
        assert run(client, name, f"CREATE TABLE {table} (id INT PRIMARY KEY, said VARCHAR(20))", mode="write", expect="0").status_code == 200
    insert = f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')"
    looked = check_page(run(client, name, insert, mode="write"), "write", 200, 3)
    assert "Not committed yet" in looked.text
    count = f"/rds/{name}/query?format=json&sql=SELECT+count(*)+FROM+{table}"
    assert client.get(count).json["results"][0]["rows"] == [[0]]
    assert "Committed" in check_page(run(client, name, insert, mode="write", expect="2"), "write", 200, 3).text
    assert client.get(count).json["results"][0]["rows"] == [[2]]


@both
def test_parameters_become_fields_and_are_bound(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    asked = page(f"/rds/{name}/query?sql=SELECT+:word+AS+w")
    assert asked.field("p.word").get("value") == ""
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&p.word='%3B--"
    assert client.get(sql).json["results"][0]["rows"] == [["';--"]]
    sql = f"/rds/{name}/query?format=json&sql=SELECT+:word+AS+w&null.word=on"
    assert client.get(sql).json["results"][0]["rows"] == [[None]]
