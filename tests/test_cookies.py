"""Remembered cookies and tokens are as good as Flask's own, and no better."""

import time

import pytest
from flask import Flask, g, session
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from app import cookies
from app.cookies import csrf_token


def _cookie(app: Flask, **values: object) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps(values))


def _session(app: Flask, text: str) -> dict[str, object]:
    with app.test_request_context("/", headers={"Host": "127.0.0.1", "Cookie": f"trellis={text}"}):
        return dict(session)


def test_a_cookie_gives_the_same_session_each_time_and_no_two_requests_share_it(app: Flask) -> None:
    text = _cookie(app, flashes=["one"])
    with app.test_request_context("/", headers={"Host": "127.0.0.1", "Cookie": f"trellis={text}"}):
        session["flashes"].append("two")
        session["more"] = 1
    assert _session(app, text) == {"flashes": ["one"]}


def test_a_remembered_cookie_is_refused_when_it_is_changed_or_the_key_is(app: Flask) -> None:
    text = _cookie(app, name="x")
    assert _session(app, text) == {"name": "x"}
    assert _session(app, text[:-3] + ("AAA" if not text.endswith("AAA") else "BBB")) == {}
    before, app.secret_key = app.secret_key, "another key"
    try:
        assert _session(app, text) == {}
        app.config["SECRET_KEY_FALLBACKS"] = [before]
        assert _session(app, text) == {"name": "x"}
    finally:
        app.secret_key, app.config["SECRET_KEY_FALLBACKS"] = before, None


@pytest.mark.parametrize("later", [-60, 40 * 86400])
def test_a_remembered_cookie_grows_old(app: Flask, monkeypatch: pytest.MonkeyPatch, later: int) -> None:
    text, now = _cookie(app, name="x"), time.time()
    assert _session(app, text) == {"name": "x"}
    monkeypatch.setattr(time, "time", lambda: now + later)
    assert _session(app, text) == {}


def test_tokens_are_flask_wtfs_and_belong_to_their_session(app: Flask) -> None:
    tokens = []
    for raw in ("a" * 40, "a" * 40, "b" * 40):
        with app.test_request_context("/", headers={"Host": "127.0.0.1"}):
            session["csrf_token"] = raw
            tokens.append(csrf_token())
            validate_csrf(tokens[-1])
            assert g.csrf_token == tokens[-1]  # what Flask-WTF's own forms show
    assert tokens[0] != tokens[2]
    with app.test_request_context("/", headers={"Host": "127.0.0.1"}):
        session["csrf_token"] = "b" * 40
        with pytest.raises(ValidationError):
            validate_csrf(tokens[0])


def test_a_session_without_a_token_gets_one(app: Flask) -> None:
    with app.test_request_context("/", headers={"Host": "127.0.0.1"}):
        validate_csrf(csrf_token())
        assert session[cookies.FIELD]
