"""A whole table as an export: on MySQL and MariaDB the server makes the CSV lines where that is exact and fits."""

from typing import cast

from app.sql.csv_cells import Csv
from app.sql.engines import ENGINES, Engines
from app.sql.errors import NoTable, StatementError
from app.sql.export import Format, Lines, Stream, export
from app.sql.page import quote
from app.sql.schema import SchemaColumn, Structure, structure
from app.sql.statements import split
from app.sql.target import Target
from app.sql.values import Column, Kind

# Types whose text is the same inside CONCAT as alone. Floats, bits and bytes are not among them.
BARE: dict[str, Kind] = {
    "tinyint": "integer",
    "smallint": "integer",
    "mediumint": "integer",
    "int": "integer",
    "bigint": "integer",
    "decimal": "decimal",
    "date": "date",
    "datetime": "datetime",
    "timestamp": "datetime",
    "time": "time",
    "year": "integer",
}
TEXT = ("char", "varchar", "enum", "set")
MIXED = ("1267", "1270", "1271")  # columns in character sets that the server cannot put into one line
LONGEST = 16_000  # characters of a line; a server cuts what is longer than its max_allowed_packet to NULL


def export_table(
    target: Target,
    schema: str,
    table: str,
    form: Format,
    *,
    csv: Csv | None = None,
    token: str = "",
    engines: Engines = ENGINES,
) -> Stream:
    """Return every row of a table. Raises a SqlError, StatementError where there is no such table."""
    found = structure(target, schema, table, engines)
    if not found.columns:
        raise NoTable(f"There is no table {table} in {schema}.")
    name = f"{quote(schema, target.dialect)}.{quote(table, target.dialect)}"
    (statement,) = split(f"SELECT * FROM {name}", target.dialect)  # noqa: S608 - names are quoted
    lines = server_lines(found, name, csv or Csv()) if target.dialect == "mysql" and form == "csv" else None
    if lines:
        try:
            return export(target, statement, form, csv=csv, token=token, lines=lines, engines=engines)
        except StatementError as error:
            if error.code not in MIXED:
                raise
    return export(target, statement, form, csv=csv, token=token, engines=engines)


def server_lines(found: Structure, name: str, csv: Csv) -> Lines | None:
    """Return the query that makes a table's CSV lines, None where a column's type forbids it."""
    kinds = [_kind(column) for column in found.columns]
    if None in kinds or sum(_longest(column) for column in found.columns) > LONGEST:
        return None
    cells = [_cell(column, kind == "text") for column, kind in zip(found.columns, kinds, strict=True)]
    mark = "'\\t'" if csv.delimiter == "\t" else f"'{csv.delimiter}'"
    line = f",{mark},".join(cells)
    text = f"SELECT CONCAT({line}) FROM {name}"  # noqa: S608 - names are quoted, the delimiter is one of four
    columns = [
        Column(column.name, column.type, cast(Kind, kind)) for column, kind in zip(found.columns, kinds, strict=True)
    ]
    return Lines(text, tuple(columns))


def _kind(column: SchemaColumn) -> Kind | None:
    word = column.type.split("(")[0].split(" ")[0].lower()
    if "zerofill" in column.type.lower():
        return None
    return "text" if word in TEXT else BARE.get(word)


def _longest(column: SchemaColumn) -> int:
    inside = column.type.partition("(")[2].partition(")")[0]
    return int(inside) if inside.isdigit() else max(40, len(inside))


def _cell(column: SchemaColumn, text: bool) -> str:
    name = quote(column.name, "mysql")
    if not text:
        return f"COALESCE({name},'')" if column.nullable else name
    quoted = f"'\"',REPLACE({name},'\"','\"\"'),'\"'"
    return f"COALESCE(CONCAT({quoted}),'')" if column.nullable else quoted
