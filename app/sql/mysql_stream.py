"""Results of MySQL and MariaDB as streams: whole blocks become CSV without an object per cell that is kept."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pymysql import err

from app.sql import wire
from app.sql.csv_cells import END, Csv, Guard, cell, header, is_quoted
from app.sql.mysql_errors import translate
from app.sql.mysql_session import MysqlSession
from app.sql.statements import Statement
from app.sql.values import Column, Value


def csv_of(session: MysqlSession, statement: Statement, values: Mapping[str, object], csv: Csv) -> Iterator[bytes]:
    """Yield a query's result as CSV, its first line before the first row is read. Raises a SqlError."""
    connection, columns = session.stream(statement, values)
    complete = False
    try:
        yield header(columns, csv)
        writer = _Writer(columns, csv)
        for block, starts in wire.packets(connection):
            yield writer.lines(block, starts)
        complete = True
    except (err.MySQLError, OSError) as error:
        raise translate(error) from error
    finally:
        session.drained(complete)


def made_lines(session: MysqlSession, columns: tuple[Column, ...], text: str, csv: Csv) -> Iterator[bytes]:
    """Yield the lines that the server makes of a table (app.sql.table_export), a header before them."""
    connection, _ = session.stream(Statement(text, 0, 1, 1, "SELECT", ()), {})
    guard, complete = Guard(csv), False
    try:
        yield header(columns, csv)
        for found in wire.lines(connection):
            found.append(b"")
            made = END.join(found)
            yield guard.clean(made, len(found) - 1) if csv.guard else made
        complete = True
    except (err.MySQLError, OSError) as error:
        raise translate(error) from error
    finally:
        session.drained(complete)


class _Writer:
    """Turns blocks into lines: in place for the whole block, or cell by cell where that could be wrong."""

    def __init__(self, columns: tuple[Column, ...], csv: Csv):
        self._csv, self._width = csv, len(columns)
        self._quoted = [is_quoted(column) for column in columns]
        self._special = {place: column.kind for place, column in enumerate(columns) if column.kind in ("bit", "binary")}
        self._widths = {place: int(columns[place].type[4:-1]) for place, kind in self._special.items() if kind == "bit"}
        self._guard = Guard(csv)
        self._codes, self._marks = self._separators()
        self._added = sum(len(self._marks[code]) for code in self._codes)  # bytes that a line's separators have

    def _separators(self) -> tuple[bytes, dict[int, bytes]]:
        """Return the code before each column, and what each code becomes in the end."""
        marks: dict[int, bytes] = {}
        codes: list[int] = []
        before = b""
        for quoted in self._quoted:
            mark = (b'"' + END if self._quoted[-1] else END) if not codes else before + self._csv.mark
            mark += b'"' if quoted else b""
            code = next((known for known, text in marks.items() if text == mark), 0xFE - len(marks))
            marks[code] = mark
            codes.append(code)
            before = b'"' if quoted else b""
        return bytes(codes), marks

    def lines(self, block: bytes, starts: list[int]) -> bytes:
        made = None if self._special else wire.patched(block, starts, self._codes)
        if made is None or b'"' in made:
            return self._slowly(block, starts)
        values = len(made) - len(starts) * (4 + self._width)
        text = made.translate(None, bytes([wire.FILL]))
        for code, mark in self._marks.items():
            text = text.replace(bytes([code]), mark)
        last = b'"' + END if self._quoted[-1] else END
        if len(text) != values + len(starts) * self._added:  # text that is no UTF-8 held one of the codes
            return self._slowly(block, starts)
        finished = bytes(text)[len(last) :] + last
        return self._guard.clean(finished, len(starts)) if self._csv.guard else finished

    def _slowly(self, block: bytes, starts: list[int]) -> bytes:
        lines = []
        for row in wire.rows(block, starts, self._width):
            for place, kind in self._special.items():
                row[place] = self._convert(row[place], place, kind)
            cells = (cell(value, quoted, self._csv) for value, quoted in zip(row, self._quoted, strict=True))
            lines.append(self._csv.mark.join(cells))
        lines.append(b"")
        return END.join(lines)

    def _convert(self, value: bytes | None, place: int, kind: str) -> bytes | None:
        if value is None:
            return None
        if kind == "binary":
            return b"\\x" + value.hex().encode()
        return format(int.from_bytes(value, "big"), f"0{self._widths[place]}b").encode()


def rows(
    session: MysqlSession, statement: Statement, values: Mapping[str, object]
) -> tuple[tuple[Column, ...], Iterator[list[tuple[Value, ...]]]]:
    """Return a query's columns, and its rows in lists of a block each."""
    connection, columns = session.stream(statement, values)
    return columns, _lists(session, connection, columns)


def _lists(session: MysqlSession, connection: Any, columns: tuple[Column, ...]) -> Iterator[list[tuple[Value, ...]]]:
    makers = [_maker(column) for column in columns]
    complete = False
    try:
        for block, starts in wire.packets(connection):
            yield [
                tuple(None if raw is None else make(raw) for raw, make in zip(row, makers, strict=True))
                for row in wire.rows(block, starts, len(columns))
            ]
        complete = True
    except (err.MySQLError, OSError) as error:
        raise translate(error) from error
    finally:
        session.drained(complete)


def _maker(column: Column) -> Any:
    if column.kind == "bit":
        width = int(column.type[4:-1])
        return lambda raw: format(int.from_bytes(raw, "big"), f"0{width}b")
    makers = {"integer": int, "float": float, "decimal": _decimal, "binary": bytes}
    return makers.get(column.kind, bytes.decode)


def _decimal(raw: bytes) -> Decimal:
    return Decimal(raw.decode())
