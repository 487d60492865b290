"""A typed password as the state table may hold it: encrypted with a key that only the dashboard has."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECONDS = 8 * 3600  # for how long a typed password is kept


class Unreadable(Exception):
    """The text is too old, or was sealed with another key."""


def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"trellis rds logins").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(key: str, text: str) -> str:
    """Return a text encrypted with a key derived from the dashboard's own."""
    return _box(key).encrypt(text.encode()).decode()


def unseal(key: str, sealed: str) -> str:
    """Return the text again. Raises Unreadable after SECONDS or with another key."""
    try:
        return _box(key).decrypt(sealed.encode(), ttl=SECONDS).decode()
    except InvalidToken as error:
        raise Unreadable from error
