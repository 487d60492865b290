"""Cells as a page and as JSON show them."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.sql.values import Cell, Column, Cut

LONGEST = 300  # characters in a row of the page; the rest opens
BYTES = 32  # shown of binary


@dataclass(frozen=True)
class Shown:
    """One cell on a page: `text` in one line, `whole` where it opens to more, `size` of what is cut or binary."""

    kind: str
    text: str
    whole: str = ""
    size: int | None = None
    cut: bool = False


def shown(cell: Cell, column: Column) -> Shown:
    """Return a cell for the grid; `kind` is null, empty, number, binary, json or text."""
    if cell is None:
        return Shown("null", "NULL")
    if isinstance(cell, Cut):
        part = shown(cell.value, column)
        return Shown(part.kind, part.text, part.whole or part.text, cell.length, True)
    if isinstance(cell, bytes):
        more = "…" if len(cell) > BYTES else ""
        return Shown("binary", f"0x{cell[:BYTES].hex()}{more}", f"0x{cell.hex()}", len(cell))
    text = plain_text(cell)
    if text == "":
        return Shown("empty", "")
    if column.kind == "json":
        return _json(text)
    if column.numeric:
        return Shown("number", text)
    return _long(text)


def _long(text: str) -> Shown:
    line = text.replace("\r\n", "\n")
    if len(line) <= LONGEST and "\n" not in line:
        return Shown("text", line)
    short = line[:LONGEST].replace("\n", " ⏎ ") + ("…" if len(line) > LONGEST else "")
    return Shown("text", short, text)


def _json(text: str) -> Shown:
    try:
        pretty = json.dumps(json.loads(text, parse_float=Decimal), indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return _long(text)
    short = text if len(text) <= 120 else text[:120] + "…"
    return Shown("json", short.replace("\n", " "), pretty if "\n" in pretty or len(text) > 120 else "")


def plain_text(cell: Any) -> str:
    """Return a cell's text: every digit of a number, true and false for booleans."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() else str(cell)
    return str(cell)


def as_json(cell: Cell) -> Any:
    """Return a cell as JSON knows it: decimals and binary as text, so that no digit is lost; cut cells with a mark."""
    if isinstance(cell, Cut):
        return {"cut": as_json(cell.value), "length": cell.length}
    if isinstance(cell, bytes):
        return "0x" + cell.hex()
    if isinstance(cell, Decimal):
        return plain_text(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, int) and abs(cell) > 2**53:
        return str(cell)
    return cell
