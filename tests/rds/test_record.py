"""What the record of who did what keeps of SQL: kinds of statement and rows, never the text."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app.access import audit, switch
from app.access.audit import Deed
from app.access.switch import Switched
from app.store import make_table
from tests.embedded.process import Embedded
from tests.rds.helpers import post, run
from tests.real_account import real


@pytest.fixture
def account(app: Flask, embedded: Embedded) -> Iterator[Flask]:
    """Yield the application over what it takes for a real account, on which changes are on."""
    make_table(embedded.client("dynamodb"), app.extensions["settings"].state_table)
    with real(app, embedded), app.app_context():
        now = int(time.time())
        switch._know(Switched("ada", "p", "a test", now, now + 900), 900)
        yield app


def _deeds() -> list[Deed]:
    audit.settle()
    return [one for one in audit.read(lambda deed: deed.operation == "SQL")[0] if one.service == "rds"]


@pytest.mark.parametrize("name", ["shop", "database-1"])
def test_what_was_committed_is_written_down_without_its_values(account: Flask, name: str) -> None:
    client, table = account.test_client(), f"kept_{name.replace('-', '_')}"
    run(
        client, name, f"CREATE TABLE {table} (id INT PRIMARY KEY, said VARCHAR(20))", mode="write", sure="1", expect="0"
    )
    before = len(_deeds())
    sql = f"INSERT INTO {table} VALUES (1, 'a secret'), (2, 'b')"
    assert "Not committed yet" in run(client, name, sql, mode="write").get_data(as_text=True)
    client.get(f"/rds/{name}/query?sql=SELECT+1")
    assert len(_deeds()) == before  # shown, rolled back; read
    assert "Committed" in run(client, name, sql, mode="write", expect="2").get_data(as_text=True)
    newest, *rest = _deeds()
    assert len(rest) == before
    assert newest.resource == f"{name}/shop: INSERT 2"
    assert newest.result == "done"
    run(client, name, sql, mode="write")  # the key is taken
    failed = _deeds()[0]
    assert failed.result != "done" and "INSERT" in failed.resource and "secret" not in failed.resource


def test_an_edited_row_is_written_down(account: Flask) -> None:
    client = account.test_client()
    sql = "CREATE TABLE edited (id INT PRIMARY KEY, said VARCHAR(20))"
    run(client, "shop", sql, mode="write", expect="0")
    where = {"database": "shop", "schema": "public", "table": "edited"}
    assert post(client, "/rds/shop/row", **where, v0="7", v1="a secret").status_code == 303
    assert _deeds()[0].resource == "shop/shop: INSERT 1"
