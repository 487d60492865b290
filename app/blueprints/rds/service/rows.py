"""One row of a table with a key: read, insert, change, delete, and never over somebody else's change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.sql import page as paging
from app.sql import run, schema
from app.sql.errors import Conflict, StatementError
from app.sql.options import Options
from app.sql.page import Filter, Query, quote
from app.sql.run import Outcome
from app.sql.schema import SchemaColumn, Structure
from app.sql.statements import Statement, split
from app.sql.target import Dialect, Target
from app.sql.values import Cell, Column, Cut

LARGEST = 64 * 1024  # characters of a cell that is edited here
BY_VALUE = frozenset({"integer", "decimal", "float", "boolean", "text", "date", "time", "datetime", "uuid", "binary"})


@dataclass(frozen=True)
class Field:
    """One column of a row being edited; `old` is what the server has, None for NULL; `fixed` cannot be changed here."""

    name: str
    type: str
    kind: str
    nullable: bool
    generated: bool
    primary: bool
    default: str | None
    old: Cell = None
    fixed: bool = False


@dataclass(frozen=True)
class Row:
    """A row, or a new one; `structure` is its table's."""

    structure: Structure
    fields: tuple[Field, ...]


def blank(target: Target, name: str, table: str) -> Row:
    """Return an empty row of a table."""
    structure = schema.structure(target, name, table)
    if not structure.columns:
        raise StatementError(f"There is no table {table} in {name}.")
    return Row(structure, tuple(_field(column) for column in structure.columns))


def load(target: Target, name: str, table: str, key: Sequence[object]) -> Row:
    """Return the row of a key. Raises Conflict where it is gone, StatementError for a table without a key."""
    structure = schema.structure(target, name, table)
    columns = structure.key()
    if not columns or len(columns) != len(key):
        raise StatementError(
            "Only rows of a table with a key can be edited: without one no row can be told from others."
        )
    filters = tuple(Filter(column, "=", value) for column, value in zip(columns, key, strict=True))
    query = Query(schema=name, table=table, filters=filters, size=2)
    answer = paging.fetch(target, query, Options(cell=LARGEST)).answer
    if len(answer.rows) != 1:
        raise Conflict("The row is not there (any more).")
    cells = dict(zip([one.name for one in answer.columns or ()], answer.rows[0], strict=True))
    kinds = {one.name: one for one in answer.columns or ()}
    return Row(structure, tuple(_filled(_field(one), cells[one.name], kinds[one.name]) for one in structure.columns))


def _field(column: SchemaColumn) -> Field:
    kind = "binary" if any(word in column.type.lower() for word in ("bytea", "blob", "binary")) else "text"
    return Field(
        column.name,
        column.type,
        kind,
        column.nullable,
        column.generated,
        bool(column.primary),
        column.default,
    )


def _filled(field: Field, cell: Cell, column: Column) -> Field:
    return replace(field, old=cell, kind=column.kind, fixed=isinstance(cell, Cut) or column.kind == "bit")


def insert(target: Target, row: Row, values: Mapping[str, object]) -> Outcome:
    """Insert a row; columns without a value get their default."""
    if not values:
        raise StatementError("Fill in at least one column.")
    names = ", ".join(quote(name, target.dialect) for name in values)
    marks = ", ".join(f":v{place}" for place in range(len(values)))
    text = f"INSERT INTO {_table(row, target.dialect)} ({names}) VALUES ({marks})"  # noqa: S608 - names are quoted
    return _write(target, text, {f"v{place}": value for place, value in enumerate(values.values())})


def update(target: Target, row: Row, values: Mapping[str, object]) -> Outcome:
    """Change some columns of a row, if it still is as `row` has it. Raises Conflict where it is not."""
    if not values:
        raise StatementError("Nothing was changed.")
    bound: dict[str, object] = {f"v{place}": value for place, value in enumerate(values.values())}
    sets = ", ".join(f"{quote(name, target.dialect)} = :v{place}" for place, name in enumerate(values))
    where = _unchanged(row, target.dialect, bound)
    text = f"UPDATE {_table(row, target.dialect)} SET {sets} WHERE {where}"  # noqa: S608 - names are quoted
    return _write(target, text, bound)


def delete(target: Target, row: Row) -> Outcome:
    """Delete a row, if it still is as `row` has it. Raises Conflict where it is not."""
    bound: dict[str, object] = {}
    where = _unchanged(row, target.dialect, bound)
    text = f"DELETE FROM {_table(row, target.dialect)} WHERE {where}"  # noqa: S608 - names are quoted
    return _write(target, text, bound)


def _table(row: Row, dialect: Dialect) -> str:
    return f"{quote(row.structure.schema, dialect)}.{quote(row.structure.name, dialect)}"


def _unchanged(row: Row, dialect: Dialect, bound: dict[str, object]) -> str:
    """Return the condition that every column has its old value; what is too large to be shown is not compared."""
    parts = []
    for place, field in enumerate(row.fields):
        if field.fixed or (dialect == "mysql" and field.type.lower().startswith("float")):
            continue  # single precision has no exact text on MySQL
        column = quote(field.name, dialect)
        bound[f"o{place}"] = _bindable(field.old)
        parts.append(_same(column, f":o{place}", field, dialect))
    return " AND ".join(parts)


def _same(column: str, mark: str, field: Field, dialect: Dialect) -> str:
    if dialect == "mysql":
        return f"{column} <=> {mark}"
    if field.kind in BY_VALUE:
        return f"{column} IS NOT DISTINCT FROM CAST({mark} AS {field.type})"
    return f"{column}::text IS NOT DISTINCT FROM {mark}"


def _bindable(cell: Cell) -> object:
    if isinstance(cell, Cut):
        raise StatementError("A cell is too large to be compared.")
    return cell


def _write(target: Target, text: str, bound: Mapping[str, object]) -> Outcome:
    (statement,) = split(text, target.dialect)
    outcome = run.write(target, [statement], bound, Options(write=True), expect=(1,))
    if isinstance(outcome.error, Conflict):
        raise Conflict("The row was changed or deleted by someone else since you opened it. Nothing was written.")
    if outcome.error:
        raise outcome.error
    return outcome


def typed(field: Field, text: str, dialect: Dialect) -> object:
    """Return what a form's text means for a column. Raises StatementError for binary that is no hexadecimal."""
    if field.kind == "binary":
        digits = text.strip().removeprefix("0x").removeprefix("\\x")
        try:
            return bytes.fromhex(digits)
        except ValueError as error:
            raise StatementError(f"{field.name} is binary: type it in hexadecimal, such as 0x48ff.") from error
    if dialect == "mysql" and field.kind == "decimal":
        return Decimal(text) if _is_decimal(text) else text
    return text


def _is_decimal(text: str) -> bool:
    body = text.removeprefix("-").replace(".", "", 1)
    return body.isascii() and body.isdigit()


def statement_of(outcome: Outcome) -> Statement:
    """Return what was written, for the call drawer."""
    return outcome.results[0].statement
