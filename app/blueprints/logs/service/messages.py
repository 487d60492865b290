"""Messages as a page shows them: every character visible, long ones cut, JSON laid out."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 1500  # characters in a row of a page
OPENED = 16_000  # characters that a row opens to; a longer one has a page of its own
DEEPEST = 200
_INVISIBLE = re.compile(
    "\x1b\\[[0-9;:?]{0,32}[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE"),
    *("DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)
_LEVEL = re.compile(
    r"\b(FATAL|CRITICAL|ERROR|SEVERE|EXCEPTION|Traceback|WARN(?:ING)?|INFO|DEBUG|TRACE)\b|Task timed out"
)
_LEVELS = {
    **dict.fromkeys(("FATAL", "CRITICAL", "ERROR", "SEVERE", "EXCEPTION", "Traceback"), "error"),
    **dict.fromkeys(("WARN", "WARNING"), "warning"),
    **dict.fromkeys(("INFO", "DEBUG", "TRACE"), "info"),
}


@dataclass(frozen=True)
class Piece:
    """A part of a message: text, or (`mark`) the visible name of something that is not."""

    text: str
    mark: bool = False


def pieces(text: str) -> list[Piece]:
    """Return a text with its control, direction and escape characters as marks that can be seen."""
    found, done = list[Piece](), 0
    for match in _INVISIBLE.finditer(text):
        if match.group() == "\r" and text[match.end() : match.end() + 1] == "\n":
            found.append(Piece(text[done : match.start()]))
        else:
            found += [Piece(text[done : match.start()]), Piece(name(match.group()), mark=True)]
        done = match.end()
    return [one for one in (*found, Piece(text[done:])) if one.text]


def name(text: str) -> str:
    """Return what stands for characters that one does not see: ESC[31m, NUL, U+202E."""
    code = ord(text[0])
    if code < 0x20:
        return _NAMES[code] + text[1:]
    return "DEL" if code == 0x7F else f"U+{code:04X}"


def plain(text: str) -> str:
    """Return the same as one text."""
    return "".join(one.text for one in pieces(text))


def level(text: str) -> str:
    """Return error, warning, info, or nothing, from the first words of a message."""
    found = _LEVEL.search(text[:400])
    return "" if found is None else _LEVELS.get(found[1] or "", "error")


def pretty(text: str) -> str:
    """Return the JSON in a message laid out over lines; empty where there is none, or it is nested too deep."""
    start = text.strip()[:1]
    if start not in ("{", "["):
        return ""
    try:
        value = json.loads(text, parse_float=Decimal)
        laid = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return ""
    return laid if isinstance(value, dict | list) and value else ""


def cut(text: str, most: int = LONGEST) -> tuple[str, bool]:
    """Return the beginning of a text, and whether it was cut."""
    return (text, False) if len(text) <= most else (text[:most], True)
