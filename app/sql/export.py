"""A whole result as a stream of bytes: CSV, JSON, NDJSON or Parquet, with memory that does not grow with it."""

import contextlib
import json
import math
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from app.sql import errors, mysql_stream, postgres_stream
from app.sql.csv_cells import Csv, cell, header, is_quoted
from app.sql.engines import ENGINES, Engines
from app.sql.mysql_session import MysqlSession
from app.sql.options import Options
from app.sql.parquet import Parquet
from app.sql.postgres_session import PostgresSession
from app.sql.sessions import Session, open_session
from app.sql.statements import Statement
from app.sql.target import Target
from app.sql.values import Column, Value

Format = Literal["csv", "json", "ndjson", "parquet"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
ALL = 18446744073709551614  # MySQL's "no limit" less the one that a session adds
HOUR = 3600.0
Rows = Iterator[list[tuple[Value, ...]]]


@dataclass(frozen=True)
class Lines:
    """A query by which the server itself makes a table's CSV lines, and the table's columns."""

    text: str
    columns: tuple[Column, ...]


class _Patience:
    """While exports run, threads hand over fifty times as often as usual, so that pages stay quick."""

    def __init__(self) -> None:
        self._lock, self._running, self._usual = threading.Lock(), 0, sys.getswitchinterval()

    def __enter__(self) -> None:
        with self._lock:
            if not self._running:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(0.0001)
            self._running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                sys.setswitchinterval(self._usual)


_PATIENCE = _Patience()


class Stream:
    """The bytes of an export; a server that closes it when the reader leaves stops the query too."""

    def __init__(self, first: bytes, rest: Generator[bytes, None, None]):
        self._first, self._rest = [first], rest

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        """Return the next piece."""
        return self._first.pop() if self._first else next(self._rest)

    def close(self) -> None:
        """End the query and give its connection back."""
        self._rest.close()


def export(
    target: Target,
    statement: Statement,
    form: Format,
    parameters: Mapping[str, object] | None = None,
    *,
    csv: Csv | None = None,
    token: str = "",
    timeout: float = HOUR,
    lines: Lines | None = None,
    engines: Engines = ENGINES,
) -> "Stream":
    """Return the whole result of a reading query; the first bytes are there when this returns.

    `lines` is what app.sql.table_export found for a whole table of MySQL's: the server then makes the CSV.
    Raises a SqlError before anything is sent where the query cannot run; one in the middle ends the stream with it.
    """
    if not statement.gives_rows and statement.word not in ("SHOW", "EXPLAIN", "DESCRIBE", "DESC"):
        raise errors.StatementError("Only the rows of a query can be exported.")
    options = Options(timeout=timeout, token=token, limit=ALL if target.dialect == "mysql" else 1)
    stream = _stream(target, statement, form, dict(parameters or {}), csv or Csv(), options, engines, lines)
    return Stream(next(stream, b""), stream)


def _stream(
    target: Target,
    statement: Statement,
    form: Format,
    parameters: dict[str, object],
    csv: Csv,
    options: Options,
    engines: Engines,
    lines: Lines | None,
) -> Generator[bytes, None, None]:
    with _PATIENCE, open_session(target, options, engines) as session:
        if lines and form == "csv" and isinstance(session, MysqlSession):
            yield from mysql_stream.made_lines(session, lines.columns, lines.text, csv)
            return
        if form == "csv" and isinstance(session, MysqlSession):
            yield from mysql_stream.csv_of(session, statement, parameters, csv)
            return
        if form == "csv" and isinstance(session, PostgresSession) and statement.gives_rows and not parameters:
            yield from postgres_stream.copy_csv(session.lent, statement, csv)
            return
        columns, rows = _rows(session, statement, parameters)
        with contextlib.closing(cast("contextlib._SupportsClose", rows)):
            yield from _written(form, columns, rows, csv)


def _rows(session: Session, statement: Statement, parameters: dict[str, object]) -> tuple[tuple[Column, ...], Rows]:
    if isinstance(session, MysqlSession):
        return mysql_stream.rows(session, statement, parameters)
    return postgres_stream.rows(cast(PostgresSession, session).lent, statement, parameters)


def _written(form: Format, columns: tuple[Column, ...], rows: Rows, csv: Csv) -> Iterator[bytes]:
    if form == "parquet":
        return Parquet(columns).stream(rows)
    if form == "csv":
        return _csv(columns, rows, csv)
    return _ndjson(columns, rows) if form == "ndjson" else _json(columns, rows)


def _csv(columns: tuple[Column, ...], rows: Rows, csv: Csv) -> Iterator[bytes]:
    quoted = [is_quoted(column) for column in columns]
    yield header(columns, csv)
    for part in rows:
        lines = [
            csv.mark.join(cell(_text(value), mark, csv) for value, mark in zip(row, quoted, strict=True))
            for row in part
        ]
        yield b"\r\n".join([*lines, b""])


def _text(value: Value) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return None if value is None else b"\\x" + value.hex().encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    return str(value).encode()


def _ndjson(columns: tuple[Column, ...], rows: Rows) -> Iterator[bytes]:
    line = _Line(columns)
    for part in rows:
        yield "".join([line.of(row) + "\n" for row in part]).encode()


def _json(columns: tuple[Column, ...], rows: Rows) -> Iterator[bytes]:
    line, before = _Line(columns), "["
    for part in rows:
        yield (before + "\n" + ",\n".join([line.of(row) for row in part])).encode()
        before = ","
    yield b"[]\n" if before == "[" else b"\n]\n"


class _Line:
    """One row as a JSON object: decimals as text so that no digit is lost, bytes in hexadecimal, JSON as it is."""

    def __init__(self, columns: tuple[Column, ...]):
        seen: dict[str, int] = {}
        self._names = []
        for column in columns:  # an object holds each name once
            seen[column.name] = seen.get(column.name, 0) + 1
            name = column.name if seen[column.name] == 1 else f"{column.name}_{seen[column.name]}"
            self._names.append(json.dumps(name, ensure_ascii=False) + ": ")
        self._json = [column.kind == "json" for column in columns]

    def of(self, row: tuple[Value, ...]) -> str:
        cells = zip(self._names, row, self._json, strict=True)
        return "{" + ", ".join([name + _json_value(value, raw) for name, value, raw in cells]) + "}"


def _json_value(value: Value, raw: bool) -> str:
    if isinstance(value, str):
        return value.replace("\n", " ") if raw and value else json.dumps(value, ensure_ascii=False)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'"{value}"'
    if isinstance(value, Decimal):
        return f'"{value:f}"' if value.is_finite() else f'"{value}"'
    return '"\\\\x' + value.hex() + '"'
