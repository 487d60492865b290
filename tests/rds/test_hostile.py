"""Hostile fields, names and values on the pages of databases that answer: no error of ours, and nothing breaks out."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import notes
from app.store import store
from tests.pages import check_page
from tests.rds.helpers import define, token
from tests.test_hostile import HOSTILE

SCHEMA = {"shop": "public", "database-1": "shop"}
both = pytest.mark.parametrize("name", ["shop", "database-1"])
# What JSON and numbers can hold beside what a page ever puts there.
KEYS = {
    "deep": "[" * 3000,
    "not a number": "[NaN]",
    "endless": "[Infinity]",
    "long number": f"[{'9' * 400}]",
    "float": "[1e308]",
    "half": '["\\ud800"]',
    "nul": '["\\u0000"]',
    "decimal nan": '[{"d":"NaN"}]',
    "decimal snan": '[{"d":"sNaN"}]',
    "decimal huge": '[{"d":"1e99999"}]',
    "decimal endless": '[{"d":"-Infinity"}]',
    "bytes": '[{"x":"ff00"}]',
    "no bytes": '[{"x":"zz"}]',
    "yes": "[true]",
    "null": "[null]",
    "none": "[]",
    "two": "[1,2]",
    "many": f"[{','.join('1' * 64)}]",
    "object": '{"d":1}',
    "words": '["1; DROP TABLE strange"]',
}
NAMES = (
    "we\"ird o'clock", "<script>alert(1)</script>", "100%s %(a)s", "a:b {0}", "a.b", "back`tick", "käse ☕", "$1 ?",
    "a\\c", "-- /*", "x" * 60, "[1] a&b=c", "..#",
)  # fmt: skip
UNSAID = '"\\'  # MariaDB's plan holds these as they are, so that it is no JSON
TEXTS = (
    '"><script>alert(1)</script>', "'; DROP TABLE strange; --", "\u202egnp.exe", "a\r\nSet-Cookie: x=1", "%s %(a)s",
    "=cmd()", "\\", "🧀" * 50, "&lt;", " ", "",
)  # fmt: skip
ROW = {"schema": "", "table": "strange", "key": "[1]"}
# Pages and the fields with which each shows something.
GETS: dict[str, dict[str, str]] = {
    "query": {"sql": "SELECT * FROM strange WHERE id = :n", "database": "", "p.n": "1", "page": "1", "timeout": "5",
              "run": "a-run", "format": "html", "draft": ""},
    "table": {**ROW, "key": "", "way": "first", "sort": "id", "order": "ascending", "f": '["id","=",1]',
              "column": "said", "compare": "=", "value": "x", "offset": "0", "format": "html"},
    "row": {**ROW, "database": ""},
    "cell": {**ROW, "column": "said", "database": ""},
    "schema": {"database": ""},
    "schema/table": {"schema": "", "table": "strange"},
    "completion": {"database": ""},
    "history": {"format": "html"},
    "": {"round": "1", "format": "html"},
    "snapshots": {"round": "1"},
    "delete": {},
}  # fmt: skip
POSTS: dict[str, dict[str, str]] = {
    "query": {"sql": "INSERT INTO strange (id, said) VALUES (:n, :said)", "mode": "write", "sure": "1", "expect": "",
              "p.n": "1", "p.said": "x", "database": "", "run": "r", "timeout": "5", "only": ""},
    "query/cancel": {"run": "a-run", "database": ""},
    "explain": {"sql": "SELECT * FROM strange WHERE id = :n", "p.n": "1", "measured": "1", "database": "", "only": ""},
    "fields": {"sql": "SELECT :a", "p.a": "1", "database": ""},
    "export": {"sql": "SELECT * FROM strange WHERE id = :n", "p.n": "1", "format": "csv", "delimiter": "comma",
               "run": "r", "database": ""},
    "row": {**ROW, "old": '[1,"x",null,null,null]', "action": "save", "v0": "1", "v1": "y", "v2": "1.5", "v3": "0x00",
            "v4": "2026-01-01", "database": ""},
    "saved": {"name": "one", "sql": "SELECT 1", "database": ""},
    "saved/delete": {"id": "one"},
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def strange(shared_app: Flask) -> Iterator[None]:
    """Make a table on both servers; what others see on the pages of history is put back at the end."""
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        for name, binary in (("shop", "BYTEA"), ("database-1", "LONGBLOB")):
            define(
                client,
                name,
                f"CREATE TABLE strange (id INT PRIMARY KEY, said TEXT, price DECIMAL(9,2), file {binary}, day DATE)",
                "INSERT INTO strange (id, said) VALUES (1, 'x')",
            )
    yield
    notes.settle()
    with shared_app.test_request_context():
        for kind in ("sql-history", "sql-saved"):
            for entry in store(kind).newest(5000):
                store(kind).delete(entry.id)


def _good(name: str, fields: dict[str, str]) -> dict[str, str]:
    return {**fields, **({"schema": SCHEMA[name]} if "schema" in fields else {})}


def _encoded(fields: dict[str, str]) -> str:
    return "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for key, value in fields.items())


def _spoilt(fields: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the fields with one of them hostile, and what is hostile."""
    for field in fields:
        bad = {**HOSTILE, **KEYS} if field in ("key", "old", "f") else HOSTILE
        for kind, value in bad.items():
            yield f"{field} {kind}", {**fields, field: value[:5000]}


