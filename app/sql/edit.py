"""Change one row of a table with a key, only if it still is what the person saw."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.options import Options
from app.sql.page import quote
from app.sql.schema import Catalogue, SchemaColumn, Structure
from app.sql.sessions import Session, open_session
from app.sql.statements import Statement, split
from app.sql.target import Dialect, Target
from app.sql.values import Cut

Row = Mapping[str, object]
NO_EQUALITY = ("json", "xml", "point", "polygon", "line")
TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json")


@dataclass(frozen=True)
class Edit:
    """What was done: the statement with :name parameters and their values, for showing it again, and its seconds."""

    statement: Statement
    parameters: dict[str, object]
    seconds: float = 0.0


def insert(target: Target, schema: str, table: str, values: Row, engines: Engines = ENGINES) -> Edit:
    """Insert one row; columns left out get their defaults. Raises a SqlError."""
    with _editing(target, schema, table, engines) as (session, options, found):
        _known(found, values)
        names = _Names(target.dialect)
        columns = ", ".join(quote(name, target.dialect) for name in values)
        places = ", ".join(names.add(value) for value in values.values())
        tail = f"({columns}) VALUES ({places})" if values else _empty(target.dialect)
        return _one(session, options, f"INSERT INTO {names.table(schema, table)} {tail}", names)


def update(target: Target, schema: str, table: str, old: Row, new: Row, engines: Engines = ENGINES) -> Edit:
    """Change a row's columns to `new`; `old` holds the whole row as it was shown, or its key and what matters.

    Raises Conflict where no such row is there any more, and a SqlError otherwise.
    """
    with _editing(target, schema, table, engines) as (session, options, found):
        _known(found, new)
        names = _Names(target.dialect)
        changes = ", ".join(f"{quote(name, target.dialect)} = {names.add(value)}" for name, value in new.items())
        where = _where(found, old, names, target.dialect)
        if not new:
            raise errors.StatementError("Nothing was changed.")
        return _one(session, options, f"UPDATE {names.table(schema, table)} SET {changes} WHERE {where}", names)  # noqa: S608 - quoted, bound


def delete(target: Target, schema: str, table: str, old: Row, engines: Engines = ENGINES) -> Edit:
    """Delete a row that still is as it was shown. Raises Conflict where it is not, and a SqlError otherwise."""
    with _editing(target, schema, table, engines) as (session, options, found):
        names = _Names(target.dialect)
        where = _where(found, old, names, target.dialect)
        return _one(session, options, f"DELETE FROM {names.table(schema, table)} WHERE {where}", names)  # noqa: S608 - the same


class _Names:
    """Hands out :name parameters and keeps their values."""

    def __init__(self, dialect: Dialect):
        self._dialect = dialect
        self.values: dict[str, object] = {}

    def add(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def table(self, schema: str, table: str) -> str:
        return f"{quote(schema, self._dialect)}.{quote(table, self._dialect)}"


@contextmanager
def _editing(target: Target, schema: str, table: str, engines: Engines) -> Iterator[tuple[Session, Options, Structure]]:
    options = Options(write=True, limit=5000)
    with open_session(target, options, engines) as session:
        found = Catalogue(target, session, options).structure(schema, table)
        if not found.columns:
            raise errors.NoTable(f"There is no table {table} in {schema}.")
        yield session, options, found


def _one(session: Session, options: Options, text: str, names: _Names) -> Edit:
    """Run a statement that must change exactly one row, and commit it."""
    (statement,) = split(text, session.dialect)
    started = time.perf_counter()
    affected = session.execute(statement, names.values, options).affected
    if affected != 1:
        raise errors.Conflict(
            "The row is no longer as you saw it: somebody changed or deleted it. Nothing was changed."
            if not affected
            else f"{affected} rows would have changed. Nothing was changed."
        )
    session.finish(True)
    return Edit(statement, names.values, time.perf_counter() - started)


def _known(found: Structure, values: Row) -> None:
    names = {column.name for column in found.columns}
    for name in values:
        if name not in names:
            raise errors.StatementError(f"The table {found.name} has no column {name}.")


def _where(found: Structure, old: Row, names: _Names, dialect: Dialect) -> str:
    """The key finds the row by its index; every other column that was shown must hold the same value still."""
    key = found.key()
    if not key:
        raise errors.StatementError(f"{found.name} has no key: one of its rows cannot be named.")
    _known(found, old)
    missing = [name for name in key if old.get(name) is None]
    if missing:
        raise errors.StatementError(f"The key column {missing[0]} has no value.")
    parts = [f"{quote(name, dialect)} = {names.add(old[name])}" for name in key]
    for column in found.columns:
        if column.name in old and column.name not in key:
            parts += _same(column, old[column.name], names, dialect)
    return " AND ".join(parts)


def _same(column: SchemaColumn, value: object, names: _Names, dialect: Dialect) -> list[str]:
    """A comparison in which NULL equals NULL and A is not a; none for MySQL's FLOAT, which equals no decimal text."""
    if isinstance(value, Cut):
        raise errors.StatementError(f"The value of {column.name} is shown cut: load it whole first.")
    name, word = quote(column.name, dialect), column.type.split("(")[0].split(" ")[0].lower()
    if dialect == "postgres":
        plain = "::text" if word in NO_EQUALITY or isinstance(value, str) else ""
        return [f"{name}{plain} IS NOT DISTINCT FROM {names.add(value)}{plain}"]
    if word == "float":
        return []
    if word in TEXTS:
        return [f"CONVERT({name} USING utf8mb4) COLLATE utf8mb4_bin <=> {names.add(value)}"]
    if word == "bit":
        return [f"{name} <=> CAST(CONV({names.add(value)}, 2, 10) AS UNSIGNED)"]
    return [f"{name} <=> {names.add(value)}"]


def _empty(dialect: Dialect) -> str:
    return "DEFAULT VALUES" if dialect == "postgres" else "() VALUES ()"
