"""ID tokens: whether one is from the provider, for this dashboard, for this sign-in, and still good.

OpenID Connect Core 1.0, section 3.1.3.7. The signatures are joserfc's work; which of them count is said here.
"""

import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key
from joserfc.jwt import JWTClaimsRegistry

ALGORITHMS = ("RS256", "ES256")  # never “none”, and none whose key is shared: the provider's public keys are no secret
LEEWAY = 60  # seconds that two clocks may differ
LONGEST = 255  # characters of a subject


class Untrusted(Exception):
    """A token is not to be believed; the message says why, for the log."""


class UnknownKey(Untrusted):
    """A token is signed with a key that the provider did not show (yet)."""


def keys_of(shown: dict[str, Any]) -> list[RSAKey | ECKey]:
    """Return the keys of a JWK Set that sign; those of other kinds are left out."""
    found: list[RSAKey | ECKey] = []
    for one in shown.get("keys") or ():
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC") and one.get("use", "sig") == "sig":
            try:
                key = import_key(one)
            except (JoseError, ValueError, TypeError):
                continue  # a curve or a form that nobody here knows is another's
            if isinstance(key, RSAKey | ECKey):
                found.append(key)
    return found


def check(token: str, keys: list[RSAKey | ECKey], issuer: str, client: str, nonce: str) -> dict[str, Any]:
    """Return the claims of a token. Raises UnknownKey, Untrusted."""

    def chosen(signed: Any) -> RSAKey | ECKey:
        kid = signed.headers().get("kid")
        fitting = [key for key in keys if kid is None or key.kid == kid]
        if len(fitting) != 1:
            raise UnknownKey(f"its key {kid!r} is not among the provider's {len(keys)}, or not one alone")
        return fitting[0]

    rules = JWTClaimsRegistry(
        now=int(time.time()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True},
    )
    try:
        claims = jwt.decode(token, chosen, algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise Untrusted(f"{type(error).__name__}: {error}") from error
    _alike(claims, client, nonce)
    return dict(claims)


def _alike(claims: dict[str, Any], client: str, nonce: str) -> None:
    """Check what the rules of JWT know nothing of."""
    if claims["nonce"] != nonce:
        raise Untrusted("its nonce is of another sign-in")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise Untrusted(f"it was made for {claims.get('azp')!r}")
    if len(claims["sub"]) > LONGEST:
        raise Untrusted(f"its subject has more than {LONGEST} characters")
