"""CSV as RFC 4180 has it: NULL is an empty cell, '' is two quotes, text is quoted, numbers are not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.sql.values import Column

END = b"\r\n"
TRIGGERS = (b"=", b"+", b"-", b"@", b"\t", b"\r")
BARE = frozenset({"integer", "decimal", "float", "boolean", "date", "time", "datetime", "interval", "bit", "uuid"})


@dataclass(frozen=True)
class Csv:
    """How a CSV is written; `guard` puts ' before text that a spreadsheet would run as a formula."""

    delimiter: str = ","
    guard: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError for a delimiter that is not one of the usual."""
        if self.delimiter not in (",", ";", "\t", "|"):
            raise ValueError("the delimiter is a comma, a semicolon, a tab or |")

    @property
    def mark(self) -> bytes:
        """The delimiter as a byte."""
        return self.delimiter.encode()


def header(columns: Sequence[Column], csv: Csv) -> bytes:
    """Return the first line."""
    cells = (cell(column.name.encode(), True, csv) for column in columns)
    return csv.mark.join(cells) + END


def cell(value: bytes | None, quoted: bool, csv: Csv) -> bytes:
    """Return one cell."""
    if value is None:
        return b""
    if not quoted:
        return value
    if csv.guard and value.startswith(TRIGGERS):
        value = b"'" + value
    return b'"' + value.replace(b'"', b'""') + b'"'


def is_quoted(column: Column) -> bool:
    """Whether the column's cells stand in quotes."""
    return column.kind not in BARE


class Guard:
    """Finds, in finished lines whose text is quoted, the cells that would run as formulas."""

    def __init__(self, csv: Csv):
        number = rb'(?!-?[0-9.]+(?:[eE][+-]?[0-9]+)?")'
        self._cell = re.compile(rb"(\A|[\n" + re.escape(csv.mark) + rb'])"(?=[=+\-@\t\r])' + number)

    def clean(self, lines: bytes, count: int) -> bytes:
        """Return `count` lines with ' before every such cell; the look for the signs alone is nearly free."""
        return self._cell.sub(rb"\1" + b"\"'", lines) if self._suspicious(lines, count) else lines

    @staticmethod
    def _suspicious(lines: bytes, count: int) -> bool:
        """Rare characters are searched alone first, which the processor does many bytes at a time."""
        for sign in (b"=", b"+", b"@", b"\t"):
            if sign in lines and b'"' + sign in lines:
                return True
        return b'"-' in lines or lines.count(b"\r") > count
