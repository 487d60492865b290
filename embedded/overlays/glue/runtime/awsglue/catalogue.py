"""Tables of the Data Catalog: where their files are, how to read them, and what types their columns have."""

from collections.abc import Mapping
from typing import Any

from . import formats, mapping, s3files

_SERDES = {"json": "json", "parquet": "parquet", "lazysimple": "csv", "opencsv": "csv"}


def table(database: str, name: str) -> Mapping[str, Any]:
    """Return a table; Glue's own EntityNotFoundException when there is none."""
    import boto3

    found: Mapping[str, Any] = boto3.client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    return found


def partitions(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the partitions of a table."""
    import boto3

    pages = boto3.client("glue").get_paginator("get_partitions")
    names = {"DatabaseName": found["DatabaseName"], "TableName": found["Name"]}
    return [one for page in pages.paginate(**names) for one in page["Partitions"]]


def columns(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and types."""
    return [(column["Name"], column.get("Type", "string")) for column in found["StorageDescriptor"].get("Columns", [])]


def how(found: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return format and options."""
    storage = found["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    kind = (found.get("Parameters") or {}).get("classification", "")
    library = serde.get("SerializationLibrary", "").lower()
    kind = kind or next((name for part, name in _SERDES.items() if part in library), "")
    if kind != "csv":
        return kind, {}
    told = {**(found.get("Parameters") or {}), **(serde.get("Parameters") or {})}
    options = {"separator": told.get("separatorChar") or told.get("field.delim") or ","}
    if told.get("quoteChar"):
        options["quoteChar"] = told["quoteChar"]
    options["skipFirst" if int(told.get("skip.header.line.count", 0)) else "withHeader"] = str(
        bool(int(told.get("skip.header.line.count", 0)))
    )
    return kind, options


def rows(session: Any, found: Mapping[str, Any]) -> Any:
    """Return a table's rows, those of its partitions with their keys."""
    keys = [(key["Name"], key.get("Type", "string")) for key in found.get("PartitionKeys", [])]
    if not keys:
        return _at(session, found, found["StorageDescriptor"]["Location"])
    from pyspark.sql import functions

    whole = None
    for one in partitions(found):
        part = _at(session, found, one["StorageDescriptor"]["Location"])
        for (name, kind), value in zip(keys, one["Values"], strict=True):
            part = part.withColumn(name, functions.lit(value).cast(mapping.spark_type(kind)))
        whole = part if whole is None else whole.unionByName(part)
    if whole is None:
        raise ValueError(f"the table {found['Name']} has no partitions")
    return whole


def _at(session: Any, found: Mapping[str, Any], location: str) -> Any:
    from pyspark.sql import functions

    kind, options = how(found)
    read = formats.read(session, [s3files.fetch(location)], kind, options, recurse=True)
    wanted = columns(found)
    if kind == "csv":
        # The order counts, not the names in the file.
        there = dict(zip((name for name, _ in wanted), read.columns, strict=False))
    else:
        lower = {name.lower(): name for name in read.columns}
        there = {name: lower[name.lower()] for name, _ in wanted if name.lower() in lower}
    cast = [
        (read[there[name]] if name in there else functions.lit(None)).cast(mapping.spark_type(of)).alias(name)
        for name, of in wanted
    ]
    return read.select(*cast)
