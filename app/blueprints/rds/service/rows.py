"""One row of a table with a key: read, insert, change, delete, and never over somebody else's change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.sql import edit, schema
from app.sql import page as paging
from app.sql.edit import Edit
from app.sql.errors import Conflict, NoTable, StatementError
from app.sql.options import Options
from app.sql.page import Filter, Query
from app.sql.schema import SchemaColumn, Structure
from app.sql.target import Dialect, Target
from app.sql.values import Cell, Column, Cut

LARGEST = 64 * 1024  # characters of a cell that is edited here


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
    """A row, or a new one; `structure` is its table's, `found` the query that read it."""

    structure: Structure
    fields: tuple[Field, ...]
    found: Edit | None = None


def blank(target: Target, name: str, table: str) -> Row:
    """Return an empty row of a table."""
    structure = schema.structure(target, name, table)
    if not structure.columns:
        raise NoTable(f"There is no table {table} in {name}.")
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
    page = paging.fetch(target, query, Options(cell=LARGEST))
    answer = page.answer
    if len(answer.rows) != 1:
        raise Conflict("The row is not there (any more).")
    cells = dict(zip([one.name for one in answer.columns or ()], answer.rows[0], strict=True))
    kinds = {one.name: one for one in answer.columns or ()}
    fields = tuple(_filled(_field(one), cells[one.name], kinds[one.name]) for one in structure.columns)
    return Row(structure, fields, Edit(page.statement, page.parameters, page.seconds))


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


def insert(target: Target, row: Row, values: Mapping[str, object]) -> Edit:
    """Insert a row; columns without a value get their default."""
    return edit.insert(target, row.structure.schema, row.structure.name, values)


def update(target: Target, row: Row, values: Mapping[str, object]) -> Edit:
    """Change some columns of a row, if it still is as `row` has it. Raises Conflict where it is not."""
    return edit.update(target, row.structure.schema, row.structure.name, _shown(row), values)


def delete(target: Target, row: Row) -> Edit:
    """Delete a row, if it still is as `row` has it. Raises Conflict where it is not."""
    return edit.delete(target, row.structure.schema, row.structure.name, _shown(row))


def _shown(row: Row) -> dict[str, object]:
    """Return the row as the person saw it; what is too large to be shown cannot be compared."""
    return {field.name: field.old for field in row.fields if not field.fixed}


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
