"""A cell that a page cuts is saved whole, in pieces, as it is at the server."""

import hashlib
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.rds.views.connected import connected
from app.sql import cell as cells
from app.sql.cell import PIECE, Place
from app.sql.errors import Conflict
from tests.pages import Page
from tests.rds.helpers import define

SCHEMA = {"shop": "public", "database-1": "shop"}
both = pytest.mark.parametrize("name", ["shop", "database-1"])
TEXT = "ünï🌻\r\n"  # six characters, of one to four bytes
TIMES = 400_000  # 2.4 million characters: three pieces


@pytest.fixture(scope="module", autouse=True)
def tables(shared_app: Flask) -> None:
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        for name, binary in (("shop", "bytea"), ("database-1", "LONGBLOB")):
            long = "text" if name == "shop" else "LONGTEXT"
            raw = "decode(repeat('00ff0a3c', 1000000), 'hex')" if name == "shop" else "REPEAT(x'00ff0a3c', 1000000)"
            crlf = "E'ünï🌻\\r\\n'" if name == "shop" else "'ünï🌻\\r\\n'"
            define(
                client,
                name,
                f"CREATE TABLE large (a INT, b VARCHAR(20), said {long}, raw {binary}, PRIMARY KEY (a, b))",
                f"INSERT INTO large VALUES (1, 'x/y', repeat({crlf}, {TIMES}), {raw}), (2, 'none', NULL, NULL), "
                f"(3, 'even', repeat('a', {PIECE}), NULL)",
                f"CREATE TABLE keyless (said {long})",
            )


def saved(client: FlaskClient, name: str, **more: str) -> Any:
    fields = {"schema": SCHEMA[name], "table": "large", "key": '[1,"x/y"]', "column": "said", **more}
    return client.get(f"/rds/{name}/cell", query_string=fields)


@both
def test_a_cut_cell_leads_to_the_whole(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    shown = page(f"/rds/{name}/table?schema={SCHEMA[name]}&table=large", calls=3)
    links = [str(a.get("href")) for a in shown.all(".//a") if a.text == "Save the whole cell"]
    assert len(links) == 3, "the long text, the even one, the bytes"
    answers = {answer.headers["Content-Disposition"]: answer for answer in map(client.get, links)}
    text = answers['attachment; filename="large-said-1-x-y.txt"']
    assert text.content_type == "text/plain; charset=utf-8"
    assert text.headers["X-Content-Type-Options"] == "nosniff"
    assert text.data.decode() == TEXT * TIMES
    raw = answers['attachment; filename="large-raw-1-x-y.bin"']
    assert raw.content_type == "application/octet-stream"
    assert hashlib.sha256(raw.data).digest() == hashlib.sha256(bytes.fromhex("00ff0a3c") * 1_000_000).digest()
    for answer in answers.values():
        answer.close()  # one was not read: it would keep its place among the files being written
    form = page(f'/rds/{name}/row?schema={SCHEMA[name]}&table=large&key=[1,"x/y"]', calls=3)
    assert len([a for a in form.all(".//a") if a.text == "Save the whole cell"]) == 2


@both
def test_what_cannot_be_saved_says_why(client: FlaskClient, name: str) -> None:
    assert saved(client, name, key='[3,"even"]').data == b"a" * PIECE
    for fields, said in (
        ({"key": '[2,"none"]'}, "NULL"),
        ({"key": '[9,"gone"]'}, "changed or deleted"),
        ({"column": "no_such"}, "no column no_such"),
        ({"key": "[1]"}, "with a key"),
        ({"table": "keyless", "key": "[]"}, "with a key"),
        ({"table": "nowhere"}, "no column"),
    ):
        answer = saved(client, name, **fields)
        assert answer.status_code == 422, fields
        assert said in answer.get_data(as_text=True), fields
    assert saved(client, name, key="nonsense").status_code == 400


@both
def test_memory_does_not_grow_with_the_cell(app: Flask, name: str) -> None:
    with app.test_request_context(f"/rds/{name}/cell"):
        target = connected(name).target
        found = cells.stream(target, Place(SCHEMA[name], "large", (1, "x/y"), "raw"))
        tracemalloc.start()
        size = sum(len(piece) for piece in found.pieces)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size == 4_000_000
    assert peak < 12 * PIECE, "some copies of one piece"


def test_a_row_that_changes_meanwhile_ends_the_file(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/rds/shop/cell"):
        target = connected("shop").target
    found = cells.stream(target, Place("public", "large", (1, "x/y"), "said"))
    next(found.pieces)
    define(client, "shop", "UPDATE large SET raw = NULL WHERE a = 1")
    with pytest.raises(Conflict):
        list(found.pieces)
