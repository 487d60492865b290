"""PostgreSQL's COPY and cursors as streams."""

import selectors
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import generators, pq

from app.sql import errors, postgres_values
from app.sql.csv_cells import END, Csv, Guard, is_quoted
from app.sql.postgres_errors import translate
from app.sql.postgres_pipe import OneStatement
from app.sql.statements import Statement, bind, words
from app.sql.values import Column, Value

BLOCK = 1 << 16  # bytes that are sent on at once
FETCH = 1000
BEFORE = "COPY ("


def copy_csv(connection: Any, statement: Statement, csv: Csv) -> Iterator[bytes]:
    """Yield a query's result as CSV that the server writes itself. Raises a SqlError."""
    try:
        columns = _describe(connection, statement)
        _open(connection, _copy_text(statement, columns, csv))
        guard = Guard(csv) if csv.guard else None
        for lines, count in _blocks(connection):
            yield guard.clean(lines, count) if guard else lines
    except psycopg.Error as error:
        raise translate(error, statement.text, len(BEFORE)) from error


def _describe(connection: Any, statement: Statement) -> tuple[Column, ...]:
    """Return the columns of a query without running it."""
    _balanced(statement)
    prepared = connection.pgconn.prepare(b"", statement.text.encode())
    if prepared.status == pq.ExecStatus.COMMAND_OK:
        prepared = connection.pgconn.describe_prepared(b"")
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        raise translate(psycopg.errors.error_from_result(prepared), statement.text)
    return postgres_values.described(prepared, connection)


def _balanced(statement: Statement) -> None:
    """Inside COPY (...) a bracket too many would end the query early and let the text choose where the rows go."""
    depth = 0
    for word in words(statement):
        depth += (word == "(") - (word == ")")
        if depth < 0:
            break
    if depth:
        raise errors.SyntaxMistake("The brackets do not match.")


def _copy_text(statement: Statement, columns: tuple[Column, ...], csv: Csv) -> bytes:
    names = [column.name for column in columns if is_quoted(column)]
    force = ""
    if csv.guard and names:
        several = len({column.name for column in columns}) < len(columns)
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        force = ", FORCE_QUOTE " + ("*" if several else f"({quoted})")
    mark = "E'\\t'" if csv.delimiter == "\t" else f"'{csv.delimiter}'"
    return f"{BEFORE}{statement.text}\n) TO STDOUT (FORMAT csv, HEADER, DELIMITER {mark}{force})".encode()


def _open(connection: Any, text: bytes) -> None:
    connection.pgconn.send_query_params(text, None)  # the extended protocol: one statement only
    (result, *_) = connection.wait(generators.execute(connection.pgconn))
    if result.status != pq.ExecStatus.COPY_OUT:
        raise psycopg.errors.error_from_result(result)


def _blocks(connection: Any) -> Iterator[tuple[bytes, int]]:
    """Yield whole lines and their number; libpq hands over one at a time, so the loop around it is short."""
    low = connection.pgconn
    get, lines = low.get_copy_data, list[bytes]()
    add = lines.append
    with selectors.DefaultSelector() as selector:
        selector.register(low.socket, selectors.EVENT_READ)
        while True:
            length, data = get(1)
            while length > 0:
                add(bytes(data))
                length, data = get(1)
            if lines and (length < 0 or sum(map(len, lines)) > BLOCK):
                yield _ended(lines), len(lines)
                lines.clear()
            if length < 0:
                break
            selector.select()
            low.consume_input()
    for result in connection.wait(generators.fetch_many(low)):
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)


def _ended(lines: list[bytes]) -> bytes:
    """Return lines as CSV ends them; a line break inside of a cell stays what it is."""
    block = b"".join(lines)
    if block.count(b"\n") == len(lines):
        return block.replace(b"\n", END)
    return END.join([*[line[:-1] for line in lines], b""])


def rows(
    connection: Any, statement: Statement, values: dict[str, object]
) -> tuple[tuple[Column, ...], Iterator[list[tuple[Value, ...]]]]:
    """Return a query's columns, and its rows in lists of at most FETCH."""
    text, bound, _ = bind(statement, values, "$")
    cursor = OneStatement(connection)
    try:
        cursor.execute(f"DECLARE trellis_export NO SCROLL CURSOR FOR {text}", bound or None)
        cursor.execute(f"FETCH FORWARD {FETCH} FROM trellis_export")
    except psycopg.Error as error:
        raise translate(error, statement.text, len("DECLARE trellis_export NO SCROLL CURSOR FOR ")) from error
    return postgres_values.columns(cursor, connection), _fetches(cursor)


def _fetches(cursor: Any) -> Iterator[list[tuple[Value, ...]]]:
    try:
        while found := cursor.fetchall():
            yield found
            cursor.execute(f"FETCH FORWARD {FETCH} FROM trellis_export")
    except psycopg.Error as error:
        raise translate(error) from error
