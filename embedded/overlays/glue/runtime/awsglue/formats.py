"""Glue's formats and their options, in Spark's words."""

from collections.abc import Mapping
from typing import Any

FORMATS = ("csv", "json", "parquet")
# No text of a file equals it: an empty field is an empty text, as Glue reads it, not a null.
_NEVER = "\x01\x02never\x02\x01"
_CSV_READ = {"separator": "sep", "quoteChar": "quote", "escaper": "escape", "multiLine": "multiLine"}
_CSV_READ |= {"multiline": "multiLine"}
# They change how fast Glue works, not what it does.
_PASSED = {"withHeader", "skipFirst", "writeHeader", "optimizePerformance", "useGlueParquetWriter", "compression"}
_PASSED |= {"blockSize", "pageSize", "batchSize"}


def check(kind: str, options: Mapping[str, Any]) -> None:
    """Refuse a format or an option that would be passed over."""
    if kind not in FORMATS:
        raise ValueError(f"the format {kind!r} is not available on the embedded AWS: there are {', '.join(FORMATS)}")
    known = _PASSED | ({*_CSV_READ} if kind == "csv" else {"multiLine", "multiline"})
    if unknown := {name for name, value in options.items() if name not in known and value}:
        raise ValueError(f"the format option {sorted(unknown)[0]!r} is not available on the embedded AWS")


def read(session: Any, path: Any, kind: str, options: Mapping[str, Any], recurse: bool) -> Any:
    """Return the rows at a path that Spark can reach."""
    check(kind, options)
    reader = session.read.option("recursiveFileLookup", str(recurse).lower())
    if kind == "csv":
        return read_csv(reader, path, options)
    if kind == "json":
        several = options.get("multiLine", options.get("multiline", False))
        return reader.option("multiLine", str(several).lower()).json(path)
    return reader.parquet(*path)


def read_csv(reader: Any, path: Any, options: Mapping[str, Any]) -> Any:
    """Return the rows of CSV: all columns are texts; without a header they are col0, col1, ..."""
    reader = reader.option("nullValue", _NEVER).option("emptyValue", "").option("escape", '"')
    for name, value in options.items():
        if name == "quoteChar" and value in (-1, "-1"):
            reader = reader.option("quote", "")
        elif name in _CSV_READ:
            reader = reader.option(_CSV_READ[name], str(value).lower() if isinstance(value, bool) else value)
    header = _true(options.get("withHeader")) or _true(options.get("skipFirst"))
    rows = reader.option("header", str(header).lower()).csv(path)
    if _true(options.get("withHeader")):
        return rows
    return rows.toDF(*(f"col{number}" for number in range(len(rows.columns))))


def write(rows: Any, folder: str, kind: str, options: Mapping[str, Any], keys: list[str]) -> None:
    """Write rows to a folder that Spark can reach."""
    check(kind, options)
    writer = rows.write.partitionBy(*keys) if keys else rows.write
    if kind == "csv":
        header = str(_true(options.get("writeHeader", True))).lower()
        writer = writer.option("header", header).option("sep", options.get("separator", ","))
        writer = writer.option("escape", options.get("escaper", '"')).option("emptyValue", "")
        quote = options.get("quoteChar", '"')
        writer = writer.option("quote", "" if quote in (-1, "-1") else quote)
    packing = options.get("compression")
    if packing:
        writer = writer.option("compression", packing)
    getattr(writer, kind)(folder)


def _true(value: Any) -> bool:
    return str(value).lower() in ("true", "1")
