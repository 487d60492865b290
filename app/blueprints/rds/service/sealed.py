"""A typed password as the state table may hold it: encrypted with a key that only the dashboard has."""

from app import sealed as core
from app.sealed import Unreadable as Unreadable

SECONDS = 8 * 3600  # for how long a typed password is kept
PURPOSE = "trellis rds logins"


def seal(key: str, text: str) -> str:
    """Return a text encrypted with a key derived from the dashboard's own."""
    return core.seal(key, PURPOSE, text.encode())


def unseal(key: str, sealed: str) -> str:
    """Return the text again. Raises Unreadable after SECONDS or with another key."""
    return core.unseal([key], PURPOSE, sealed, SECONDS).decode()
