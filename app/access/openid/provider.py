"""The provider: what it says of itself, its keys, and the exchange of a code for an ID token's claims."""

import base64
import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlencode

from app.access.openid import Refused, fetch, tokens
from app.access.openid.fetch import NoAnswer
from app.access.openid.setup import Setup

logger = logging.getLogger("trellis.openid")
KEPT = 3600.0  # seconds that what the provider says of itself, and its keys, are believed
SILENT = 10.0  # seconds that a provider which does not answer is left alone
SCOPE = "openid email"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """One provider, as long as the process lives; two threads that ask at the same time ask twice, no more."""

    def __init__(self, setup: Setup, clock: Callable[[], float] = time.monotonic):
        self._setup, self._clock = setup, clock
        self._said: tuple[float, dict[str, Any]] = (0.0, {})
        self._shown: tuple[float, list[Any]] = (0.0, [])
        self._silent_until = 0.0

    def way_in(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at which the provider asks a person who they are. Raises Refused."""
        address = str(self._metadata()["authorization_endpoint"])
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self._setup.client, "redirect_uri": back, "scope": SCOPE,
            "state": state, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def claims(self, code: str, back: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Exchange a code and return what its ID token says of a person. Raises Refused."""
        token = self._exchanged(code, back, verifier)
        try:
            try:
                return self._checked(token, nonce, self._keys())
            except tokens.UnknownKey:  # the provider may have changed its keys: look once more
                return self._checked(token, nonce, self._keys(fresh=True))
        except tokens.Untrusted as error:
            logger.warning("an ID token of %s is not believed: %s", self._setup.host, error)
            raise Refused(
                f"What {self._setup.host} said of you could not be verified. Try again.", "Untrusted"
            ) from error

    def _checked(self, token: str, nonce: str, keys: list[Any]) -> dict[str, Any]:
        return tokens.check(token, keys, self._setup.issuer, self._setup.client, nonce)

    def _exchanged(self, code: str, back: str, verifier: str) -> str:
        said = self._metadata()
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        fields, headers = self._as_client(said.get("token_endpoint_auth_methods_supported"))
        try:
            status, answer = fetch.post(said["token_endpoint"], {**sent, **fields}, headers)
        except NoAnswer as error:
            raise self._silent(error) from error
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            logger.warning("%s gives no token: %s %.100r", self._setup.host, status, answer.get("error"))
            raise Refused(f"{self._setup.host} did not confirm the sign-in. Try again.", "NoToken")
        return token

    def _as_client(self, methods: Any) -> tuple[dict[str, str], dict[str, str]]:
        """Return the fields and headers by which the provider knows this client (RFC 6749, section 2.3.1)."""
        client, secret = self._setup.client, self._setup.secret
        if not secret:
            return {"client_id": client}, {}
        if isinstance(methods, list) and "client_secret_basic" not in methods:
            return {"client_id": client, "client_secret": secret}, {}
        both = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        return {}, {"Authorization": f"Basic {base64.b64encode(both).decode()}"}

    def _metadata(self) -> dict[str, Any]:
        until, found = self._said
        if self._clock() < until:
            return found
        if self._clock() < self._silent_until:
            raise self._silent(None)
        try:
            found = fetch.get(self._setup.issuer.rstrip("/") + "/.well-known/openid-configuration")
            self._look_at(found)
        except NoAnswer as error:
            self._silent_until = self._clock() + SILENT
            raise self._silent(error) from error
        self._said = (self._clock() + KEPT, found)
        return found

    def _look_at(self, said: dict[str, Any]) -> None:
        if said.get("issuer") != self._setup.issuer:
            raise NoAnswer(f"it calls itself {said.get('issuer')!r}, TRELLIS_OIDC_ISSUER is {self._setup.issuer!r}")
        for name in ENDPOINTS:
            if not self._setup.trusts(str(said.get(name, ""))):
                raise NoAnswer(f"its {name} is no https address: {said.get(name)!r}")

    def _keys(self, fresh: bool = False) -> list[Any]:
        until, keys = self._shown
        if self._clock() >= until or fresh:
            try:
                keys = tokens.keys_of(fetch.get(self._metadata()["jwks_uri"]))
            except NoAnswer as error:
                raise self._silent(error) from error
            self._shown = (self._clock() + KEPT, keys)
        return keys

    def _silent(self, error: NoAnswer | None) -> Refused:
        if error is not None:
            logger.error("OpenID provider %s: %s", self._setup.host, error)
        return Refused(f"{self._setup.host} does not answer as it should. Try again in a minute.", "NoAnswer")
