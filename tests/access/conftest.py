"""The dashboard over the embedded AWS with sign-in, people of each role, and their browsers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access import accounts, audit, passwords, sessions
from app.access.accounts import Account
from app.roles import Role
from app.store import make_table
from tests.embedded.process import Embedded, start
from tests.over_embedded import application

TABLE = "trellis-state"
PASSWORD = "seven-lamps-in-a-harbour"
SERVICES = ("s3", "dynamodb", "logs", "rds", "secretsmanager", "glue", "iam", "sts")
Browser = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    running = start(tmp_path_factory.mktemp("access"))
    try:
        running.client("s3").create_bucket(Bucket="things")
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def served(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with application(embedded, tmp_path_factory.mktemp("home"), *SERVICES, sign_in="always") as made:
        make_table(embedded.client("dynamodb"), TABLE)
        yield made


@pytest.fixture
def app(served: Flask, embedded: Embedded) -> Iterator[Flask]:
    """Yield the application with an empty state table; views that a test replaces come back."""
    views, dynamodb = dict(served.view_functions), embedded.client("dynamodb")
    for item in dynamodb.scan(TableName=TABLE)["Items"]:
        dynamodb.delete_item(TableName=TABLE, Key={name: item[name] for name in ("owner", "id")})
    yield served
    audit.settle()
    audit._known_days.clear()
    served.view_functions.update(views)
    served.extensions.pop("sessions", None)


@pytest.fixture(scope="session")
def hashed() -> str:
    """Return what is kept of PASSWORD, made once: a hash is meant to take long."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def people(app: Flask, hashed: str) -> dict[Role, Account]:
    """Return an account of each role; the instructor has a password."""
    with app.app_context():
        first = replace(accounts.create("ada", Role.INSTRUCTOR), password=hashed)
        accounts._save(first)
        made = {Role.INSTRUCTOR: first}
        for role, name in ((Role.EDITOR, "bob"), (Role.VIEWER, "eve")):
            made[role] = accounts.create(name, role)
        return made


@pytest.fixture
def browser(app: Flask, people: dict[Role, Account]) -> Browser:
    """Return a function that gives a browser: browser() signed out, browser(Role.VIEWER) with a session."""

    def opened(role: Role | None = None, address: str = "127.0.0.1") -> FlaskClient:
        client = app.test_client()
        client.environ_base.update(HTTP_HOST="127.0.0.1", REMOTE_ADDR=address)
        if role is not None:
            with app.app_context():
                account = accounts.get(people[role].id)
                assert account is not None
                id = sessions.begin(account.id, account.epoch, address, "test")
            with client.session_transaction() as session:
                session["sid"] = id
        return client

    return opened


def token(client: FlaskClient, path: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found, path
    return found[1]


def post(client: FlaskClient, page: str, path: str, **fields: Any) -> Any:
    """Send a form of a page to a path."""
    return client.post(path, data={"csrf_token": token(client, page), **fields})


def sign_in(client: FlaskClient, name: str, password: str, next: str = "") -> Any:
    """Sign in by the page."""
    return post(client, "/sign-in", "/sign-in", name=name, password=password, next=next)
