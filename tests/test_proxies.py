"""What is believed of proxies in front: who asks, and whether by https, which nobody can forge."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient

from app import create_app
from app.config import SettingError

HOST = "trellis.example"
BEHIND = {"Host": HOST, "X-Forwarded-For": "192.0.2.1"}


def served(home: Path, **settings: Any) -> FlaskClient:
    """Return a browser of an application behind proxies, which sees how it was asked."""
    usual = {"TESTING": True, "home": home, "secret_key": "tests", "hosts": HOST}
    app: Flask = create_app({**usual, **settings})
    app.view_functions["overview.health"] = _told
    return app.test_client()


def _told() -> dict[str, Any]:
    session["begun"] = True
    return {"scheme": request.scheme, "from": request.remote_addr}


def told(client: FlaskClient, **headers: str) -> tuple[str, str, bool]:
    """Return the scheme and the address that a request with these headers is believed to have, and if HSTS came."""
    answer = client.get("/healthz", headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.json is not None
    return answer.json["scheme"], answer.json["from"], "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    ("proxies", "https", "believed"),
    [(0, "auto", False), (1, "auto", False), (2, "auto", True), (1, "forwarded", True), (2, "forwarded", True)],
)
def test_only_a_proxy_that_sets_it_says_that_it_is_https(
    tmp_path: Path, proxies: int, https: str, believed: bool
) -> None:
    client = served(tmp_path, proxies=proxies, https=https)
    assert told(client)[::2] == ("http", False)
    assert told(client, X_Forwarded_Proto="https")[::2] == (("https", True) if believed else ("http", False))
    assert told(client, X_Forwarded_Proto="http")[::2] == ("http", False)
    # A proxy that adds to the list instead: its own word is the last.
    assert told(client, X_Forwarded_Proto="https, http")[::2] == ("http", False)


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_where_all_come_by_https_no_header_says_otherwise(tmp_path: Path, proxies: int) -> None:
    client = served(tmp_path, proxies=proxies, https="always")
    for claimed in ({}, {"X_Forwarded_Proto": "http"}, {"X_Forwarded_Ssl": "off"}, {"Forwarded": "proto=http"}):
        assert told(client, **claimed)[::2] == ("https", True)


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "192.0.2.2"), (2, "192.0.2.1")])
@pytest.mark.parametrize("https", ["auto", "always"])
def test_an_address_is_believed_of_so_many_proxies(tmp_path: Path, proxies: int, address: str, https: str) -> None:
    client = served(tmp_path, proxies=proxies, https=https)
    assert told(client, X_Forwarded_For="203.0.113.9, 192.0.2.1, 192.0.2.2")[1] == address


@pytest.mark.parametrize("https", ["forwarded", "always"])
def test_behind_one_tls_proxy_the_session_s_cookie_is_for_https_alone(tmp_path: Path, https: str) -> None:
    client = served(tmp_path, proxies=1, https=https, sign_in="always")
    answer = client.get("/healthz", headers={**BEHIND, "X-Forwarded-Proto": "https"})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-trellis=") and "; Secure" in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_who_speaks_https_serves_others_and_they_sign_in(tmp_path: Path) -> None:
    assert served(tmp_path, hosts="", https="always").get("/", headers={"Host": "127.0.0.1"}).status_code == 303


def test_without_a_proxy_nobody_overwrites_the_header(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="TRELLIS_HTTPS=forwarded needs TRELLIS_PROXIES"):
        served(tmp_path, https="forwarded")


def test_another_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="TRELLIS_HTTPS must be auto, forwarded or always, not 'yes'"):
        served(tmp_path, https="yes")
