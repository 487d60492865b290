"""Who may ask and what a page may load: host check, CSRF, one policy of headers, the limits of a real account."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, MisdirectedRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from app import aws
from app.config import Settings

OPEN_PATHS = {"/healthz"}
csrf = CSRFProtect()


@dataclass
class Policy:
    """The Content-Security-Policy of one answer; pages may name one more place to connect to."""

    connect: list[str] = field(default_factory=list)

    def header(self, nonce: str) -> str:
        """Return the header's value."""
        return "; ".join(
            [
                "default-src 'self'",
                "img-src 'self' data: blob:",
                f"style-src 'self' 'nonce-{nonce}'",
                "connect-src " + " ".join(["'self'", *self.connect]),
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ]
        )


def allow_connect(origin: str) -> None:
    """Let this page's scripts send to one more origin (S3's own, for uploads that go straight there)."""
    policy().connect.append(origin)


def policy() -> Policy:
    """Return the policy of this request."""
    if "csp" not in g:
        g.csp = Policy()
    found: Policy = g.csp
    return found


def nonce() -> str:
    """Return the nonce of this answer, for the one editor that writes its own style sheet."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def init_app(app: Flask, settings: Settings) -> None:
    """Put every check and header in place."""
    app.secret_key = settings.secret_key or _own_key(settings.home)
    app.config.update(
        SESSION_COOKIE_NAME="trellis",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        WTF_CSRF_SSL_STRICT=True,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=int(settings.proxies > 1))  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_check_host)
    app.before_request(_check_real_account)
    app.after_request(_headers)


def _own_key(home: Path) -> str:
    """Return this computer's key: made once, readable by its owner only."""
    path = home / "session-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
        return path.read_text()


def _check_host() -> None:
    """Refuse a foreign Host: a web page whose name resolves to this computer must not reach the dashboard."""
    if request.path in OPEN_PATHS:
        return
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host.lower() not in current_app.extensions["settings"].allowed_hosts:
        raise MisdirectedRequest


def _check_real_account() -> None:
    """Serve a real account to this computer only, as long as nobody signs in."""
    if request.path in OPEN_PATHS or request.endpoint == "static" or _is_local():
        return
    if aws.identity().kind == "aws":
        raise Forbidden("A real AWS account is served only to the computer that the dashboard runs on.")


def _is_local() -> bool:
    """Whether the request comes from this computer itself, with no proxy in between."""
    return request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy().header(nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    return response
