"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import recorder
from app.aws import Aws, Identity, _refuse_changes
from app.blueprints.rds.views.connected import connected
from app.sql import edit, run, sessions
from app.sql.errors import NotWritable
from app.sql.options import Options
from app.sql.statements import split
from tests.embedded.process import Embedded
from tests.pages import Page
from tests.rds.conftest import PASSWORD
from tests.rds.helpers import post
from tests.rds.helpers import run as send

REASON = "This account is read-only here: changes are switched off."


class RealAws(Aws):
    """The embedded AWS under the identity of a real account, its clients guarded as a real account's are."""

    def __init__(self, settings: Any, embedded: Embedded):
        super().__init__(settings)
        self._embedded = embedded

    def _make(self, service: str, region: str) -> Any:
        client = self._embedded.client(service)
        recorder.attach(client.meta.events, region)
        client.meta.events.register_first("before-parameter-build", _refuse_changes)
        return client

    def identity(self, region: str) -> Identity:
        return Identity("aws", "123456789012", "arn:aws:iam::123456789012:user/x")


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    own = shared_app.extensions["aws"]
    shared_app.extensions["aws"] = RealAws(shared_app.extensions["settings"], embedded)
    yield shared_app
    shared_app.extensions["aws"] = own


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("/rds/", {"Create database"}),
        ("/rds/shop/", {"Stop", "Reboot", "Delete"}),
        ("/rds/shop/snapshots", {"Take snapshot"}),
        ("/rds/shop/delete", {"Delete the instance"}),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, stopped: set[str]) -> None:
    shown = page(path)
    off = {
        " ".join("".join(one.itertext()).split())
        for one in shown.all(".//main//button") + shown.all(".//main//a")
        if one.get("title") == REASON and one.get("href") is None
    }
    assert off == stopped
    assert "everything is shown and downloaded" in shown.text


def test_reading_goes_on_and_writing_is_refused(page: Callable[..., Page], client: FlaskClient) -> None:
    shown = page("/rds/shop/query?sql=SELECT+41+%2B+1")
    assert "42" in shown.text
    (write,) = [one for one in shown.all(".//input") if one.get("value") == "write"]
    assert write.get("disabled") is not None
    for fields in ({"mode": "write"}, {"mode": "write", "alone": "1"}, {"mode": "write", "sure": "1"}):
        assert send(client, "shop", "CREATE TABLE never (id int)", **fields).status_code == 403
    assert post(client, "/rds/shop/row", schema="public", table="x").status_code == 403


SQL = "CREATE TABLE never (id int)"
# Every address of RDS's that takes a form: what is sent there, and what a read-only account answers.
FORMS: dict[str, tuple[dict[str, str], int]] = {
    "/rds/": ({"identifier": "new", "storage": "20", "username": "dbadmin", "login": "managed"}, 403),
    "/rds/<identifier>/fields": ({"sql": "SELECT :a"}, 200),
    "/rds/<identifier>/explain": ({"sql": "DELETE FROM kept", "measured": "1", "mode": "write"}, 403),
    "/rds/<identifier>/export": ({"sql": SQL, "format": "csv"}, 422),
    "/rds/<identifier>/saved": ({"name": "x", "sql": "SELECT 1"}, 403),
    "/rds/<identifier>/saved/delete": ({"id": "shop:x"}, 403),
    "/rds/<identifier>/connection": ({"kind": "typed", "user": "dbadmin", "password": PASSWORD}, 403),
    "/rds/<identifier>/connection/forget": ({}, 303),
    "/rds/<identifier>/<any(start, stop, reboot):action>": ({}, 403),
    "/rds/<identifier>/delete": ({"confirm": "shop"}, 403),
    "/rds/<identifier>/snapshots": ({"name": "never"}, 403),
    "/rds/<identifier>/snapshots/<name>/restore": ({"identifier": "x", "instance_class": "db.t3.micro"}, 403),
    "/rds/<identifier>/snapshots/<name>/delete": ({}, 403),
    "/rds/<identifier>/query": ({"sql": SQL, "mode": "write", "sure": "1", "expect": "0"}, 403),
    "/rds/<identifier>/query/cancel": ({"run": "nothing"}, 200),
    "/rds/<identifier>/row": ({"schema": "public", "table": "kept", "v0": "1"}, 403),
}
WORDS = {"<identifier>": "shop", "<any(start, stop, reboot):action>": "stop", "<name>": "kept"}


def test_no_form_changes_anything(app: Flask, client: FlaskClient, embedded: Embedded) -> None:
    """A new form must be added here: nothing of RDS's takes a POST without being walked."""
    rules = [
        rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/rds/") and "POST" in (rule.methods or ())
    ]
    assert {rule.rule for rule in rules} == set(FORMS)
    rds = embedded.client("rds")
    before = [one["DBInstanceStatus"] for one in rds.describe_db_instances()["DBInstances"]]
    for rule, (fields, status) in FORMS.items():
        path = rule
        for word, name in WORDS.items():
            path = path.replace(word, name)
        assert post(client, path, **fields).status_code == status, path
    assert [one["DBInstanceStatus"] for one in rds.describe_db_instances()["DBInstances"]] == before
    named = client.get("/rds/shop/query?format=json&sql=SELECT+to_regclass('never')").json
    assert named is not None
    assert named["results"][0]["rows"] == [[None]]


def test_a_page_that_asks_for_no_writing_connection_cannot_write(app: Flask) -> None:
    """The gate is not the page's to remember: a connection writes only where it was asked for, and none is given."""
    (statement,) = split(SQL, "postgres")
    with app.test_request_context("/rds/shop/query"):
        target = connected("shop").target
        for attempt in (
            lambda: run.write(target, [statement], expect=[0]),
            lambda: run.alone(target, statement),
            lambda: edit.insert(target, "public", "kept", {"id": 1}),
            lambda: sessions.open_session(target, Options(write=True)).__enter__(),
            lambda: connected("shop", write=True),
        ):
            with pytest.raises(NotWritable):
                attempt()


def test_sessions_are_made_in_one_place() -> None:
    """Whoever makes a session elsewhere passes by the gate."""
    root = Path(sessions.__file__).parents[1]
    makers = [
        path.name
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("MysqlSession", "PostgresSession")
    ]
    assert set(makers) == {"sessions.py"}
