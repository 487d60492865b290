"""Who may ask and what a page may load: host check, who has signed in, CSRF, one policy of headers."""

import contextlib
import itertools
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, MisdirectedRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from app import context
from app.access import check
from app.access.check import OPEN_PATHS
from app.config import SettingError, Settings
from app.cookies import RememberedSessions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_PORT = re.compile(r":[0-9]{1,5}\Z")
# Headers of every answer that has no other of the name; in lower case first, which is how they are looked for.
_ALWAYS = tuple(
    (name.lower(), name, value)
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    )
)


@dataclass
class Policy:
    """The Content-Security-Policy of one answer; pages may name one more place to connect to."""

    connect: list[str] = field(default_factory=list)

    def header(self, nonce: str) -> str:
        """Return the header's value."""
        connect = " ".join(["'self'", *self.connect])
        return (
            f"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'nonce-{nonce}'; connect-src {connect}; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )


def allow_connect(origin: str) -> None:
    """Let this page's scripts send to one more origin (S3's own, for uploads that go straight there)."""
    policy().connect.append(origin)


def policy() -> Policy:
    """Return the policy of this request."""
    kept = context.kept()
    if "csp" not in kept:
        kept.csp = Policy()
    found: Policy = kept.csp
    return found


def nonce() -> str:
    """Return the nonce of this answer, for the one editor that writes its own style sheet."""
    kept = context.kept()
    if "csp_nonce" not in kept:
        kept.csp_nonce = secrets.token_urlsafe(16)
    value: str = kept.csp_nonce
    return value


class SessionCookie(RememberedSessions):
    """The session's cookie: over https it has a name that only https, this host and the whole of it can set."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name; browsers take one with __Host- only with Secure, Path=/ and no Domain."""
        name: str = app.config["SESSION_COOKIE_NAME"]
        return f"__Host-{name}" if context.asked().is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 the interface is Flask's
        """Whether this request came over https."""
        return request.is_secure


class Tokens(CSRFProtect):
    """Flask-WTF's check of tokens, begun only where there is something to check."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Check the token of a request that may change something."""
        if context.asked().method in context.application().config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


csrf = Tokens()


def init_app(app: Flask, settings: Settings) -> None:
    """Put every check and header in place."""
    check.init_app(app, settings)
    app.secret_key = settings.secret_key or _own_key(settings.home)
    app.session_interface = SessionCookie()
    app.config.update(
        SESSION_COOKIE_NAME="trellis",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        WTF_CSRF_SSL_STRICT=True,
    )
    _behind_proxies(app, settings)
    for each in (_check_host, _check_addresses, _check_site, check.check):
        app.before_request(each)
    csrf.init_app(app)  # after the others: it reads the body
    app.after_request(_headers)


def _behind_proxies(app: Flask, settings: Settings) -> None:
    """Believe what the proxies in front say of who asks, and by https or not, and nobody else.

    One proxy may pass X-Forwarded-Proto on as a client wrote it (Elastic Beanstalk's nginx does), so that of one alone
    is believed only where the setting says that it overwrites the header. The word of a header is never needed where
    everybody comes by https.
    """
    if settings.https not in ("auto", "forwarded", "always"):
        raise SettingError(f"TRELLIS_HTTPS must be auto, forwarded or always, not {settings.https!r}")
    if settings.https == "forwarded" and not settings.proxies:
        raise SettingError("TRELLIS_HTTPS=forwarded needs TRELLIS_PROXIES: without a proxy anybody could claim https")
    told = settings.https == "forwarded" or (settings.https == "auto" and settings.proxies > 1)
    if settings.https == "always":
        app.wsgi_app = _all_https(app.wsgi_app)  # type: ignore[assignment, method-assign]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=int(told))  # type: ignore[method-assign]


def _all_https(serve: "WSGIApplication") -> "WSGIApplication":
    def served(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return serve(environ, start_response)

    return served


def _own_key(home: Path) -> str:
    """Return this computer's key: made once, readable by its owner only.

    Workers that start together need no lock: a name is only ever given to a file that is whole, and is never taken
    away. One that is empty all the same, which a crash of the computer leaves, is left alone for the next name.
    """
    for number in itertools.count():
        path = home / (f"session-key-{number + 1}" if number else "session-key")
        if not path.exists():
            _publish(path)
        if key := path.read_text():
            return key
    raise AssertionError("unreachable")  # pragma: no cover


def _publish(path: Path) -> None:
    """Give a name to a new key; where another worker was faster, its key is everybody's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".session-key.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def _check_host() -> None:
    """Refuse a foreign Host: a web page whose name resolves to this computer must not reach the dashboard."""
    request = context.asked()
    if request.path in OPEN_PATHS:
        return
    host = _PORT.sub("", request.host)  # a port that is none stays, and makes it the name of nobody
    if host.lower() not in context.extension("settings").allowed_hosts:
        g.stranger = True
        raise MisdirectedRequest


def _check_addresses() -> None:
    """Refuse a header that is to be an address and is none, which whoever takes it apart would stumble over."""
    for name in ("Referer", "Origin", "HX-Current-URL"):
        if "[" in (value := request.headers.get(name, "")):
            try:
                urlsplit(value)
            except ValueError as error:
                g.stranger = True
                raise BadRequest(f"The header {name} is no address.") from error


def _check_site() -> None:
    """Refuse what pages of other sites load or send from here; a link that a person follows is let in.

    Browsers say where a request began (Fetch Metadata); programs say nothing. Without this, any page could have this
    computer run a query, whose answer it may not read, but whose work is done. Other ports are other programs.
    """
    headers = request.headers
    if headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin") or request.path in OPEN_PATHS:
        return
    follows = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    if not follows or request.method not in ("GET", "HEAD") or "Sec-Purpose" in headers:
        g.stranger = True
        raise Forbidden("A page of another site asked for this. Nothing was done.")


def from_elsewhere() -> bool:
    """Whether a link of another site led here: what costs something is shown, and done when the person says so."""
    request = context.asked()
    return request.method == "GET" and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def _headers(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _ in headers}  # once: to look for each by itself takes ten times as long
    if request.is_secure and "strict-transport-security" not in given:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    if "content-security-policy" not in given:
        headers.add("Content-Security-Policy", policy().header(nonce()))
    for lower, name, value in _ALWAYS:
        if lower not in given:
            headers.add(name, value)
    return response
