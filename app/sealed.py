"""Texts that leave the dashboard's hands, in a table or a cookie: encrypted with keys that only the dashboard has.

Fernet, which also says how old a text is: https://github.com/fernet/spec
"""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Key = str | bytes


class Unreadable(Exception):
    """The text is too old, or was sealed with another key or for another purpose."""


@lru_cache(8)
def _box(key: Key, purpose: str) -> Fernet:
    secret = key.encode() if isinstance(key, str) else key
    if not secret:
        raise ValueError("nothing is sealed without a key")
    derived = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(key: Key, purpose: str, content: bytes) -> str:
    """Return what is encrypted with a key derived from the dashboard's own, for one purpose."""
    return _box(key, purpose).encrypt(content).decode()


def unseal(keys: Sequence[Key], purpose: str, sealed: str, seconds: int) -> bytes:
    """Return it again, by the first of several keys that fits. Raises Unreadable, also after so many seconds."""
    try:
        return MultiFernet([_box(key, purpose) for key in keys]).decrypt(sealed.encode(), ttl=seconds)
    except InvalidToken as error:
        raise Unreadable from error
