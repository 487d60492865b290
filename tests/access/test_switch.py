"""A real account's switch for changes, and the record of who did what."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app import aws, notes
from app.access import audit, switch
from app.access.accounts import Account
from app.access.audit import Actor, Deed
from app.access.people import Person
from app.access.resources import resource
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from tests.access.conftest import Browser, post, token
from tests.embedded.process import Embedded
from tests.real_account import real


@pytest.fixture
def account(app: Flask, embedded: Embedded) -> Iterator[Flask]:
    """Yield the application over what it takes for a real account."""
    with real(app, embedded) as made:
        yield made


def test_it_is_off_and_an_editor_changes_nothing(account: Flask, embedded: Embedded, browser: Browser) -> None:
    bob = browser(EDITOR)
    answer = post(bob, "/s3/", "/s3/", name="never-made")
    assert answer.status_code == 403
    assert "never-made" not in [one["Name"] for one in embedded.client("s3").list_buckets()["Buckets"]]


@pytest.mark.parametrize("role", [VIEWER, EDITOR])
def test_only_an_instructor_switches(account: Flask, browser: Browser, role: Any) -> None:
    client = browser(role)
    answer = client.post(
        "/people/changes", data={"csrf_token": token(client, "/s3/"), "minutes": "15", "reason": "x y"}
    )
    assert answer.status_code == 403


def test_on_editors_change_everybody_sees_it_and_it_is_written_down(
    account: Flask, embedded: Embedded, browser: Browser
) -> None:
    chief, bob, eve = (browser(role) for role in (INSTRUCTOR, EDITOR, VIEWER))
    assert post(chief, "/people/changes", "/people/changes", minutes="15", reason="lesson 3").status_code == 303
    shown = eve.get("/s3/").get_data(as_text=True)
    assert "switched on by ada" in shown and "lesson 3" in shown and "Your role only reads" in shown
    assert "pill-writes" in bob.get("/s3/").get_data(as_text=True)
    assert post(bob, "/s3/", "/s3/", name="made-by-bob").status_code == 303
    assert eve.post("/s3/", data={"csrf_token": token(eve, "/s3/"), "name": "by-eve"}).status_code == 403
    embedded.client("s3").delete_bucket(Bucket="made-by-bob")
    deeds = chief.get("/people/audit?format=ndjson&person=bob").get_data(as_text=True).splitlines()
    made = next(one for one in map(json.loads, deeds) if one["operation"] == "CreateBucket")
    assert (made["name"], made["service"], made["resource"], made["result"]) == ("bob", "s3", "made-by-bob", "done")
    assert made["address"] == "127.0.0.1" and made["request_id"]
    assert "SwitchChangesOn" in chief.get("/people/audit?service=trellis").get_data(as_text=True)
    assert post(bob, "/s3/", "/people/changes/off").status_code == 303
    assert post(bob, "/s3/", "/s3/", name="never-made").status_code == 403


def test_it_ends_by_itself(account: Flask, browser: Browser) -> None:
    chief = browser(INSTRUCTOR)
    post(chief, "/people/changes", "/people/changes", minutes="15", reason="lesson 3")
    with account.app_context():
        found = switch.current()
        assert found is not None and 14 * 60 < found.until - time.time() <= 15 * 60
        over = switch.Switched(found.by, found.person, found.reason, found.at, int(time.time()) - 1)
        switch._know(over)
        assert switch.current() is None
    assert post(chief, "/s3/", "/s3/", name="never-made").status_code == 403


def test_the_state_table_alone_is_written_in_a_read_only_account(account: Flask) -> None:
    from app.aws import ReadOnly

    client = account.extensions["aws"].state("us-east-1", "trellis-state")
    client.put_item(TableName="trellis-state", Item={"owner": {"S": "a"}, "id": {"S": "b"}})
    with pytest.raises(ReadOnly):
        client.put_item(TableName="another", Item={"owner": {"S": "a"}, "id": {"S": "b"}})
    with pytest.raises(ReadOnly):
        client.delete_table(TableName="trellis-state")


def test_pages_of_the_record_go_on_to_the_end(app: Flask, browser: Browser) -> None:
    with app.app_context():
        for number in range(250):
            audit.trail().note(Deed(time.time(), "p-1", "zoe", "::1", "s3", "PutObject", f"b/{number}"))
        audit.settle()
        found, place, pages = list[Deed](), "", 0
        while pages == 0 or place:
            some, place = audit.read(lambda deed: deed.name == "zoe", place)
            found, pages = found + some, pages + 1
    assert pages == 3
    assert [one.resource for one in found] == [f"b/{number}" for number in reversed(range(250))]
    shown = browser(INSTRUCTOR).get("/people/audit?person=zoe&format=csv").get_data(as_text=True)
    assert len(shown.splitlines()) == 251


def test_an_entry_that_cannot_be_written_goes_to_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        audit.event("Test", "x" * 300, result="y" * 400_000, who=Actor("p", "zoe", ""))
        audit.settle()
    assert "could not be written" in caplog.text and "zoe" in caplog.text


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"Bucket": "b", "Key": "k", "Body": b"secret", "Tagging": "secret"}, "b/k"),
        ({"Bucket": "b", "Key": "k", "CopySource": {"Bucket": "o", "Key": "p"}}, "b/o/p/k"),
        ({"RequestItems": {"t": [{"PutRequest": {}}]}}, "t"),
        ({"Statement": "UPDATE \"t\" SET a = 'secret'"}, "t"),
        ({"SecretId": "s", "SecretString": "secret"}, "s"),
        ({"Name": 3}, ""),
    ],
)
def test_of_parameters_only_names_are_kept(params: dict[str, Any], named: str) -> None:
    assert resource(params) == named


def test_what_was_read_before_it_was_switched_off_does_not_open_it(
    account: Flask, people: dict[Role, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = people[INSTRUCTOR]
    with account.app_context():
        switch.turn_on(Person(ada.id, ada.name, ada.role), 15, "lesson 3")
        account.extensions["switched"].clear()  # believed no longer
        read = switch._read

        def slow(name: str) -> tuple[int, switch.Switched | None]:
            found = read(name)
            switch.turn_off()  # by another thread, while the answer is on its way
            return found

        monkeypatch.setattr(switch, "_read", slow)
        assert switch.current() is None
        assert aws.home().gate.until == 0.0


def test_a_permission_to_upload_and_a_shared_link_are_written_down(browser: Browser) -> None:
    chief, bob = browser(INSTRUCTOR), browser(EDITOR)
    fields = {"name": "a.txt", "size": "3", "type": "text/plain", "prefix": "homework/"}
    assert post(bob, "/s3/", "/s3/things/presign", **fields).status_code == 200
    rows = chief.get("/people/audit?format=ndjson&person=bob&service=s3").get_data(as_text=True).splitlines()
    (granted,) = [one for one in map(json.loads, rows) if one["operation"] == "GrantUpload"]
    assert (granted["resource"], granted["name"]) == ("things/homework/a.txt", "bob")


def test_history_and_saved_queries_are_a_persons_own(browser: Browser) -> None:
    bob, eve = browser(EDITOR), browser(VIEWER)
    kept = {"name": "salaries of bob", "sql": "SELECT 1", "database": "shop"}
    assert post(bob, "/s3/", "/rds/shop/saved", **kept).status_code == 303
    bob.get("/dynamodb/partiql?statement=" + quote('SELECT * FROM "asked-by-bob"'))
    notes.settle()
    for client, seen in ((bob, True), (eve, False)):
        assert ("salaries of bob" in client.get("/rds/shop/history").get_data(as_text=True)) is seen
        past = "".join(
            client.get(f"/dynamodb/{path}").get_data(as_text=True) for path in ("partiql", "partiql/history")
        )
        assert ("asked-by-bob" in past) is seen
    post(eve, "/s3/", "/rds/shop/saved/delete", id="shop:salaries of bob")
    assert "salaries of bob" in bob.get("/rds/shop/history").get_data(as_text=True)
