"""Connecting: pools shared by equal targets only, and every failure told apart."""

import contextlib
import dataclasses
import socket
from collections.abc import Iterator

import psycopg
import pytest

from app.sql import errors
from app.sql.engines import MOST, Engines, open_connection
from app.sql.postgres_connect import explain
from app.sql.target import Target
from tests.sql import servers


def one(engines: Engines, target: Target) -> object:
    with engines.connection(target) as lent:
        cursor = lent.cursor()
        cursor.execute("SELECT 41 + 1")
        return cursor.fetchone()


def test_a_connection_is_lent_again(engines: Engines, target: Target) -> None:
    assert one(engines, target) == (42,)
    with engines.connection(target) as lent:
        first = lent.dbapi_connection
    with engines.connection(target) as lent:
        assert lent.dbapi_connection is first


def test_two_credentials_never_share_a_connection(engines: Engines, target: Target) -> None:
    assert one(engines, target) == (42,)
    other = dataclasses.replace(target, password=lambda fresh: "wrong", credential="typed by another")
    with pytest.raises(errors.WrongPassword):
        one(engines, other)


def test_a_rotated_password_is_fetched_anew(engines: Engines, target: Target) -> None:
    asked = []

    def password(fresh: bool) -> str:
        asked.append(fresh)
        return servers.PASSWORD if fresh else "the old one"

    assert one(engines, dataclasses.replace(target, password=password, credential="secret")) == (42,)
    assert asked == [False, True]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"user": "nobody-here"}, errors.WrongPassword),
        ({"database": "no such"}, errors.UnknownDatabase),
        ({"host": "no-such-host.invalid"}, errors.Unreachable),
        ({"tls": "verified"}, errors.TlsFailed),
    ],
)
def test_failures_are_told_apart(target: Target, change: dict[str, str], kind: type[Exception]) -> None:
    changed = dataclasses.replace(target, **change)  # type: ignore[arg-type]
    with pytest.raises(kind):
        open_connection(changed, servers.PASSWORD)


def test_a_closed_port_is_refused(target: Target) -> None:
    with pytest.raises(errors.Refused) as caught:
        open_connection(dataclasses.replace(target, port=servers.free_port()), servers.PASSWORD)
    assert "refused" in caught.value.happened


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and then says nothing, as a half-open firewall does."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_silence_is_unreachable(target: Target, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sql.postgres_connect.CONNECT_SECONDS", 2)
    monkeypatch.setattr("app.sql.mysql_connect.CONNECT_SECONDS", 2)
    monkeypatch.setattr("app.sql.engines.SILENCE", 2.0)
    with pytest.raises(errors.Unreachable):
        open_connection(dataclasses.replace(target, port=silent), servers.PASSWORD)


def test_too_many_connections(target: Target) -> None:
    opened = []
    try:
        with pytest.raises(errors.TooManyConnections):
            for _ in range(60):
                opened.append(open_connection(target, servers.PASSWORD))
    finally:
        for each in opened:
            each.close()
    assert len(opened) > 20


def test_a_login_with_rights_on_files_is_refused(maria: Target, pg: Target) -> None:
    filer = dataclasses.replace(maria, user="filer")
    with pytest.raises(errors.TooPowerful, match="FILE"):
        open_connection(filer, "filer")
    with pytest.raises(errors.TooPowerful, match="superuser"):
        open_connection(dataclasses.replace(pg, user="postgres"), "")
    open_connection(dataclasses.replace(filer, powerful=True), "filer").close()


def test_passwords_are_in_no_representation(target: Target) -> None:
    assert servers.PASSWORD not in repr(dataclasses.replace(target, credential="x"))


def test_a_full_server_says_so_in_a_sentence(engines: Engines, target: Target) -> None:
    connections = [Engines() for _ in range(4)]
    with contextlib.ExitStack() as held, pytest.raises(errors.TooManyConnections) as caught:
        for each in connections:
            held.callback(each.close)
            for _ in range(MOST):
                held.enter_context(each.connection(target))
    assert caught.value.happened.startswith("127.0.0.1 on port ")
    assert caught.value.happened.endswith(".")
    assert "connection to server" not in caught.value.happened
    assert one(engines, target) == (42,)


def test_a_server_that_stops_takes_nobody_in(pg: Target) -> None:
    said = 'connection to server at "h", port 5432 failed: FATAL:  the database system is shutting down'
    found = explain(psycopg.OperationalError(said), pg)
    assert isinstance(found, errors.NotReady)
    assert found.happened.endswith("answers: the database system is shutting down.")


def test_a_login_that_is_given_up_is_forgotten_in_every_database(engines: Engines, pg: Target) -> None:
    other = dataclasses.replace(pg, database="postgres")
    assert one(engines, pg) == one(engines, other) == (42,)
    engines.dispose(pg)
    with pytest.raises(errors.WrongPassword):
        one(engines, dataclasses.replace(other, password=lambda _fresh: "given up"))
