"""A small OpenID Connect provider on loopback: real keys, PKCE and the client's secret verified; it can also lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "trellis at school", "a secret: with %signs"
HEAD = '<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">'
Key = RSAKey | ECKey


@dataclass
class Provider:
    """What the provider says; tests change it. `asked` counts the requests for each path."""

    issuer: str
    person: dict[str, Any]
    keys: list[Key] = field(default_factory=list)
    signer: Key | None = None
    algorithm: str = "RS256"
    lies: dict[str, Any] = field(default_factory=dict)  # claims that replace the right ones; None leaves one out
    forge: Callable[[dict[str, Any]], str] | None = None  # makes the whole token
    asks: bool = False  # a page on which a person says yes, instead of going back at once
    error: str = ""  # sent back in place of a code
    more: dict[str, str] = field(default_factory=dict)  # sent back with the code
    methods: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    said: dict[str, Any] = field(default_factory=dict)  # replaces what discovery says
    raw: dict[str, bytes] = field(default_factory=dict)  # answers of whole paths
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=one",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": self.methods,
            **self.said,
        }

    def jwks(self) -> dict[str, Any]:
        odd = [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "RSA", "kid": "broken", "n": 5}, "no key"]
        return {"keys": [*odd, *(key.as_dict(private=False) for key in self.keys)]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser is sent: a person says yes at once."""
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT, asked
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split(), asked
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        given = {"error": self.error} if self.error else {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**given, 'state': asked['state'], **self.more})}"

    def token(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(fields.get("code", ""), None)
        if not self._knows(fields, authorization):
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same = asked and asked["code_challenge"] == challenge and asked["redirect_uri"] == fields["redirect_uri"]
        if asked is None or not same or len(fields["code_verifier"]) < 43:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def _knows(self, fields: dict[str, str], authorization: str) -> bool:
        if "client_secret_basic" in self.methods:
            scheme, _, given = authorization.partition(" ")
            both = base64.b64decode(given).decode().partition(":")
            return scheme == "Basic" and [unquote_plus(both[0]), unquote_plus(both[2])] == [CLIENT, SECRET]
        if "none" in self.methods:
            return fields.get("client_id") == CLIENT and not authorization
        return [fields.get("client_id"), fields.get("client_secret")] == [CLIENT, SECRET]

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in {**right, **self.lies}.items() if value is not None}
        if self.forge is not None:
            return self.forge(claims)
        key = self.signer or self.keys[0]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, algorithms=[self.algorithm])


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            provider.asked.append(path)
            if path in provider.raw:
                return self._answer(200, provider.raw[path])
            if path == "/authorize" and provider.asks:
                back = escape(provider.authorize(dict(parse_qsl(query))))
                page = f'{HEAD}<a href="{back}">Say yes</a></html>'
                return self._answer(200, page.encode(), "text/html")
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(dict(parse_qsl(query))))
                self.send_header("Content-Length", "0")
                return self.end_headers()
            found = {"/.well-known/openid-configuration": provider.discovery, "/jwks": provider.jwks}.get(path)
            return self._answer(200 if found else 404, json.dumps(found() if found else {}).encode())

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path in provider.raw:
                return self._answer(200, provider.raw[self.path])
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = provider.token(fields, self.headers.get("Authorization", ""))
            return self._answer(status, json.dumps(answer).encode())

        def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def serve(keys: list[Key]) -> Iterator[Provider]:
    """Yield a provider that answers until the end."""
    provider = Provider("", {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer, provider.keys = f"http://127.0.0.1:{server.server_port}", keys
    provider.person = {"sub": "s-1", "email": "mia@school.example", "email_verified": True}
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
