"""Columns of PostgreSQL, by the OIDs of their types."""

from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types import TypeInfo

from app.sql.values import Column, Kind

KINDS: dict[str, Kind] = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "oid": "integer",
    "numeric": "decimal",
    "float4": "float",
    "float8": "float",
    "bool": "boolean",
    "bytea": "binary",
    "date": "date",
    "time": "time",
    "timetz": "time",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "interval": "interval",
    "json": "json",
    "jsonb": "json",
    "bit": "bit",
    "varbit": "bit",
    "uuid": "uuid",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "name": "text",
    "char": "text",
    "xml": "text",
}


def columns(cursor: Any, connection: Any) -> tuple[Column, ...]:
    """Return the columns of a cursor's result; types that the driver does not know are asked for once."""
    result, known = cursor.pgresult, connection.adapters.types
    types = [result.ftype(place) for place in range(result.nfields)]
    strange = sorted({oid for oid in types if known.get(oid) is None})
    names = _names(connection, strange) if strange else {}
    found = []
    for place, oid in enumerate(types):
        name, info = (result.fname(place) or b"").decode(), known.get(oid)
        if info is None:
            found.append(Column(name, names.get(oid, "unknown"), "text"))
        else:
            found.append(_column(name, info, oid, result.fmod(place)))
    return tuple(found)


@lru_cache(4096)
def _column(name: str, info: TypeInfo, oid: int, modifier: int) -> Column:
    kind: Kind = "array" if info.array_oid == oid else KINDS.get(info.name, "other")
    return Column(name, info.get_type_display(oid=oid, fmod=modifier), kind)


def described(result: Any, connection: Any) -> tuple[Column, ...]:
    """Return the columns of a libpq result that only describes."""
    known = connection.adapters.types
    found = []
    for place in range(result.nfields):
        oid, name = result.ftype(place), (result.fname(place) or b"").decode()
        info = known.get(oid)
        array = info is not None and info.array_oid == oid
        kind: Kind = "text" if info is None else "array" if array else KINDS.get(info.name, "other")
        found.append(Column(name, info.name if info else "unknown", kind))
    return tuple(found)


def _names(connection: Any, oids: list[int]) -> dict[int, str]:
    with psycopg.RawCursor(connection, row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT oid, format_type(oid, NULL) FROM pg_type WHERE oid = ANY($1)", [oids]).fetchall()
    return {int(oid): str(name) for oid, name in found}
