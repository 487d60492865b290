"""Passwords: how they are kept, and which are too easy to guess.

scrypt with a parameter set of OWASP's password storage cheat sheet (N=2^15, r=8, p=3): 32 MiB for each hash, so that
only a few are made at a time. Length counts, not kinds of characters (NIST SP 800-63B).
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
import unicodedata
from functools import cache
from pathlib import Path

from werkzeug.exceptions import ServiceUnavailable

SHORTEST, LONGEST = 12, 128  # characters
AT_ONCE = 2  # hashes made at the same time in one process
PATIENCE = 10  # seconds that one waits for its turn
_N, _R, _P = 2**15, 8, 3
_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "yxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)
_LEET = str.maketrans("@4301!$57", "aaeoiisst")
_turn = threading.BoundedSemaphore(AT_ONCE)


class Busy(ServiceUnavailable):
    """Too many passwords are being checked at the same time."""

    description = "Many people are signing in at this moment. Nothing was done: try again."


def hashed(password: str) -> str:
    """Return what is kept of a password: the method, its parameters, a salt and the hash."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(_scrypt(password, salt, _N, _R, _P))}"


def verify(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; without one it takes as long, and is wrong."""
    if not kept:
        _scrypt(password, b"nobody's own salt", _N, _R, _P)
        return False
    _, n, r, p, salt, wanted = kept.split("$")
    made = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, base64.b64decode(wanted))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    if not _turn.acquire(timeout=PATIENCE):
        raise Busy
    try:
        given = unicodedata.normalize("NFKC", password[:LONGEST]).encode("utf-8", "surrogatepass")
        return hashlib.scrypt(given, salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * n * r, dklen=32)
    finally:
        _turn.release()


def weakness(password: str, name: str) -> str:
    """Return what is wrong with a new password, in words; empty where nothing is."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        return f"At least {SHORTEST} characters: a few words that do not belong together are easy to remember."
    if len(plain) > LONGEST:
        return f"At most {LONGEST} characters."
    folded = plain.casefold()
    if any(len(part) > 2 and part in folded for part in {name.casefold(), *re.split(r"\W+", name.casefold())}):
        return "It must not contain the name."
    if len(_rest(folded)) < 4:
        return "It is one of the first that others would try: common words, rows of keys and numbers do not count."
    return ""


def _rest(folded: str) -> str:
    """Return what makes a password hard to guess: without common words, rows of keys, digits and repetition."""
    text = re.sub(r"[\W\d_]+$|^[\W\d_]+", "", folded).translate(_LEET)  # what stands around a word is no letter of it
    for word in _common():
        text = text.replace(word, "")
    text = re.sub(r"[\W\d_]+", "", text)
    text = re.sub(r"(.+?)\1+", r"\1", text)
    for row in _ROWS:
        for line in (row, row[::-1]):
            for length in range(len(line), 2, -1):
                for start in range(len(line) - length + 1):
                    text = text.replace(line[start : start + length], "")
    return "".join(sorted(set(text)))


@cache
def _common() -> tuple[str, ...]:
    """Return the words that passwords are commonly made of, longest first."""
    words = (Path(__file__).parent / "common_words.txt").read_text().split()
    return tuple(sorted(words, key=len, reverse=True))
