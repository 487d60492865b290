"""Items as lines of CSV (RFC 4180): texts and numbers as they are, lists, maps and sets as JSON, binary as base64."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.wire import Item
from app.exports import FORMULAS

REST = "$rest"  # the last column: what has no column of its own, as DynamoDB JSON


class Csv:
    """Writes lines; with `rest` there is a last column for attributes that are not among the columns."""

    def __init__(self, columns: Sequence[str], rest: bool, guard: bool):
        self._columns, self._rest, self._guard = tuple(columns), rest, guard
        self._known = set(columns)
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)

    def header(self) -> str:
        """Return the first line."""
        names = [*self._columns, *([REST] if self._rest else [])]
        self._writer.writerow([self._safe(name) for name in names])
        return self._take()

    def lines(self, items: Sequence[Item]) -> str:
        """Return the lines of items."""
        self._writer.writerows([self._line(item) for item in items])
        return self._take()

    def _take(self) -> str:
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text

    def _line(self, item: Item) -> list[str]:
        cells = [self._cell(item[name]) if name in item else "" for name in self._columns]
        if self._rest:
            left = {} if item.keys() <= self._known else {n: v for n, v in item.items() if n not in self._known}
            cells.append(wire.dynamo_text(left) if left else "")
        return cells

    def _cell(self, value: dict[str, Any]) -> str:
        for kind, inner in value.items():
            if kind == "S":
                return self._safe(inner)
            if kind == "N":
                return str(inner)
            if kind == "B":
                return self._safe(wire.base64_of(inner))
        return wire.plain_value_text(value)

    def _safe(self, text: str) -> str:
        """Return a text that no spreadsheet runs as a formula."""
        return f"'{text}" if self._guard and text.startswith(FORMULAS) else text
