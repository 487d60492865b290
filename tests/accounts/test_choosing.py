"""Choosing an account: by a form, for one person, with a switch and a record of its own."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, session
from flask.testing import FlaskClient

from app import create_app, notes
from app.access import accounts, audit, sessions, switch
from app.access.people import Person
from app.aws import Aws
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from app.store import make_table
from tests.access.conftest import post, token
from tests.accounts.conftest import ACCOUNTS
from tests.accounts.fake_aws import STAGING, FakeAws
from tests.embedded.process import Embedded, start


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    running = start(tmp_path_factory.mktemp("accounts"))
    try:
        make_table(running.client("dynamodb"), "trellis-state")
        yield running
    finally:
        running.stop()


class Real(Aws):
    """An AWS that is taken for a real one; the dashboard's own state lies in the embedded one."""

    embedded: Embedded

    def _is_real(self, client: Any) -> bool:
        return True

    def state(self, region: str, table: str) -> Any:
        return self.embedded.client("dynamodb")


@pytest.fixture
def app(fake: FakeAws, embedded: Embedded, tmp_path: Path) -> Iterator[Flask]:
    settings = {"home": tmp_path, "secret_key": "tests", "TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    made = create_app({**settings, "accounts": ACCOUNTS, "sign_in": "always"})
    dynamodb = embedded.client("dynamodb")
    for item in dynamodb.scan(TableName="trellis-state")["Items"]:
        dynamodb.delete_item(TableName="trellis-state", Key={name: item[name] for name in ("owner", "id")})
    watchers = made.extensions["aws"].watchers
    home = made.extensions["aws"] = Real(made.extensions["settings"])
    home.embedded, home.watchers = embedded, watchers
    yield made
    audit.settle()
    audit._known_days.clear()


def browser(app: Flask, name: str, role: Role) -> FlaskClient:
    """Return a browser of a new person."""
    client = app.test_client()
    client.environ_base.update(HTTP_HOST="127.0.0.1", REMOTE_ADDR="127.0.0.1")
    with app.app_context():
        account = accounts.create(name, role)
        id = sessions.begin(account.id, account.epoch, "127.0.0.1", "test")
    with client.session_transaction() as kept:
        kept["sid"] = id
    return client


def choose(client: FlaskClient, name: str) -> Any:
    return post(client, "/s3/", "/account", account=name, next="/s3/")


def pill(client: FlaskClient) -> str:
    """Return the words of the identity's pill."""
    shown = client.get("/people/changes").get_data(as_text=True)
    [found] = re.findall(r'<summary class="pill pill-(?!region)(.*?)</summary>', shown, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", found).split())


def test_an_account_is_chosen_by_a_form_and_only_for_who_chose_it(app: Flask, fake: FakeAws) -> None:
    ada, bob = browser(app, "ada", VIEWER), browser(app, "bob", VIEWER)
    answer = choose(ada, "staging")
    assert (answer.status_code, answer.location) == (303, "/s3/")
    shown = ada.get("/s3/").get_data(as_text=True)
    [staging] = [one for one in fake.given.values() if one.role == STAGING]
    assert staging.session.startswith("ada-")
    assert f"111111111111-{staging.session}" in shown and "eu-west-1" in shown
    assert "staging" in pill(ada) and "1111-1111-1111" in pill(ada)
    assert "home" in bob.get("/s3/").get_data(as_text=True) and "staging" not in pill(bob)
    choose(bob, "staging")
    assert "111111111111-bob-" in bob.get("/s3/").get_data(as_text=True)
    choose(ada, "")
    shown = ada.get("/s3/").get_data(as_text=True)
    assert ">home<" in shown and "111111111111-ada" not in shown and "us-east-1" in shown


def test_only_a_configured_account_can_be_chosen(app: Flask, fake: FakeAws) -> None:
    ada = browser(app, "ada", INSTRUCTOR)
    answer = choose(ada, "production")
    assert answer.status_code == 400 and "production" in answer.get_data(as_text=True)
    with ada.session_transaction() as kept:
        kept["account"] = "gone"  # it was taken out of the setting
    assert ">home<" in ada.get("/s3/").get_data(as_text=True)
    assert not fake.given


def test_who_has_not_signed_in_has_no_account(app: Flask, fake: FakeAws) -> None:
    client = app.test_client()
    client.environ_base.update(HTTP_HOST="127.0.0.1", REMOTE_ADDR="127.0.0.1")
    with client.session_transaction() as kept:
        kept["account"] = "staging"
    assert client.get("/s3/").status_code == 303
    assert "staging" not in client.get("/sign-in").get_data(as_text=True)
    assert client.post("/account", data={"account": "staging"}).status_code in (303, 400, 401)
    assert not fake.given


def test_changes_are_switched_on_for_the_chosen_account_alone(app: Flask, fake: FakeAws) -> None:
    chief, bob, eve = browser(app, "ada", INSTRUCTOR), browser(app, "bob", EDITOR), browser(app, "eve", VIEWER)
    for one in (chief, bob, eve):
        choose(one, "staging")
    assert post(chief, "/people/changes", "/people/changes", minutes="15", reason="lesson 3").status_code == 303
    assert "changes on" in pill(bob)
    assert post(bob, "/s3/", "/s3/", name="made-by-bob").status_code == 303
    assert post(eve, "/s3/", "/s3/", name="made-by-eve").status_code == 403  # a viewer only reads, there too
    for other in ("", "teaching"):
        choose(bob, other)
        assert "read-only" in pill(bob)
        assert post(bob, "/s3/", "/s3/", name="made-elsewhere").status_code == 403
    made = [(fake.given[key].session[:4], asked) for key, _, asked in fake.seen if asked.startswith("PUT ")]
    assert made == [("bob-", "PUT /made-by-bob")]
    choose(bob, "staging")
    assert post(bob, "/s3/", "/people/changes/off").status_code == 303
    assert post(bob, "/s3/", "/s3/", name="made-late").status_code == 403


def test_the_record_says_in_which_account_it_was(app: Flask) -> None:
    chief = browser(app, "ada", INSTRUCTOR)
    choose(chief, "staging")
    post(chief, "/people/changes", "/people/changes", minutes="15", reason="lesson 3")
    post(chief, "/s3/", "/s3/", name="made-by-ada")
    lines = map(json.loads, chief.get("/people/audit?format=ndjson").get_data(as_text=True).splitlines())
    found = {one["operation"]: one["account"] for one in lines}
    assert found["CreateBucket"] == found["SwitchChangesOn"] == "staging"
    assert "CreateBucket</span> in staging" in chief.get("/people/audit").get_data(as_text=True)


def test_another_instance_reads_the_switch_of_each_account(app: Flask) -> None:
    chief = browser(app, "ada", INSTRUCTOR)
    choose(chief, "staging")
    post(chief, "/people/changes", "/people/changes", minutes="15", reason="lesson 3")
    app.extensions.pop("switched")
    with app.app_context():
        assert switch.current("staging") is not None
        assert switch.current("teaching") is None and switch.current("") is None


def test_a_refused_role_is_a_page_that_says_what_to_do_and_other_accounts_stand(app: Flask, fake: FakeAws) -> None:
    fake.refused.add(STAGING)
    ada = browser(app, "ada", VIEWER)
    choose(ada, "staging")
    answer = ada.get("/s3/")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 403
    for words in (
        "The role was not given", STAGING, "arn:aws:iam::000000000000:role/trellis-demo-instance", "a-word",
        "AccessDenied", "REFUSED-1", "no answer",
    ):  # fmt: skip
        assert words in shown, words
    assert ada.get("/").status_code == 200
    assert 'action="/account"' in shown
    choose(ada, "teaching")
    assert "222222222222-ada" in ada.get("/s3/").get_data(as_text=True)


def test_what_is_kept_of_one_account_is_not_shown_in_another(app: Flask) -> None:
    who = Person("p-1", "ada", EDITOR)
    for name in ("staging", ""):
        with app.test_request_context("/"):
            session["account"], g.who, g.person = name, who, who.id
            if name:
                notes.save("sql", "shop", "mine", {"sql": "SELECT 1"})
            assert len(notes.saved("sql", "shop")) == bool(name)


def test_without_accounts_there_is_nothing_to_choose(fake: FakeAws, tmp_path: Path) -> None:
    made = create_app({"home": tmp_path, "secret_key": "x", "TESTING": True})
    client = made.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    assert 'action="/account"' not in client.get("/s3/").get_data(as_text=True)


def test_at_this_computer_the_session_bears_a_name_too(app: Flask, fake: FakeAws, tmp_path: Path) -> None:
    made = create_app({"home": tmp_path, "secret_key": "x", "TESTING": True, "accounts": ACCOUNTS})
    client = made.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    assert client.post("/account", data={"csrf_token": token(client, "/s3/"), "account": "teaching"}).status_code == 303
    assert "222222222222-this-computer-" in client.get("/s3/").get_data(as_text=True)


def test_the_drawers_code_takes_on_the_role_of_the_account(app: Flask, fake: FakeAws, tmp_path: Path) -> None:
    ada = browser(app, "ada", VIEWER)
    choose(ada, "staging")
    page = ada.get("/s3/").get_data(as_text=True)
    [bucket] = set(re.findall(r"111111111111-ada-[0-9a-f]{12}", page))
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "AWS_PAGER": ""}
    python, command = (
        re.search(start, page, re.DOTALL) for start in (r">(import boto3\b.*?)</", r">(\(\nread -r .*?)</")
    )
    assert python and command
    for run in ([sys.executable, "-c", html.unescape(python[1])], ["bash", "-eu", "-c", html.unescape(command[1])]):
        done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60, cwd=tmp_path)
        assert bucket in done.stdout, (run[-1], done.stderr)