@both
@pytest.mark.parametrize("path", GETS)
def test_no_hostile_field_of_a_page_is_an_error_of_ours(client: FlaskClient, name: str, path: str) -> None:
    failed, good = list[str](), _good(name, GETS[path])
    with client.get(f"/rds/{name}/{path}", query_string=good) as answer:
        assert answer.status_code == 200
    for said, fields in _spoilt(good):
        for more in ("", "&format=json") if "format" not in fields else ("",):
            with client.get(f"/rds/{name}/{path}?{_encoded(fields)}{more}") as answer:
                answer.get_data()
                if answer.status_code >= 500 and not _of_the_server(said, answer.status_code):
                    failed.append(f"{said}{more}: {answer.status_code}")
    assert not failed, "\n".join(failed)


def _of_the_server(said: str, status: int) -> bool:
    """Whether it is the server's word that it has no database of this name."""
    return status == 502 and said.startswith("database ")


@both
@pytest.mark.parametrize("path", POSTS)
def test_no_hostile_field_of_a_form_is_an_error_of_ours(client: FlaskClient, name: str, path: str) -> None:
    failed, good, csrf = list[str](), _good(name, POSTS[path]), token(client)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for said, fields in _spoilt(good):
        for more in ("", "?format=json") if "format" not in fields else ("",):
            body = _encoded({**fields, "csrf_token": csrf})
            with client.post(f"/rds/{name}/{path}{more}", data=body, headers=headers) as answer:
                answer.get_data()
                if answer.status_code >= 500 and not _of_the_server(said, answer.status_code):
                    failed.append(f"{said}{more}: {answer.status_code}")
    assert not failed, "\n".join(failed)


def _quoted(name: str, word: str) -> str:
    mark = '"' if name == "shop" else "`"
    return mark + word.replace(mark, 2 * mark) + mark


@pytest.fixture
def named(client: FlaskClient, name: str, word: str) -> Iterator[dict[str, str]]:
    """Yield the address of a table with a hostile name and columns of that name, in which hostile texts lie."""
    table, column, other = (_quoted(name, text) for text in (word, word, f"{word} 2"[:63]))
    kind = "TEXT" if name == "shop" else "VARCHAR(200)"
    define(client, name, f"CREATE TABLE {table} ({column} INT PRIMARY KEY, {other} {kind} DEFAULT 'a''b %s')")
    csrf = token(client)
    for number, text in enumerate(TEXTS):
        form = {"schema": SCHEMA[name], "table": word, "key": "", "v0": str(number), "v1": text, "e1": "1"}
        assert client.post(f"/rds/{name}/row", data={"csrf_token": csrf, **form}).status_code == 303
    yield {"schema": SCHEMA[name], "table": word}
    define(client, name, f"DROP TABLE {table}")


