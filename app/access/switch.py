"""The switch for changes: a real account starts read-only, and an instructor opens it for a time, saying why.

It lies in the state table, so every instance sees it. What is known is believed for a few seconds; its end needs no
look, since the door to AWS holds the time.
"""

import logging
import time
from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError
from flask import current_app, g

from app import aws
from app.access import audit
from app.access.people import Person
from app.roles import EDITOR
from app.store import shared

logger = logging.getLogger("trellis.switch")
BELIEVED = 5  # seconds
UNREADABLE = 60  # seconds that a table which cannot be read is left alone
SHORTEST, LONGEST = 15, 480  # minutes
OFF = "This account is read-only here: changes are switched off."
ROLE = "Your role only reads: an editor or an instructor can do this."
_ID = "changes"


@dataclass(frozen=True)
class Switched:
    """Changes are on: who switched them on and why, from when until when (epoch seconds)."""

    by: str
    person: str
    reason: str
    at: int
    until: int

    @property
    def left(self) -> int:
        """The seconds until they end."""
        return max(0, self.until - int(time.time()))


def current() -> Switched | None:
    """Return who has switched changes on, where they are."""
    when, found = current_app.extensions.get("switched", (0.0, None))
    if time.monotonic() >= when:
        seconds, found = _read()
        _know(found, seconds)
    return found if found and found.until > time.time() else None


def _read() -> tuple[int, Switched | None]:
    try:
        value = shared("switch").get(_ID)
    except (BotoCoreError, ClientError, aws.NoAws) as error:
        logger.warning("whether changes are switched on cannot be read, so they are off: %s", error)
        return UNREADABLE, None
    return BELIEVED, Switched(**value) if value else None


def _know(found: Switched | None, seconds: int = BELIEVED) -> None:
    current_app.extensions["switched"] = (time.monotonic() + seconds, found)
    aws.door().changes_until = found.until if found else 0.0


def turn_on(who: Person, minutes: int, reason: str) -> Switched:
    """Let editors change the real account for so many minutes."""
    minutes, now = max(SHORTEST, min(minutes, LONGEST)), int(time.time())
    made = Switched(who.name, who.id, reason, now, now + minutes * 60)
    shared("switch").put(asdict(made), _ID, minutes * 60)
    _know(made)
    audit.event("SwitchChangesOn", f"{minutes} minutes: {reason}")
    return made


def turn_off() -> None:
    """Make the account read-only again."""
    shared("switch").delete(_ID)
    _know(None)
    audit.event("SwitchChangesOff", "")


def changeable(identity: aws.Identity) -> bool:
    """Whether the account takes changes at all, whoever asks."""
    return identity.kind != "aws" or current() is not None


def why_off(identity: aws.Identity) -> str:
    """Return why who asks can change nothing in an account; empty where they can."""
    who: Person | None = g.get("who")
    if who is not None and who.role < EDITOR:
        return ROLE
    return "" if changeable(identity) else OFF
