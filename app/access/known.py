"""Browsers in which people have signed in: each has attempts of its own, so that nobody else uses up theirs.

Who knows a name can use up its attempts, and would so keep its owner out. A browser in which the owner has signed in
carries a signed cookie that says so: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
It signs nobody in, and ends with the account's sessions: what ends those raises the epoch that it names.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.access import accounts
from app.access.accounts import Account
from app.access.sessions import hash_of

LASTING = 90 * 86400  # seconds
MOST = 8  # people of one browser
_COOKIE = "trellis-known"


def device(name: str) -> str:
    """Return the mark of this browser, where the account of a name has signed in by it; else nothing."""
    marked = _carried().get(_of(name))
    if not marked:
        return ""
    account = accounts.named(name)
    return str(marked[0]) if account is not None and account.epoch == marked[1] else ""


def remember(account: Account) -> None:
    """Have this answer tell the browser that the account has signed in by it."""
    others = {name: mark for name, mark in _carried().items() if name != _of(account.name)}
    kept = dict(list(others.items())[-(MOST - 1) :]) | {_of(account.name): [secrets.token_urlsafe(12), account.epoch]}
    value = _signer().dumps(kept)

    @after_this_request
    def told(response: Response) -> Response:
        response.set_cookie(_name(), value, LASTING, secure=request.is_secure, httponly=True, samesite="Strict")
        return response


def _of(name: str) -> str:
    return hash_of(accounts.folded(name))[:16]


def _name() -> str:
    return f"__Host-{_COOKIE}" if request.is_secure else _COOKIE


def _carried() -> Mapping[str, Any]:
    try:
        found = _signer().loads(request.cookies.get(_name(), "")[:4000], max_age=LASTING)
    except BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _signer() -> URLSafeTimedSerializer:
    keys = [*(current_app.config["SECRET_KEY_FALLBACKS"] or ()), current_app.secret_key]
    return URLSafeTimedSerializer(keys, salt="trellis.known")
