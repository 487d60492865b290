"""The switch for changes: a real account starts read-only, and an instructor opens it for a time, saying why.

Each account has a switch of its own.
It lies in the state table, so every instance sees it. What is known is believed for a few seconds; its end needs no
look, since the door to AWS holds the time.
"""

import logging
import time
from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError
from flask import current_app

from app import aws, context
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


def current(account: str | None = None) -> Switched | None:
    """Return who has switched changes on, where they are; in the account that was chosen, or one by its name."""
    name = aws.account() if account is None else account
    when, found = _known().get(name, (0.0, None))
    if time.monotonic() >= when:
        before = current_app.extensions.get("switches", 0)
        seconds, found = _read(name)
        if before == current_app.extensions.get("switches", 0):  # else somebody has switched while it was read
            _know(found, seconds, name)
        else:
            found = _known().get(name, (0.0, found))[1]
    return found if found and found.until > time.time() else None


def _known() -> dict[str, tuple[float, Switched | None]]:
    found: dict[str, tuple[float, Switched | None]] = current_app.extensions.setdefault("switched", {})
    return found


def _key(name: str) -> str:
    """Return under what an account's switch is kept: its role's ARN, so that a name for another role begins off."""
    return f"{_ID}#{current_app.extensions['accounts'].named[name].role_arn}" if name else _ID


def _read(name: str) -> tuple[int, Switched | None]:
    try:
        value = shared("switch").get(_key(name))
    except (BotoCoreError, ClientError, aws.NoAws) as error:
        logger.warning("whether changes are switched on cannot be read, so they are off: %s", error)
        return UNREADABLE, None
    return BELIEVED, Switched(**value) if value else None


def _know(found: Switched | None, seconds: int = BELIEVED, name: str = "") -> None:
    _known()[name] = (time.monotonic() + seconds, found)
    gate = current_app.extensions["accounts"].gate(name) if name else aws.home().gate
    gate.until = found.until if found else 0.0


def _switched(found: Switched | None, name: str) -> None:
    """Know what was switched here; what another thread is reading at this moment is older."""
    current_app.extensions["switches"] = current_app.extensions.get("switches", 0) + 1
    _know(found, name=name)


def turn_on(who: Person, minutes: int, reason: str) -> Switched:
    """Let editors change the account that was chosen, a real one, for so many minutes; no other."""
    minutes, now, name = max(SHORTEST, min(minutes, LONGEST)), int(time.time()), aws.account()
    made = Switched(who.name, who.id, reason, now, now + minutes * 60)
    shared("switch").put(asdict(made), _key(name), minutes * 60)
    _switched(made, name)
    audit.event("SwitchChangesOn", f"{minutes} minutes: {reason}")
    return made


def turn_off() -> None:
    """Make the account that was chosen read-only again."""
    name = aws.account()
    shared("switch").delete(_key(name))
    _switched(None, name)
    audit.event("SwitchChangesOff", "")


def changeable(identity: aws.Identity) -> bool:
    """Whether the account takes changes at all, whoever asks."""
    return identity.kind != "aws" or current(identity.name) is not None


def why_off(identity: aws.Identity) -> str:
    """Return why who asks can change nothing in an account; empty where they can."""
    who: Person | None = context.kept().get("who")
    if who is not None and who.role < EDITOR:
        return ROLE
    return "" if changeable(identity) else OFF
