"""The door to AWS: shared clients, and who we are."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from flask import Flask

from app.aws import Aws, NoAws, ReadOnly, is_loopback
from app.awssession import timestamp
from app.config import load
from tests.pages import Page


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return Aws(load(environ={}))


def test_a_client_is_made_once_for_a_service_and_region(door: Aws) -> None:
    assert door.client("s3", "us-east-1") is door.client("s3", "us-east-1")
    assert door.client("s3", "us-east-1") is not door.client("s3", "eu-west-1")


def test_no_credentials_no_client() -> None:
    with pytest.raises(NoAws):
        Aws(load(environ={})).client("s3", "us-east-1")


class Asked:
    """A session without credentials that counts how often it was asked for them."""

    def __init__(self) -> None:
        self.times = 0

    def get_credentials(self) -> None:
        self.times += 1


@pytest.mark.parametrize(
    "statement", ["DELETE FROM t WHERE k='1'", "-- SELECT\nDELETE FROM t WHERE k='1'", "selectx", "", "SELECT * FROM t"]
)
def test_partiql_on_a_real_account_only_selects(door: Aws, statement: str) -> None:
    client = door.client("dynamodb", "us-east-1")
    calls: tuple[tuple[Callable[..., Any], str, dict[str, Any]], ...] = (
        (client.execute_statement, "execute_statement", {"Statement": statement}),
        (client.batch_execute_statement, "batch_execute_statement", {"Statements": [{"Statement": statement}]}),
        (client.execute_transaction, "execute_transaction", {"TransactStatements": [{"Statement": statement}]}),
    )
    for call, name, parameters in calls:
        if statement.startswith("SELECT "):
            with Stubber(client) as stubber:
                stubber.add_response(name, {})
                call(**parameters)
        else:
            with pytest.raises(ReadOnly):
                call(**parameters)
    mixed = [{"Statement": "SELECT * FROM t"}, {"Statement": "DELETE FROM t WHERE k='1'"}]
    with pytest.raises(ReadOnly):
        client.execute_transaction(TransactStatements=mixed)


def test_missing_credentials_are_not_looked_for_at_every_call() -> None:
    asked = Asked()
    door = Aws(load(environ={}), lambda: asked)
    for service in ("s3", "rds", "sts"):
        with pytest.raises(NoAws):
            door.client(service, "us-east-1")
    assert asked.times == 1


def test_no_credentials_is_an_identity_of_its_own() -> None:
    assert Aws(load(environ={})).identity("us-east-1").kind == "none"


def test_an_endpoint_that_does_not_answer_is_said(door: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    identity = door.identity("us-east-1")
    assert (identity.kind, identity.account) == ("embedded", "")
    assert "127.0.0.1:9" in identity.problem


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://localhost:80/x", True),
        ("http://[::1]:1", True),
        ("https://s3.amazonaws.com", False),
        ("http://127.0.0.1.evil.example", False),
    ],
)
def test_loopback_is_told_from_the_rest(url: str, local: bool) -> None:
    assert is_loopback(url) is local


def test_an_unreachable_aws_is_a_page(
    app: Flask, page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    shown: Any = page("/s3/", status=503)
    assert "AWS cannot be reached" in shown.text


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-03-01T12:00:00.123Z", datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)),
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 12:00:00 GMT", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (1772366400, datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ],
)
def test_times_in_answers_are_read_in_every_form(sent: object, meant: datetime) -> None:
    assert timestamp(sent) == meant
