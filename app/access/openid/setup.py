"""What the settings say of the provider; what does not fit stops the start with a sentence."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.config import SettingError, Settings
from app.roles import ANYBODY, Role

logger = logging.getLogger("trellis.openid")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYBODY = "*"  # the group that all are in
ROLES = {role.name.lower(): role for role in Role if role is not ANYBODY}


@dataclass(frozen=True)
class Setup:
    """The provider, this dashboard's identity there, and whom it lets in."""

    issuer: str
    client: str
    secret: str
    domain: str
    roles: Mapping[str, Role]

    @property
    def host(self) -> str:
        """The provider's host, by which people know it."""
        return urlsplit(self.issuer).netloc

    def trusts(self, address: str) -> bool:
        """Whether one of the provider's addresses may be used: https, or this computer as the issuer itself is."""
        here, there = _parts(self.issuer), _parts(address)
        if here is None or there is None or not there.hostname:
            return False
        return there.scheme == "https" or (_is_local(here) and _is_local(there))


def of(settings: Settings) -> Setup | None:
    """Return the provider of these settings, None where there is none. Raises SettingError."""
    given = {
        "TRELLIS_OIDC_CLIENT_ID": settings.oidc_client_id,
        "TRELLIS_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "TRELLIS_OIDC_DOMAIN": settings.oidc_domain,
        "TRELLIS_OIDC_ROLES": settings.oidc_roles,
    }
    if not settings.oidc_issuer:
        if lonely := [name for name, value in given.items() if value]:
            raise SettingError(f"{lonely[0]} is set and TRELLIS_OIDC_ISSUER is not: set both, or neither")
        return None
    if not settings.oidc_client_id:
        raise SettingError("TRELLIS_OIDC_ISSUER is set and TRELLIS_OIDC_CLIENT_ID is not: set both, or neither")
    domain, roles = _domain(settings.oidc_domain), _roles(settings.oidc_roles)
    made = Setup(_issuer(settings.oidc_issuer), settings.oidc_client_id, settings.oidc_client_secret, domain, roles)
    if not domain and not roles:
        logger.warning("whoever %s signs in becomes a viewer: TRELLIS_OIDC_DOMAIN or _ROLES would say who", made.host)
    return made


def _parts(address: str) -> SplitResult | None:
    try:
        found = urlsplit(address)
        found.port  # noqa: B018 raises where it is no number
    except ValueError:
        return None
    return found if found.scheme in ("https", "http") else None


def _is_local(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK


def _issuer(text: str) -> str:
    parts = _parts(text)
    if parts is None or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingError(f"TRELLIS_OIDC_ISSUER must be an address such as https://login.example, not {text!r}")
    if parts.scheme != "https" and not _is_local(parts):
        raise SettingError(f"TRELLIS_OIDC_ISSUER must begin with https://, not {text!r}")
    return text


def _domain(text: str) -> str:
    name = text.strip().lower()
    if name and ("@" in name or "." not in name or any(mark in name for mark in ", /:")):
        raise SettingError(f"TRELLIS_OIDC_DOMAIN must be one mail domain such as school.example, not {text!r}")
    return name


def _roles(text: str) -> dict[str, Role]:
    if not text:
        return {}
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not given or not all(str(role) in ROLES for role in given.values()):
        known = ", ".join(ROLES)
        raise SettingError(
            f'TRELLIS_OIDC_ROLES must be JSON such as {{"teachers": "instructor"}} with the roles {known}, not {text!r}'
        )
    return {group: ROLES[role] for group, role in given.items()}
