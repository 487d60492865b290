"""Columns of MySQL and MariaDB from what the protocol says about them."""

from decimal import Decimal
from typing import Any

from pymysql.constants import FIELD_TYPE as F
from pymysql.constants import FLAG

from app.sql.values import Column, Kind, Value

BINARY = 63  # the "character set" of bytes
WORDS: dict[int, tuple[str, Kind]] = {
    F.TINY: ("tinyint", "integer"),
    F.SHORT: ("smallint", "integer"),
    F.INT24: ("mediumint", "integer"),
    F.LONG: ("int", "integer"),
    F.LONGLONG: ("bigint", "integer"),
    F.YEAR: ("year", "integer"),
    F.DECIMAL: ("decimal", "decimal"),
    F.NEWDECIMAL: ("decimal", "decimal"),
    F.FLOAT: ("float", "float"),
    F.DOUBLE: ("double", "float"),
    F.BIT: ("bit", "bit"),
    F.DATE: ("date", "date"),
    F.NEWDATE: ("date", "date"),
    F.TIME: ("time", "time"),
    F.DATETIME: ("datetime", "datetime"),
    F.TIMESTAMP: ("timestamp", "datetime"),
    F.JSON: ("json", "json"),
    F.ENUM: ("enum", "text"),
    F.SET: ("set", "text"),
    F.GEOMETRY: ("geometry", "binary"),
    F.NULL: ("null", "other"),
}
STRINGS = {F.VARCHAR: "varchar", F.VAR_STRING: "varchar", F.STRING: "char"}


def column(field: Any) -> Column:
    """Return the column of one of the driver's field descriptions."""
    code, bytes_long = field.type_code, field.length
    if code in WORDS:
        word, kind = WORDS[code]
        if kind == "decimal":
            digits = bytes_long - (1 if field.scale else 0) - (0 if field.flags & FLAG.UNSIGNED else 1)
            word = f"decimal({digits},{field.scale})"
        if kind == "bit":
            word = f"bit({bytes_long})"
        return Column(field.name, word + (" unsigned" if _unsigned(field, kind) else ""), kind)
    binary = field.charsetnr == BINARY
    if code in STRINGS:
        return Column(field.name, _string(field, binary), "binary" if binary else "text")
    return Column(field.name, "blob" if binary else "text", "binary" if binary else "text")


def _unsigned(field: Any, kind: Kind) -> bool:
    return kind in ("integer", "decimal", "float") and field.type_code != F.YEAR and bool(field.flags & FLAG.UNSIGNED)


def _string(field: Any, binary: bool) -> str:
    if field.flags & FLAG.ENUM:
        return "enum"
    if field.flags & FLAG.SET:
        return "set"
    word = STRINGS[field.type_code]
    if binary:
        return f"{'binary' if word == 'char' else 'varbinary'}({field.length})"
    return f"{word}({field.length // 4})"  # utf8mb4: up to four bytes a character


def row(values: tuple[Any, ...], columns: tuple[Column, ...], bits: tuple[int, ...]) -> tuple[Value, ...]:
    """Return the driver's row with exact decimals and with bits written out; `bits` are the bit columns' places."""
    result = list(values)
    for place, column in enumerate(columns):
        if column.kind == "decimal" and result[place] is not None:
            result[place] = Decimal(result[place])
    for place in bits:
        if result[place] is not None:
            width = int(columns[place].type[4:-1])
            result[place] = format(int.from_bytes(result[place], "big"), f"0{width}b")
    return tuple(result)
