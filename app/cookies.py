"""The session's cookie and the forms' tokens: what was once verified or signed is remembered.

To verify a cookie and to sign a token each cost as much as a small query, for the same answer on every page. Both are
remembered by all that they are made of, the secret keys included.
"""

import time
from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature

from app import context

KEPT = 1024  # cookies, and tokens, that are remembered
LONGEST = 2000  # characters of a cookie that is remembered
TOKEN_SECONDS = 60  # for which a form's token is signed once; it ends that much earlier
FIELD = "csrf_token"  # Flask-WTF's name in the session and in g


class RememberedSessions(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies, whose signatures are verified once."""

    def __init__(self) -> None:
        self._known = lru_cache(KEPT)(self._verified)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a cookie, an empty one where it is not ours or too old."""
        text = request.cookies.get(self.get_cookie_name(app), "")
        if not app.secret_key or not 0 < len(text) <= LONGEST:
            return super().open_session(app, request)
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        try:
            values, signed = self._known(app, keys, text)
        except BadSignature:
            return self.session_class()
        age = int(time.time()) - signed
        lasting = 0 <= age <= app.permanent_session_lifetime.total_seconds()
        return self.session_class(_copy(values) if lasting else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie as Flask does; a session that is as it came and is not to last longer needs none."""
        if session.modified or (session.permanent and app.config["SESSION_REFRESH_EACH_REQUEST"]):
            super().save_session(app, session, response)
        elif session.accessed and "Vary" in response.headers:
            response.vary.add("Cookie")
        elif session.accessed:
            response.headers["Vary"] = "Cookie"

    def _verified(self, app: Flask, _keys: tuple[str | bytes, ...], text: str) -> tuple[dict[str, Any], int]:
        """Return a cookie's values and when it was signed. Raises BadSignature, which is not remembered."""
        serializer = self.get_signing_serializer(app)
        assert serializer is not None  # noqa: S101 there is a key
        values, signed = serializer.loads(text, return_timestamp=True)
        return values, int(signed.timestamp())


def csrf_token() -> str:
    """Return this request's token for forms: Flask-WTF's own, signed once a minute for each session."""
    kept = context.kept()
    token: str | None = kept.get(FIELD)
    if token is None:
        raw, app = session.get(FIELD), context.application()
        key = app.config.get("WTF_CSRF_SECRET_KEY", app.secret_key)
        remembered = isinstance(raw, str)
        token = _signed(key, raw, int(time.time()) // TOKEN_SECONDS) if remembered else generate_csrf()
        setattr(kept, FIELD, token)
    return token


def _copy(values: dict[str, Any]) -> dict[str, Any]:
    """Return a session's values, so that a request which changes them changes nobody else's."""
    simple = all(type(value) in (str, int, bool) for value in values.values())
    return dict(values) if simple else deepcopy(values)


@lru_cache(KEPT)
def _signed(_key: str | bytes, _raw: str, _minute: int) -> str:
    """Return the token of the request's session; the arguments are what it is made of."""
    token: str = generate_csrf()
    return token
