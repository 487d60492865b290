"""What a result is made of: columns with the server's types, and cells that keep every digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "integer", "decimal", "float", "boolean", "text", "binary", "date", "time", "datetime", "interval", "json", "array",
    "bit", "uuid", "other",
]  # fmt: skip
Value = None | bool | int | float | Decimal | str | bytes
NUMERIC: frozenset[Kind] = frozenset({"integer", "decimal", "float"})


@dataclass(frozen=True)
class Column:
    """One column of a result: `type` in the server's own words, `kind` for showing and exporting it."""

    name: str
    type: str
    kind: Kind

    @property
    def numeric(self) -> bool:
        """Whether it is aligned and compared as a number."""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Cut:
    """The beginning of a cell too large for a page; `length` is the whole, in characters or bytes."""

    value: str | bytes
    length: int


Cell = Value | Cut


def cut(row: Sequence[Value], most: int) -> tuple[Cell, ...]:
    """Return the row with every text or binary cell longer than `most` cut."""
    return tuple(
        Cut(cell[:most], len(cell)) if isinstance(cell, str | bytes) and len(cell) > most else cell for cell in row
    )
