"""Words of a shell command line that mean exactly their text, whatever that text is."""

import base64
import json
import shlex
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

WIDTH = 100


def quote(text: str) -> str:
    """Return one shell word. What cannot be seen is written as octal bytes, so that pasting it does nothing odd."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + octal(text.encode("utf-8", "surrogatepass"), "\\'") + "'"


def octal(data: bytes, special: str) -> str:
    """Return bytes as printable ASCII, `special` characters and all others as three octal digits after a backslash."""
    plain = {byte for byte in range(32, 127)} - {ord(character) for character in special}
    return "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in data)


def written(data: bytes, file: str) -> str:
    """Return the command that writes a few bytes to a file."""
    text = octal(data, "\\%")
    # A dash at the beginning would be an option of printf.
    text = "\\055" + text[1:] if text.startswith("-") else text
    return f"printf {shlex.quote(text)} > {quote(file)}"


def readable_json(value: Any, indent: int | None = None) -> str:
    """Return JSON that people can read: letters of every script as they are, what cannot be seen escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=as_text)
    if text.replace("\n", "").isprintable():  # a policy has line ends and no more: told at once, not letter by letter
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def as_text(value: Any) -> str:
    """Return what JSON has no form for as the text that AWS takes for it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    return str(value)


def line(words: Iterable[str]) -> str:
    """Return a command on one line, or one option a line where that would be long."""
    parts = list(words)
    flat = " ".join(parts)
    return flat if len(flat) <= WIDTH and "\n" not in flat else " \\\n    ".join(parts)
