"""Signing in at the OpenID provider: the way there, and the way back.

A sign-in that was begun lies in the browser's own session: its state, when, and where it leads. Nonce and PKCE verifier
are made of the state and the session key, so the cookie holds neither; that a state was used is in the state table.
"""

import base64
import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, session, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app import respond, security
from app.access import people, throttle
from app.access.openid import Refused, persons
from app.access.openid.setup import LOOPBACK, Setup
from app.access.sessions import hash_of
from app.blueprints.signin.blueprint import bp
from app.blueprints.signin.common import begin, failed
from app.roles import ANYBODY, needs
from app.store import shared

if TYPE_CHECKING:
    from app.access.openid.provider import Provider

BEGUN = "openid"  # the name in the session
LASTING = 600  # seconds from the way there to the way back
MOST = 3  # tabs that may be on their way
LONGEST = 400  # characters of the address that it leads to: a cookie has no room for more
OVER = "This sign-in was begun in another browser, is too old, or was used already. Begin again."


@bp.get("/openid")
@needs(ANYBODY)
def openid() -> BaseResponse:
    """Lead to the provider; a link of another site leads to the sign-in page, where the person decides."""
    setup, target = _setup(), respond.own_path(request.args.get("next", ""))
    if people.current() is not None:
        return redirect(target, 303)
    if security.from_elsewhere():
        return redirect(url_for("signin.sign_in", next=target), 303)
    try:
        state = secrets.token_urlsafe(32)
        address = _provider(setup).way_in(_back(setup), state, _derived("nonce", state), _derived("verifier", state))
    except Refused as refused:
        return _told(refused, target)
    now = int(time.time())
    begun = {**_begun(), state: [now, target if len(target) <= LONGEST else "/"]}
    session[BEGUN] = dict(sorted(begun.items(), key=lambda one: one[1][0])[-MOST:])
    return _kept_by_nobody(redirect(address, 303))


@bp.get("/openid/back")
@needs(ANYBODY)
def back() -> BaseResponse:
    """Take the provider's answer, and begin a session for whom it names."""
    setup, target = _setup(), "/"
    try:
        throttle.attempt_code(request.remote_addr or "")
        state = request.args.get("state", "")
        target = _used(state)
        code = _code(setup)
        claims = _provider(setup).claims(code, _back(setup), _derived("nonce", state), _derived("verifier", state))
        account = persons.account_of(setup, claims, request.remote_addr or "")
    except throttle.TooMany:
        minutes = throttle.WINDOW // 60
        return _failed(setup, Refused(f"Too many attempts. Try again in {minutes} minutes.", "TooMany"), target)
    except Refused as refused:
        return _failed(setup, refused, target)
    begin(account)
    return _kept_by_nobody(redirect(target, 303))


def _setup() -> Setup:
    found = people.openid()
    if found is None:
        raise NotFound("No OpenID provider is set up here.")
    return found


def _provider(setup: Setup) -> "Provider":
    """Return the provider, whose module, and what checks signatures, is loaded only where somebody signs in there."""
    from app.access.openid import provider

    found: Provider = current_app.extensions.setdefault("openid-provider", provider.Provider(setup))
    return found


def _back(setup: Setup) -> str:
    """Return the address to which the provider sends people back: under the host that they came by."""
    if not request.is_secure and urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        raise Refused(f"{setup.host} can sign people in only over https, and this address is not.", "NotSecure")
    return url_for("signin.back", _external=True)


def _derived(what: str, state: str) -> str:
    """Return a secret of one sign-in, 43 characters, which nobody can make without the session key."""
    key = current_app.secret_key or ""
    made = hmac.digest(key.encode() if isinstance(key, str) else key, f"openid {what} {state}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _begun() -> dict[str, list[Any]]:
    found = session.get(BEGUN)
    return found if isinstance(found, dict) else {}


def _used(state: str) -> str:
    """Use up a sign-in that was begun in this browser, once, and return where it leads. Raises Refused."""
    begun = _begun()
    if state not in begun:
        raise Refused(OVER, "WrongState")
    at, target = begun[state]
    session[BEGUN] = {other: one for other, one in begun.items() if other != state}
    fresh = time.time() - int(at) <= LASTING
    # A cookie of before would bring the state back: that it was used is known to all instances.
    if not fresh or not shared("openid-used").claim({}, hash_of(state), LASTING):
        raise Refused(OVER, "WrongState")
    return respond.own_path(str(target))


def _code(setup: Setup) -> str:
    """Return the code of the provider's answer. Raises Refused."""
    error, code = request.args.get("error", ""), request.args.get("code", "")
    if request.args.get("iss", setup.issuer) != setup.issuer:  # RFC 9207
        raise Refused("The answer came from another provider. Begin again.", "WrongIssuer")
    if error == "access_denied":
        raise Refused(f"{setup.host} did not sign you in: it was declined there.", "AccessDenied")
    if error or not 0 < len(code) <= 4000:
        raise Refused(f"{setup.host} could not sign you in. Try again, or tell an instructor.", "ProviderError")
    return code


def _failed(setup: Setup, refused: Refused, target: str) -> BaseResponse:
    failed(setup.host, refused.code)
    return _told(refused, target)


def _told(refused: Refused, target: str) -> BaseResponse:
    """Say on the sign-in page why nobody was signed in."""
    flash(str(refused), "failed")
    return _kept_by_nobody(redirect(url_for("signin.sign_in", next=target if target != "/" else None), 303))


def _kept_by_nobody(answer: BaseResponse) -> BaseResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer
