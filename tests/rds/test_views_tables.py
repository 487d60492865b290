"""Tables by their key, filters, links to other tables, and rows that are edited with their old values checked."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Page
from tests.rds.helpers import define, fetch, post, read

SCHEMA = {"shop": "public", "database-1": "shop"}
both = pytest.mark.parametrize("name", ["shop", "database-1"])


@pytest.fixture(scope="module", autouse=True)
def tables(shared_app: Flask) -> None:
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        for name in SCHEMA:
            many = " UNION ALL ".join(["SELECT 1 AS a"] * 16)
            ten = f"(SELECT row_number() OVER () AS n FROM ({many}) x CROSS JOIN ({many}) y) numbers"
            define(
                client,
                name,
                "CREATE TABLE parents "
                "(id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, note VARCHAR(40), price DECIMAL(9,2))",
                "CREATE TABLE children (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parents (id))",
                f"INSERT INTO parents SELECT n, concat('parent ', n), NULL, n + 0.50 FROM {ten}",
                "INSERT INTO children VALUES (1, 7), (2, NULL)",
            )


def address(name: str, table: str, **more: str) -> str:
    fields = {"schema": SCHEMA[name], "table": table, **more}
    return f"/rds/{name}/table?" + "&".join(f"{key}={value}" for key, value in fields.items())


@both
def test_a_table_is_walked_to_its_end_and_back(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    seen: list[int] = []
    url = address(name, "parents")
    while url:
        answer = fetch(client, url)
        seen += [row[0] for row in answer["rows"]]
        last, url = url, answer["next"]
    assert seen == list(range(1, 257))
    before = fetch(client, last)["previous"]
    assert fetch(client, before)["rows"][0][0] == 101
    shown = page(address(name, "parents"), calls=1)
    assert {"Next 100", "Last"} <= {"".join(a.itertext()).strip() for a in shown.all(".//a")}


@both
def test_a_filter_and_a_sort_are_an_address(client: FlaskClient, name: str) -> None:
    url = address(name, "parents", column="name", compare="=", value="parent 9")
    assert [row[0] for row in fetch(client, url)["rows"]] == [9]
    url = address(name, "parents", sort="name", order="descending")
    assert fetch(client, url)["rows"][0][1] == "parent 99"
    assert client.get(address(name, "parents", key="nonsense")).status_code == 400


@both
def test_a_foreign_key_leads_to_its_row(page: Callable[..., Page], name: str) -> None:
    shown = page(address(name, "children"), calls=1)
    link = next(a for a in shown.all(".//td/a") if a.text == "7")
    assert "parent 7" in page(str(link.get("href")), calls=1).text


@both
def test_a_row_is_inserted_changed_and_deleted(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    where = {"schema": SCHEMA[name], "table": "parents"}
    page(f"/rds/{name}/row?schema={SCHEMA[name]}&table=parents", calls=1)
    assert post(client, f"/rds/{name}/row", **where, v0="1000", v1="new", v2="", n2="on", v3="1.25").status_code == 303
    form = page(f"/rds/{name}/row?schema={SCHEMA[name]}&table=parents&key=[1000]", calls=1)
    hidden = {field: form.field(field).get("value") for field in ("key", "old")}
    changed = {**where, **hidden, "v0": "1000", "v1": "new", "v2": "", "v3": "1.25"}
    assert post(client, f"/rds/{name}/row", **changed).status_code == 303
    row = read(client, name, "SELECT name, note, price FROM parents WHERE id = 1000")["results"][0]["rows"]
    assert row == [["new", "", "1.25"]], "NULL became an empty text"
    again = post(client, f"/rds/{name}/row", **changed, action="delete")
    assert again.status_code == 409, "it is no longer what was seen"
    fresh = page(f"/rds/{name}/row?schema={SCHEMA[name]}&table=parents&key=[1000]", calls=1).field("old").get("value")
    assert post(client, f"/rds/{name}/row", **{**changed, "old": fresh}, action="delete").status_code == 303
    assert read(client, name, "SELECT count(*) FROM parents WHERE id = 1000")["results"][0]["rows"] == [[0]]


@both
def test_somebody_elses_change_is_not_overwritten(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    form = page(f"/rds/{name}/row?schema={SCHEMA[name]}&table=parents&key=[20]", calls=1)
    hidden = {field: form.field(field).get("value") for field in ("key", "old")}
    define(client, name, "UPDATE parents SET note = 'theirs' WHERE id = 20")
    mine = {"schema": SCHEMA[name], "table": "parents", **hidden, "v0": "20", "v1": "mine", "v3": "20.50"}
    answer = post(client, f"/rds/{name}/row", **mine)
    assert answer.status_code == 409
    assert "mine" in answer.get_data(as_text=True), "what was typed stays"
    row = read(client, name, "SELECT name, note FROM parents WHERE id = 20")["results"][0]["rows"]
    assert row == [["parent 20", "theirs"]]


def lines_of(client: FlaskClient, name: str) -> list[str]:
    return client.get(address(name, "parents", format="ndjson")).get_data(as_text=True).splitlines()


@both
def test_a_table_is_a_file_in_every_form(client: FlaskClient, name: str) -> None:
    whole = client.get(address(name, "parents", format="csv")).get_data(as_text=True)
    assert len(whole.split("\r\n")) == 1 + len(lines_of(client, name)) + 1
    lines = client.get(address(name, "parents", format="ndjson")).get_data(as_text=True).splitlines()
    rows = {row["id"]: (row["name"], row["note"]) for row in map(json.loads, lines)}  # in the server's order
    assert rows[1] == ("parent 1", None)
    assert client.get(address(name, "parents", format="parquet")).data[:4] == b"PAR1"
    listed = json.loads(client.get(address(name, "parents", format="json", download="1")).data)
    assert len(listed) == len(lines)
    some = {"column": "id", "compare": "<=", "value": "3", "sort": "name", "order": "descending"}
    asked = client.get(address(name, "parents", format="ndjson", **some)).get_data(as_text=True).splitlines()
    assert [json.loads(line)["id"] for line in asked] == [3, 2, 1]
    assert client.get(address(name, "nowhere", format="csv")).status_code == 404
    assert client.get(address(name, "parents", format="csv", delimiter="x")).status_code == 400


PAGES = [
    "/rds/",
    "/rds/{name}/",
    "/rds/{name}/query?sql=SELECT+1",
    "/rds/{name}/history",
    "/rds/{name}/snapshots",
    "/rds/{name}/delete",
    "/rds/{name}/schema",
    "/rds/{name}/schema/table?schema={schema}&table=parents",
    "/rds/{name}/completion",
    "/rds/{name}/table?schema={schema}&table=parents",
    "/rds/{name}/row?schema={schema}&table=parents&key=[1]",
    "/rds/{name}/row?schema={schema}&table=parents",
]


@both
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_json_too(client: FlaskClient, name: str, path: str) -> None:
    path = path.format(name=name, schema=SCHEMA[name])
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert isinstance(answer.json, dict)
    assert client.get(f"{path}{'&' if '?' in path else '?'}format=json").mimetype == "application/json"
    planned = post(client, f"/rds/{name}/explain?format=json", sql="SELECT * FROM parents")
    assert planned.json["plans"][0]["plan"]["what"]


@both
def test_the_foot_says_which_rows_these_are(client: FlaskClient, page: Callable[..., Page], name: str) -> None:
    first = fetch(client, address(name, "parents"))
    assert "The first 100 rows" in page(address(name, "parents")).text
    middle = page(first["next"])
    assert "100 rows" in middle.text and "The first" not in middle.text and "The last" not in middle.text
    assert "The last 56 rows" in page(fetch(client, first["next"])["next"]).text
    assert "1 row" in page(address(name, "parents", column="id", compare="=", value="7")).text


@both
def test_a_table_without_rows_leads_on(client: FlaskClient, page: Callable[..., Page], name: str) -> None:
    none = page(address(name, "parents", column="id", compare="=", value="0"))
    assert "No row of parents meets the condition." in none.text and "Export all rows" not in none.text
    assert sum("Show all rows" in "".join(a.itertext()) for a in none.all(".//a")) == 2, "above, and where one looks"
    define(client, name, "CREATE TABLE bare (id INT PRIMARY KEY)")
    bare = page(address(name, "bare"))
    assert "The table has 1 column and waits for its first row." in bare.text
    assert sum("/row?" in str(a.get("href")) for a in bare.all(".//a")) == 2


@both
def test_a_table_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    for url in (address(name, "gone"), address(name, "gone").replace("/table", "/row")):
        answer = client.get(url)
        assert answer.status_code == 404 and "No such table" in answer.get_data(as_text=True)
