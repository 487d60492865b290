"""One-time links: invitations, new passwords, the first instructor. Whoever holds one may use it once, for a time.

Of a person's links only the newest stands, and it ends with what ends their sessions: a new password, another role, an
account switched off.
"""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from app.access import accounts
from app.access.sessions import hash_of
from app.roles import INSTRUCTOR, Role
from app.store import shared

DAY, HOUR = 86400, 3600  # seconds


@dataclass(frozen=True)
class Link:
    """What a link is for: `kind` is invite, reset or first.

    `person` is whose password a reset sets, as long as their account's epoch is `epoch`.
    """

    kind: str
    role: Role
    name: str = ""
    person: str = ""
    by: str = ""
    epoch: int = 0


def make(link: Link, seconds: int = DAY) -> str:
    """Keep a link and return its code, of which only the hash is stored; older ones of the person end."""
    code = secrets.token_urlsafe(24)
    shared("links").put(asdict(link), hash_of(code), seconds)
    if link.person:
        shared("newest-links").put({"link": hash_of(code)}, link.person, seconds)
    return code


def look(code: str) -> Link | None:
    """Return what a code is for, without using it; None where it is used, over, or never was."""
    link = _of(shared("links").get(hash_of(code)))
    return link if link is not None and (not link.person or _stands(link, code)) else None


def _stands(link: Link, code: str) -> bool:
    """Whether a person has no newer link, and their account is as it was."""
    account, newest = accounts.get(link.person), shared("newest-links").get(link.person)
    return account is not None and account.epoch == link.epoch and newest == {"link": hash_of(code)}


def use(code: str) -> Link | None:
    """Use a code: of several who do so at the same time, one gets the link."""
    return _of(shared("links").take(hash_of(code)))


def put_back(code: str, link: Link) -> None:
    """Give a link back that could not be used, for an hour: the name was taken in the meantime, say."""
    shared("links").put(asdict(link), hash_of(code), HOUR)


def _of(value: dict[str, Any] | None) -> Link | None:
    """Return a stored link; one of an older version of the dashboard names no epoch, and no account has -1."""
    return None if value is None else Link(**{"epoch": -1, **value, "role": Role(value["role"])})


FIRST = Link("first", INSTRUCTOR)
