"""What a database holds: few catalogue queries, whatever the number of tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.sql import catalogue
from app.sql.engines import ENGINES, Engines
from app.sql.options import Options
from app.sql.sessions import Session, open_session
from app.sql.statements import split
from app.sql.target import Target

MOST = 200_000  # rows of one catalogue query
Rows = tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Table:
    """One table or view; `rows` is the server's estimate, None where it has none."""

    schema: str
    name: str
    kind: str
    rows: int | None
    comment: str = ""


@dataclass(frozen=True)
class SchemaColumn:
    """One column; `primary` is its place in the primary key from 1, 0 outside; `generated` needs no value."""

    name: str
    type: str
    nullable: bool
    default: str | None
    primary: int = 0
    generated: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Index:
    """One index; `columns` in order, an expression as an empty name."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    primary: bool


@dataclass(frozen=True)
class ForeignKey:
    """Columns that point to another table's columns."""

    name: str
    columns: tuple[str, ...]
    schema: str
    table: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    """Everything about one table."""

    schema: str
    name: str
    columns: tuple[SchemaColumn, ...]
    indexes: tuple[Index, ...]
    foreign: tuple[ForeignKey, ...]

    @property
    def primary(self) -> tuple[str, ...]:
        """The primary key's columns in order."""
        keyed = sorted((column.primary, column.name) for column in self.columns if column.primary)
        return tuple(name for _, name in keyed)

    def key(self) -> tuple[str, ...]:
        """Return the columns that name one row: the primary key, else the shortest unique index without NULLs."""
        if self.primary:
            return self.primary
        solid = {column.name for column in self.columns if not column.nullable}
        unique = [index.columns for index in self.indexes if index.unique and set(index.columns) <= solid]
        return min(unique, key=len, default=())


class Catalogue:
    """The catalogue of one target, read in one session."""

    def __init__(self, target: Target, session: Session, options: Options):
        self._target, self._session, self._options = target, session, options
        self._texts = catalogue.POSTGRES if target.dialect == "postgres" else catalogue.MYSQL

    def ask(self, name: str, **values: object) -> Rows:
        """Return the rows of a named catalogue query."""
        (statement,) = split(self._texts[name], self._target.dialect)
        return self._session.execute(statement, values, self._options).rows

    def structure(self, schema: str, table: str) -> Structure:
        """Return everything about one table; without columns where there is no such table."""
        where = {"schema": schema, "table": table}
        columns = tuple(_column(row) for row in self.ask("columns", **where))
        foreign = self.ask("foreign", **where)
        return Structure(schema, table, columns, _indexes(self.ask("indexes", **where)), _foreign(foreign))


def databases(target: Target, engines: Engines = ENGINES) -> tuple[str, ...]:
    """Return the server's databases that this login may use, the server's own left out."""
    options = Options(limit=MOST)
    with open_session(target, options, engines) as session:
        return tuple(str(row[0]) for row in Catalogue(target, session, options).ask("databases"))


def tables(target: Target, engines: Engines = ENGINES) -> tuple[Table, ...]:
    """Return every table and view of the target's database, all schemas on PostgreSQL, in one query."""
    options = Options(limit=MOST)
    with open_session(target, options, engines) as session:
        rows = Catalogue(target, session, options).ask("tables")
    return tuple(Table(str(s), str(n), str(k), _estimate(r), str(c or "")) for s, n, k, r, c in rows)


def names(target: Target, engines: Engines = ENGINES) -> dict[str, tuple[str, ...]]:
    """Return "schema.table" (PostgreSQL) or "table" to column names, for completion, in one query."""
    options = Options(limit=MOST)
    with open_session(target, options, engines) as session:
        rows = Catalogue(target, session, options).ask("names")
    found: dict[str, list[str]] = defaultdict(list)
    for table, column in rows:
        found[str(table)].append(str(column))
    return {table: tuple(columns) for table, columns in found.items()}


def structure(target: Target, schema: str, table: str, engines: Engines = ENGINES) -> Structure:
    """Return everything about one table; without columns where there is no such table."""
    options = Options(limit=MOST)
    with open_session(target, options, engines) as session:
        return Catalogue(target, session, options).structure(schema, table)


def _estimate(found: object) -> int | None:
    return None if found is None or int(str(found)) < 0 else int(str(found))


def _column(row: tuple[object, ...]) -> SchemaColumn:
    name, kind, nullable, default, primary, generated, comment = row
    text = None if default is None else str(default)
    place = int(str(primary or 0))
    return SchemaColumn(str(name), str(kind), bool(nullable), text, place, bool(generated), str(comment or ""))


def _indexes(rows: Rows) -> tuple[Index, ...]:
    grouped: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for row in rows:
        grouped[str(row[0])].append(row)
    return tuple(
        Index(name, tuple(str(row[1] or "") for row in parts), bool(parts[0][2]), bool(parts[0][3]))
        for name, parts in grouped.items()
    )


def _foreign(rows: Iterable[tuple[object, ...]]) -> tuple[ForeignKey, ...]:
    grouped: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for name, column, schema, table, other in rows:
        grouped[str(name), str(schema), str(table)].append((str(column), str(other)))
    return tuple(
        ForeignKey(name, tuple(a for a, _ in pairs), schema, table, tuple(b for _, b in pairs))
        for (name, schema, table), pairs in grouped.items()
    )
