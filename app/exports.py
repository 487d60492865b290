"""Rows as CSV or NDJSON, sent while they are read: nothing is held, however many there are."""

import base64
import csv
import io
import json
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
PIECE = 64 * 1024  # characters gathered before they are sent
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Rows = Iterable[Sequence[Any]]


class Plain(str):
    """Text that is known to be no formula, a number say: it is written as it is."""


_FIELD = re.compile(r"@[A-Za-z]+")


def asked() -> str:
    """Return "csv" or "ndjson" where the client asks for one, by `?format=` or Accept, else the empty string.

    Raises BadRequest for a format that no page has.
    """
    wanted = request.args.get("format")
    if wanted in (None, ""):
        best = request.accept_mimetypes.best_match(["text/html", "application/json", *TYPES.values()])
        return next((name for name, kind in TYPES.items() if kind == best), "")
    if wanted not in (*TYPES, "json", "html"):
        raise BadRequest(f"This page has no format “{wanted}”: ask for csv, ndjson or json.")
    return wanted if wanted in TYPES else ""


def answer(form: str, columns: Sequence[str], rows: Rows, name: str) -> Response:
    """Answer with rows of these columns as a file `name` plus its ending; `form` is what asked() gave.

    The first row is read before the answer begins, so that what AWS refuses is still a page. A later failure cuts the
    connection: a file that ends early must not look whole.
    """
    cells = iter(rows)
    first = list(next(((row,) for row in cells), ()))
    pieces = gathered(_csv(columns, chain(first, cells)) if form == "csv" else _ndjson(columns, chain(first, cells)))
    response = Response(pieces, mimetype=TYPES[form])
    if hasattr(rows, "close"):  # a cursor is freed also when the client leaves before the end
        response.call_on_close(rows.close)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "_" for c in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "Cookie"])
    return response


def gathered(lines: Iterable[str]) -> Generator[bytes, None, None]:
    """Yield texts as UTF-8, many small ones as one larger piece."""
    held, length = list[str](), 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(held).encode("utf-8", "backslashreplace")
            held, length = [], 0
    if held:
        yield "".join(held).encode("utf-8", "backslashreplace")


def _csv(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yield RFC 4180 lines; None is an empty cell."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for row in chain([[_heading(name) for name in columns]], rows):
        writer.writerow([_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _heading(name: str) -> str:
    """Return a column's name; @timestamp and its like, as AWS writes them, are names that do nothing."""
    return Plain(name) if _FIELD.fullmatch(name) else name


def _cell(value: Any) -> Any:
    known = _known(value)
    if isinstance(known, dict | list):
        known = json.dumps(known, default=_known, ensure_ascii=False)
    # Spreadsheets run what looks like a formula; the apostrophe makes it text. Numbers are no text.
    guarded = isinstance(known, str) and not isinstance(value, Decimal | Plain) and _is_formula(known)
    return f"'{known}" if guarded else known


def _is_formula(text: str) -> bool:
    return text.startswith(FORMULAS)


def _ndjson(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    for row in rows:
        known = {name: _known(value) for name, value in zip(columns, row, strict=True)}
        yield json.dumps(known, default=_known, ensure_ascii=False) + "\n"


def _known(value: Any) -> Any:
    """Return a value as CSV and JSON know it: times in ISO 8601, bytes in base64, all else as text."""
    if value is None or isinstance(value, str | int | dict | list) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes | bytearray | memoryview) else str(value)
