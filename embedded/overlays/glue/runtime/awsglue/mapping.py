"""Columns kept, renamed, retyped and dropped, as Glue's transforms do it."""

import re
from collections.abc import Sequence
from typing import Any

# Glue's names of types, and Spark's.
TYPES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int", "bool": "boolean", "null": "void"}
_PART = re.compile(r"`([^`]+)`|([^.`]+)")


def spark_type(name: str) -> str:
    """Return Spark's name of a type of Glue."""
    plain = name.strip().lower()
    return TYPES.get(plain, "decimal(10,2)" if plain == "decimal" else plain)


def path(name: str) -> list[str]:
    """Return the parts of a column's name: a dot leads into a structure, unless it stands in backquotes."""
    return [quoted or plain for quoted, plain in _PART.findall(name)]


def find(frame: Any, name: str, case_sensitive: bool = True) -> Any | None:
    """Return a column, however deep, None when it is not there."""
    fields, found = frame.schema.fields, []
    for part in [name] if name in frame.columns else path(name):
        same = [f for f in fields if f.name == part or (not case_sensitive and f.name.lower() == part.lower())]
        if not same:
            return None
        found.append(f"`{same[0].name}`")
        fields = getattr(same[0].dataType, "fields", [])
    from pyspark.sql import functions

    return functions.col(".".join(found))


def full(mapping: Any) -> tuple[str, str, str, str]:
    """Return source, its type, target and its type; a pair keeps the type, three leave out the first type."""
    parts = [mapping] if isinstance(mapping, str) else list(mapping)
    if len(parts) == 4:
        return parts[0], parts[1], parts[2], parts[3]
    if len(parts) == 2:
        return parts[0], "", parts[1], ""
    raise ValueError(f"a mapping has source, its type, target and its type, not {mapping!r}")


def mapped(frame: Any, mappings: Sequence[Any], case_sensitive: bool) -> Any:
    """Return the columns of ApplyMapping, in the order of the mappings."""
    from pyspark.sql import functions

    plain: dict[str, Any] = {}
    for source, _, target, kind in map(full, mappings):
        column = find(frame, source, case_sensitive)
        if column is None:
            continue
        plain[target] = column.cast(spark_type(kind)) if kind else column
    tree: dict[str, Any] = {}
    for target, column in plain.items():
        place, parts = tree, path(target)
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = column
    return frame.select(*(_column(functions, name, value) for name, value in tree.items()))


def _column(functions: Any, name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return functions.struct(*(_column(functions, inner, part) for inner, part in value.items())).alias(name)
    return value.alias(name)


def present(frame: Any, names: Sequence[str]) -> list[Any]:
    """Return those of the named columns that are there; of nested ones the last part of the name remains."""
    found = [(path(name)[-1] if name not in frame.columns else name, find(frame, name)) for name in names]
    return [column.alias(name) for name, column in found if column is not None]


def dropped(frame: Any, names: Sequence[str]) -> Any:
    """Drop columns, and fields of structures."""
    from pyspark.sql import functions

    for name in names:
        parts = [name] if name in frame.columns else path(name)
        if len(parts) == 1:
            frame = frame.drop(parts[0])
        elif find(frame, name) is not None:
            inner = ".".join(f"`{part}`" for part in parts[1:])
            frame = frame.withColumn(parts[0], functions.col(f"`{parts[0]}`").dropFields(inner))
    return frame


def renamed(frame: Any, old: str, new: str) -> Any:
    """Rename a column; a nested one becomes a column of its own."""
    if old in frame.columns:
        return frame.withColumnRenamed(old, ".".join(path(new)))
    column = find(frame, old)
    return frame if column is None else dropped(frame.withColumn(".".join(path(new)), column), [old])


def resolved(frame: Any, specs: Sequence[tuple[str, str]], choice: str) -> Any:
    """Cast what is to be cast; a column has one type here, so that the other actions have nothing to do."""
    named = dict(specs)
    if choice:
        named.update({name: choice for name in frame.columns if not specs})
    for name, action in named.items():
        verb, _, kind = action.partition(":")
        if verb not in ("cast", "project", "make_cols", "make_struct"):
            raise ValueError(f"{action!r} is not an action of resolveChoice")
        column = find(frame, name)
        if kind and column is not None and name in frame.columns:
            frame = frame.withColumn(name, column.cast(spark_type(kind)))
    return frame
