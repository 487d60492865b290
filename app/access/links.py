"""One-time links: invitations, new passwords, the first instructor. Whoever holds one may use it once, for a time."""

import secrets
from dataclasses import dataclass

from app.access.sessions import hash_of
from app.roles import INSTRUCTOR, Role
from app.store import shared

DAY, HOUR = 86400, 3600  # seconds


@dataclass(frozen=True)
class Link:
    """What a link is for: `kind` is invite, reset or first; `person` is whose password a reset sets."""

    kind: str
    role: Role
    name: str = ""
    person: str = ""
    by: str = ""


def make(link: Link, seconds: int = DAY) -> str:
    """Keep a link and return its code, of which only the hash is stored."""
    code = secrets.token_urlsafe(24)
    value = {"kind": link.kind, "role": int(link.role), "name": link.name, "person": link.person, "by": link.by}
    shared("links").put(value, hash_of(code), seconds)
    return code


def look(code: str) -> Link | None:
    """Return what a code is for, without using it; None where it is used, over, or never was."""
    return _of(shared("links").get(hash_of(code)))


def use(code: str) -> Link | None:
    """Use a code: of several who do so at the same time, one gets the link."""
    return _of(shared("links").take(hash_of(code)))


def put_back(code: str, link: Link) -> None:
    """Give a link back that could not be used, for an hour: the name was taken in the meantime, say."""
    value = {"kind": link.kind, "role": int(link.role), "name": link.name, "person": link.person, "by": link.by}
    shared("links").put(value, hash_of(code), HOUR)


def _of(value: dict[str, object] | None) -> Link | None:
    if value is None:
        return None
    words = {name: str(value[name]) for name in ("kind", "name", "person", "by")}
    return Link(role=Role(int(str(value["role"]))), **words)


FIRST = Link("first", INSTRUCTOR)
