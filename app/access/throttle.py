"""Attempts to sign in are counted, per name and per address, by all instances together, and stopped for a while.

They are counted before the password is looked at, whether or not the name exists: many at the same time gain nothing,
and nobody learns which names there are.
"""

import ipaddress

from app.access.accounts import folded
from app.access.sessions import hash_of
from app.store import shared

WINDOW = 15 * 60  # seconds from the first attempt that count together
PER_NAME = 10
PER_ADDRESS = 100  # a class sits behind one


class TooMany(Exception):
    """Too many attempts: come back when the time is over."""

    seconds = WINDOW


def attempt(name: str, address: str, device: str = "") -> None:
    """Count one attempt; a browser in which the person has signed in, `device`, has its own. Raises TooMany."""
    kept = shared("attempts")
    if device:
        if kept.count(_by_device(device), WINDOW) > PER_NAME:
            raise TooMany
        return
    if kept.count(_by_name(name), WINDOW) > PER_NAME or kept.count(_by_address(address), WINDOW) > PER_ADDRESS:
        raise TooMany


def attempt_code(address: str) -> None:
    """Count one attempt at a code, which has no name. Raises TooMany."""
    if shared("attempts").count(_by_address(address), WINDOW) > PER_ADDRESS:
        raise TooMany


def succeeded(name: str, device: str = "") -> None:
    """Forget a name's attempts: the person has signed in. Those of the address stay, which may try other names.

    Who signs in by a known browser says nothing about attempts elsewhere: those stay, too.
    """
    shared("attempts").delete(_by_device(device) if device else _by_name(name))


def _by_name(name: str) -> str:
    return f"name:{hash_of(folded(name))}"


def _by_device(device: str) -> str:
    return f"device:{hash_of(device)}"


def _by_address(address: str) -> str:
    """Return the key of an address; one person has a whole /64 of IPv6."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    return f"address:{ipaddress.ip_network((given, 64), strict=False) if given.version == 6 else given}"
