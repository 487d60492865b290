"""Tables and partitions as crawlers write them into the Data Catalog."""

from typing import Any

from embedded.overlays.glue.infer import Found
from embedded.overlays.glue.places import Group

_TEXT_IN = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
_SERDES = {
    "csv": (_TEXT_IN, _TEXT_OUT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    "json": (_TEXT_IN, _TEXT_OUT, "org.openx.data.jsonserde.JsonSerDe"),
    "parquet": (
        f"{_PARQUET}MapredParquetInputFormat",
        f"{_PARQUET}MapredParquetOutputFormat",
        f"{_PARQUET}serde.ParquetHiveSerDe",
    ),
}


def table_input(crawler: str, group: Group, found: Found, rows: int) -> dict[str, Any]:
    """Return a table as CreateTable takes it."""
    files = [size for part in group.parts.values() for _, size in part]
    parameters = {
        "classification": found.kind,
        "UPDATED_BY_CRAWLER": crawler,
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "typeOfData": "file",
        "objectCount": str(len(files)),
        "sizeKey": str(sum(files)),
        "compressionType": "gzip" if packed(group) else "none",
        **found.details,
    }
    if rows:
        parameters["recordCount"] = str(rows)
    return {
        "Name": group.name,
        "Owner": "owner",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in group.keys],
        "StorageDescriptor": descriptor(group, found, group.location),
        "Parameters": parameters,
    }


def packed(group: Group) -> bool:
    """Whether the files are packed with gzip."""
    return any(key.endswith(".gz") for part in group.parts.values() for key, _ in part)


def descriptor(group: Group, found: Found, location: str) -> dict[str, Any]:
    """Return columns, place and format."""
    read, write, serde = _SERDES[found.kind]
    how = {"serialization.format": "1"}
    if found.kind == "csv":
        how = {"field.delim": found.details["delimiter"]}
    if found.kind == "json":
        how = {"paths": ",".join(name for name, _ in found.columns)}
    return {
        "Columns": [{"Name": name, "Type": kind or "string"} for name, kind in found.columns],
        "Location": location,
        "InputFormat": read,
        "OutputFormat": write,
        "Compressed": packed(group),
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": how},
        "BucketColumns": [],
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }


def partition_input(group: Group, found: Found, values: tuple[str, ...]) -> dict[str, Any]:
    """Return a partition as BatchCreatePartition takes it."""
    key = group.parts[values][0][0]
    bucket = group.location.removeprefix("s3://").partition("/")[0]
    folder = f"s3://{bucket}/{key.rpartition('/')[0]}/"
    return {"Values": list(values), "StorageDescriptor": descriptor(group, found, folder)}
