"""One cell of a table row, whole and piece by piece: memory does not grow with it, on either side."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.export import HOUR
from app.sql.options import Options
from app.sql.page import quote
from app.sql.schema import Catalogue, Structure
from app.sql.sessions import Session, open_session
from app.sql.statements import split
from app.sql.target import Target

PIECE = 1 << 20  # characters or bytes that are asked for at once
BINARY = ("bytea", "blob", "binary")


@dataclass(frozen=True)
class Place:
    """Which cell: `key` holds the values of the table's key columns in their order."""

    schema: str
    table: str
    key: tuple[object, ...]
    column: str


@dataclass(frozen=True)
class Whole:
    """A cell on its way: bytes as they are, text in UTF-8."""

    binary: bool
    pieces: Iterator[bytes]


def stream(target: Target, place: Place, engines: Engines = ENGINES) -> Whole:
    """Return a cell; its first piece is there when this returns.

    Raises a SqlError: StatementError for a table without a key, a column that is not there or a NULL, Conflict where
    the row is gone. One in the middle, such as a row changed meanwhile, ends the stream with it.
    """
    found = _stream(target, place, engines)
    binary = bool(next(found))
    return Whole(binary, found)


def _stream(target: Target, place: Place, engines: Engines) -> Generator[bytes, None, None]:
    """Yield whether it is binary (a byte, or none) with the first piece read, then the pieces."""
    options = Options(timeout=HOUR, limit=5000, cell=4 * PIECE)
    with open_session(target, options, engines) as session:
        found = Catalogue(target, session, options).structure(place.schema, place.table)
        binary = _is_binary(found, place)
        pieces = _pieces(session, options, found, place, binary)
        first = next(pieces)
        yield b"\1" if binary else b""
        yield first
        yield from pieces


def _is_binary(found: Structure, place: Place) -> bool:
    types = {column.name: column.type.lower() for column in found.columns}
    if place.column not in types:
        raise errors.StatementError(f"There is no column {place.column} in {place.table}.")
    if not found.key() or len(found.key()) != len(place.key):
        raise errors.StatementError("Only cells of a table with a key can be named.")
    return any(word in types[place.column] for word in BINARY)


def _pieces(session: Session, options: Options, found: Structure, place: Place, binary: bool) -> Iterator[bytes]:
    text, values = _text(session, found, place, binary)
    (statement,) = split(text, session.dialect)
    version, start = None, 1
    while True:
        rows = session.execute(statement, {**values, "start": start}, options).rows
        if len(rows) != 1 or version not in (None, rows[0][0]):
            raise errors.Conflict("The row was changed or deleted meanwhile.", remedy="Load the page again.")
        version, piece = rows[0]
        if piece is None:
            raise errors.StatementError(f"{place.column} is NULL here: there is nothing to save.")
        if not isinstance(piece, str | bytes):
            raise errors.StatementError(f"{place.column} is no text.")
        yield piece.encode() if isinstance(piece, str) else piece
        if len(piece) < PIECE:
            return
        start += PIECE


def _text(session: Session, found: Structure, place: Place, binary: bool) -> tuple[str, dict[str, object]]:
    """Return the query of one piece, and the key's values.

    MySQL's family reads all pieces from the snapshot of one transaction; PostgreSQL's row carries the number of the
    transaction that wrote it, which must stay the same.
    """
    dialect = session.dialect
    column, postgres = quote(place.column, dialect), dialect == "postgres"
    whole = column if binary else f"{column}::text" if postgres else f"CONVERT({column} USING utf8mb4)"
    version, start = ("xmin::text", ":start::integer") if postgres else ("1", ":start")
    name = f"{quote(place.schema, dialect)}.{quote(place.table, dialect)}"
    where = " AND ".join(f"{quote(key, dialect)} = :k{at}" for at, key in enumerate(found.key()))
    text = f"SELECT {version}, SUBSTRING({whole}, {start}, {PIECE}) FROM {name} WHERE {where}"  # noqa: S608 - quoted
    return text, {f"k{at}": value for at, value in enumerate(place.key)}
