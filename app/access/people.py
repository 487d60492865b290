"""Who asks: the person of a request."""

from dataclasses import dataclass

from app import context
from app.access.openid.setup import Setup
from app.config import Settings
from app.roles import INSTRUCTOR, Role
from app.store import LOCAL


@dataclass(frozen=True)
class Person:
    """Somebody who may use the dashboard; `session` is the hash of their session's id, empty at this computer."""

    id: str
    name: str
    role: Role
    session: str = ""

    @property
    def local(self) -> bool:
        """Whether this is whoever sits at this computer, where nobody signs in."""
        return self.id == LOCAL


HERE = Person(LOCAL, "This computer", INSTRUCTOR)


def current() -> Person | None:
    """Return who asks; None where nobody has signed in and somebody must."""
    found: Person | None = context.kept().get("who")
    return found


def settings() -> Settings:
    """Return the application's settings."""
    found: Settings = context.extension("settings")
    return found


def openid() -> Setup | None:
    """Return the OpenID provider at which people may sign in, where there is one."""
    found: Setup | None = context.extension("openid")
    return found
