"""Sessions: checked by the server, so that they can be ended; a cookie holds nothing but a random id.

Of the id only its hash is stored. An answer of the state table is believed for a few seconds, so that a page costs no
call; what this process itself ends is ended at once.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass

from flask import current_app

from app.access import accounts
from app.access.people import Person
from app.roles import Role
from app.store import shared

LASTING = 8 * 3600  # seconds
BELIEVED = 5  # seconds
MOST_KNOWN = 4096
# The first that is found: each browser also claims to be those after it.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Session:
    """One session of a person, as an instructor sees it."""

    id: str
    person: str
    epoch: int
    begun: int
    address: str
    agent: str

    @property
    def browser(self) -> str:
        """What the browser calls itself, in two words where it is a known one."""
        name = next((word for mark, word in BROWSERS if mark in self.agent), "")
        system = next((word for mark, word in SYSTEMS if mark in self.agent), "")
        return " on ".join(filter(None, (name, system))) or self.agent or "unknown"


def begin(person: str, epoch: int, address: str, agent: str) -> str:
    """Begin a session and return its id, for the cookie alone."""
    id = secrets.token_urlsafe(32)
    value = {"person": person, "epoch": epoch, "begun": int(time.time()), "address": address, "agent": agent[:200]}
    shared("sessions").put(value, hash_of(id), LASTING)
    return id


def hash_of(id: str) -> str:
    """Return what is stored of a session's id."""
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()


def person_of(id: str) -> Person | None:
    """Return whose session this is; None for one that never was, is over, or whose account is switched off."""
    stored, known = hash_of(id), _known()
    until, found = known.get(stored, (0.0, None))
    if time.monotonic() >= until:
        found = _asked(stored)
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[stored] = (time.monotonic() + BELIEVED, found)
    return found


def _known() -> dict[str, tuple[float, Person | None]]:
    """Return what this process believes, until when; each step on it is one of Python's own and needs no lock."""
    found: dict[str, tuple[float, Person | None]] = current_app.extensions.setdefault("sessions", {})
    return found


def _asked(stored: str) -> Person | None:
    value = shared("sessions").get(stored)
    account = accounts.get(value["person"]) if value else None
    if value is None or account is None or account.disabled or account.epoch != value["epoch"]:
        return None
    return Person(account.id, account.name, Role(account.role), stored)


def end(stored: str) -> None:
    """End one session, by the hash of its id."""
    shared("sessions").delete(stored)
    forget()


def forget() -> None:
    """Believe nothing that was known: an account or a session has changed.

    Whoever has asked before, and is told only now, notes it where nobody looks any more.
    """
    current_app.extensions["sessions"] = {}


def every() -> list[Session]:
    """Return the sessions that have begun within the last hours, newest first; those that are over among them."""
    found = (
        Session(one.id, *(one.value[name] for name in ("person", "epoch", "begun", "address", "agent")))
        for one in shared("sessions").newest(2000)
    )
    return sorted(found, key=lambda one: -one.begun)
