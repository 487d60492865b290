"""GlueContext: where DynamicFrames come from and where they go."""

import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import catalogue, formats, mapping, s3files
from .dynamicframe import DynamicFrame


class GlueContext:
    """Spark with Glue's methods."""

    def __init__(self, sparkContext: Any, **_: Any) -> None:
        from pyspark.sql import SparkSession

        self.spark_session = SparkSession(sparkContext)
        self.sc = self._sc = sparkContext
        self.create_dynamic_frame = Source(self)
        self.write_dynamic_frame = Sink(self)

    def get_logger(self) -> Any:
        """Return a logger: info and above go to stderr."""
        import logging

        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
        return logging.getLogger("glue")

    def matched(self, frame: Any, database: str | None, table: str | None) -> Any:
        """Return a DataFrame with the types of a table of the Data Catalog."""
        found = catalogue.table(str(database), str(table))
        for name, kind in catalogue.columns(found):
            if name in frame.columns:
                frame = frame.withColumn(name, frame[name].cast(mapping.spark_type(kind)))
        return frame

    def create_dynamic_frame_from_options(self, *args: Any, **options: Any) -> DynamicFrame:
        """The same as create_dynamic_frame.from_options."""
        return self.create_dynamic_frame.from_options(*args, **options)

    def create_dynamic_frame_from_catalog(self, *args: Any, **options: Any) -> DynamicFrame:
        """The same as create_dynamic_frame.from_catalog."""
        return self.create_dynamic_frame.from_catalog(*args, **options)

    def write_dynamic_frame_from_options(self, *args: Any, **options: Any) -> DynamicFrame:
        """The same as write_dynamic_frame.from_options."""
        return self.write_dynamic_frame.from_options(*args, **options)


class Source:
    """Reads."""

    def __init__(self, context: GlueContext) -> None:
        self._context = context

    def from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        **_: Any,
    ) -> DynamicFrame:
        """Return what lies at the paths."""
        options = connection_options or {}
        _only_s3(connection_type)
        _known(options, "paths", "recurse", "exclusions", "groupFiles", "groupSize", "useS3ListImplementation")
        recurse = str(options.get("recurse", False)).lower() == "true"
        paths = options.get("paths") or []
        exclusions = options.get("exclusions") or []
        if isinstance(exclusions, str):
            exclusions = re.findall(r'"([^"]+)"', exclusions)
        local = [s3files.fetch(path, exclusions) for path in ([paths] if isinstance(paths, str) else paths)]
        if not local:
            raise ValueError("connection_options has no paths")
        rows = formats.read(self._context.spark_session, local, str(format), format_options or {}, recurse)
        return DynamicFrame(rows, self._context, transformation_ctx)

    def from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        push_down_predicate: str = "",
        transformation_ctx: str = "",
        **names: Any,
    ) -> DynamicFrame:
        """Return the rows of a table of the Data Catalog, with its names and types."""
        database = database or names.get("name_space")
        found = catalogue.table(str(database), str(table_name))
        rows = catalogue.rows(self._context.spark_session, found)
        if push_down_predicate:
            rows = rows.where(push_down_predicate)
        return DynamicFrame(rows, self._context, transformation_ctx)

    def from_rdd(self, data: Any, name: str, schema: Any = None, **_: Any) -> DynamicFrame:
        """Return the rows of an RDD."""
        return DynamicFrame(self._context.spark_session.createDataFrame(data, schema), self._context, name)


class Sink:
    """Writes."""

    def __init__(self, context: GlueContext) -> None:
        self._context = context

    def from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str = "",
        format_options: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> DynamicFrame:
        """Add files below the path; what lies there stays, as with Glue."""
        options = connection_options or {}
        _only_s3(connection_type)
        _known(options, "path", "partitionKeys", "compression", "groupFiles", "groupSize")
        if not s3files.is_s3(options.get("path")):
            raise ValueError("connection_options has no path in S3")
        how = dict(format_options or {})
        if options.get("compression"):
            how["compression"] = options["compression"]
        kind = "parquet" if format == "glueparquet" else format
        save(frame.toDF(), str(options["path"]), kind, how, list(options.get("partitionKeys") or []))
        return frame

    def from_catalog(self, frame: DynamicFrame, database: str = "", table_name: str = "", **names: Any) -> DynamicFrame:
        """Add files to a table of the Data Catalog."""
        found = catalogue.table(database or names.get("name_space", ""), table_name)
        keys = [key["Name"] for key in found.get("PartitionKeys", [])]
        kind, options = catalogue.how(found)
        save(frame.toDF(), found["StorageDescriptor"]["Location"], kind, options, keys)
        return frame


def save(rows: Any, path: str, kind: str, options: Mapping[str, Any], keys: list[str]) -> None:
    """Write rows and copy them to S3, under names like Glue's."""
    folder = Path(tempfile.mkdtemp(prefix="s3-out-")) / "out"
    formats.write(rows, str(folder), kind, options, keys)
    run = int(time.time() * 1000)
    s3files.store(folder, path, lambda name: glue_name(name, run, kind))


def glue_name(name: str, run: int, kind: str) -> str:
    """Return Glue's name of a file that Spark called part-00000-<uuid>-c000.json."""
    found = re.match(r"part-(\d{5})", name)
    number = found.group(1) if found else "00000"
    packing = "".join(part for part in Path(name).suffixes[-2:] if part not in (f".{kind}", ".snappy"))
    return (
        f"run-{run}-part-block-0-r-{number}-snappy.parquet"
        if kind == "parquet"
        else f"run-{run}-part-r-{number}{packing}"
    )


def _only_s3(kind: str) -> None:
    if kind != "s3":
        raise ValueError(f"the connection type {kind!r} is not available on the embedded AWS: there is s3")


def _known(options: Mapping[str, Any], *names: str) -> None:
    unknown: Sequence[str] = sorted(set(options) - set(names))
    if unknown:
        raise ValueError(f"the connection option {unknown[0]!r} is not available on the embedded AWS")