@both
@pytest.mark.parametrize("word", NAMES)
def test_names_and_texts_of_all_kinds_are_shown_kept_and_changed(
    client: FlaskClient, name: str, word: str, named: dict[str, str]
) -> None:
    other = f"{word} 2"[:63]

    def at(path: str, **more: str) -> str:
        return f"/rds/{name}/{path}?{_encoded({**named, **more})}"

    rows = client.get(at("table", format="json")).json
    assert rows is not None and [row[1] for row in rows["rows"]] == [text.replace("\r\n", "\n") for text in TEXTS]
    shown = check_page(client.get(at("table")), "table", 200, 3)
    assert not [one for one in shown.all(".//script") if "alert" in (one.text or "")]
    for path in (
        at("table", sort=other, order="descending"),
        at("table", column=other, compare="=", value=TEXTS[1]),
        at("table", column=word, compare=">=", value="3"),
        at("table", column=other, compare="like", value="%s%"),
        at("schema"),
        at("schema/table"),
        at("row", key="[1]"),
        at("row"),
        at("cell", key="[1]", column=other),
        at("completion"),
        *(at("table", format=form) for form in ("csv", "ndjson", "parquet")),
        *(at("table", format=form, sort=other) for form in ("csv", "ndjson", "parquet")),
    ):
        with client.get(path) as answer:
            answer.get_data()  # to its end: a file holds one of five places until then
            assert answer.status_code == 200, path
            if answer.mimetype == "text/html":
                check_page(answer, path, 200, 3)
    filtered = client.get(at("table", column=other, compare="=", value=TEXTS[1], format="json")).json
    assert filtered is not None and [row[0] for row in filtered["rows"]] == [1]
    assert client.get(at("cell", key="[1]", column=other)).get_data(as_text=True) == TEXTS[1]
    _changed(client, name, word, named)


def _changed(client: FlaskClient, name: str, word: str, named: dict[str, str]) -> None:
    """Change a row by its form, read it by SQL, delete it."""
    csrf = token(client)
    old = client.get(f"/rds/{name}/row", query_string={**named, "key": "[1]"}).get_data(as_text=True)
    kept = re.search(r'name="old" value="([^"]*)"', old)
    assert kept
    form = {**named, "key": "[1]", "old": unescape(kept[1]), "v0": "1", "v1": "'); DROP TABLE strange; --"}
    assert client.post(f"/rds/{name}/row", data={"csrf_token": csrf, **form}).status_code == 303
    table, column = _quoted(name, word), _quoted(name, f"{word} 2"[:63])
    sql = f"SELECT {column} FROM {table} WHERE {_quoted(name, word)} = :n"
    answer = client.get(f"/rds/{name}/query", query_string={"sql": sql, "p.n": "1", "format": "json"}).json
    assert answer is not None and answer["results"][0]["rows"] == [["'); DROP TABLE strange; --"]], answer
    shown = client.get(f"/rds/{name}/query", query_string={"sql": sql, "p.n": "1"})
    check_page(shown, "query", 200, 3)
    plan = client.post(f"/rds/{name}/explain", data={"csrf_token": csrf, "sql": sql, "p.n": "1"})
    check_page(plan, "explain", 422 if name != "shop" and set(word) & set(UNSAID) else 200, 3)
    again = client.get(f"/rds/{name}/row", query_string={**named, "key": "[1]"}).get_data(as_text=True)
    kept = re.search(r'name="old" value="([^"]*)"', again)
    assert kept
    form |= {"old": unescape(kept[1]), "action": "delete"}
    assert client.post(f"/rds/{name}/row", data={"csrf_token": csrf, **form}).status_code == 303
    left = client.get(f"/rds/{name}/table", query_string={**named, "format": "json"}).json
    assert left is not None and 1 not in [row[0] for row in left["rows"]]
