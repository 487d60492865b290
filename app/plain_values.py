"""Parameters of calls as what JSON holds, cut where they are long: for a cookie (app.carry)."""

import base64
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.recorder import Blob

MARKS = {"bytes", "blob", "time", "decimal", "map"}
ENDING = "… (shortened)"


class Cut:
    """Turns parameters into what JSON holds, no longer than allowed, and remembers whether anything was cut."""

    def __init__(self, items: int, letters: int) -> None:
        self.items = items
        self.letters = letters
        self.happened = False

    def pack(self, value: Any) -> Any:
        """Return a value with bytes, bodies, times and decimals tagged."""
        if isinstance(value, dict):
            packed = {str(name): self.pack(item) for name, item in self._some(list(value.items()))}
            return {"map": packed} if len(packed) == 1 and MARKS & packed.keys() else packed
        if isinstance(value, list | tuple):
            return [self.pack(item) for item in self._some(list(value))]
        if isinstance(value, str):
            return self._short(value)
        return _tagged(value)

    def _some(self, values: list[Any]) -> list[Any]:
        self.happened = self.happened or len(values) > self.items
        return values[: self.items]

    def _short(self, text: str) -> str:
        if len(text) <= self.letters:
            return text
        # A name that was only cut could be the name of something else: the mark makes it the name of nothing.
        self.happened = True
        return text[: self.letters] + ENDING


def _tagged(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return {"bytes": base64.b85encode(value).decode()}
    if isinstance(value, Blob):
        return {"blob": value.size}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def unpack(value: Any) -> Any:
    """Return a value that `Cut.pack` made plain."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and MARKS & value.keys():
        return _untagged(*next(iter(value.items())))
    return {name: unpack(item) for name, item in value.items()}


def _untagged(mark: str, value: Any) -> Any:
    if mark == "map":
        return {name: unpack(item) for name, item in value.items()}
    readers: dict[str, Callable[[Any], Any]] = {
        "bytes": base64.b85decode,
        "blob": Blob,
        "time": datetime.fromisoformat,
        "decimal": Decimal,
    }
    return readers[mark](value)
