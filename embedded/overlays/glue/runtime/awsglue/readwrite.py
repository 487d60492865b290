"""Spark's own reader and writer with addresses of S3: `spark.read.csv("s3://...")`, `df.write.parquet("s3://...")`."""

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import s3files

READS = ("load", "csv", "json", "parquet", "text", "orc")
WRITES = ("save", "csv", "json", "parquet", "text", "orc")


def install() -> None:
    """Put it in; once is enough."""
    from pyspark import SparkContext
    from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter

    if hasattr(DataFrameReader, "s3_known"):
        return
    DataFrameReader.s3_known = True
    for name in READS:
        setattr(DataFrameReader, name, _reading(getattr(DataFrameReader, name)))
    for name in WRITES:
        setattr(DataFrameWriter, name, _writing(getattr(DataFrameWriter, name)))
    DataFrameWriter.mode = _noting(DataFrameWriter.mode)
    SparkContext.textFile = _reading(SparkContext.textFile)


def local(path: Any) -> Any:
    """Return paths that Spark can read in place of those in S3."""
    if isinstance(path, (list, tuple)):
        return [local(part) for part in path]
    return s3files.fetch(path) if s3files.is_s3(path) else path


def _reading(read: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(read)
    def reading(self: Any, *args: Any, **options: Any) -> Any:
        named = {name: local(value) if name in ("path", "paths") else value for name, value in options.items()}
        return read(self, *map(local, args), **named)

    return reading


def _noting(choose: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(choose)
    def noting(self: Any, saveMode: str | None = None) -> Any:
        self.s3_mode = saveMode
        return choose(self, saveMode)

    return noting


def _writing(write: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(write)
    def writing(self: Any, path: Any = None, *args: Any, **options: Any) -> Any:
        if not s3files.is_s3(path):
            return write(self, path, *args, **options)
        mode = (options.pop("mode", None) or getattr(self, "s3_mode", None) or "error").lower()
        if s3files.exists(path) and mode != "append":
            if mode == "ignore":
                return None
            if mode != "overwrite":
                raise FileExistsError(f"Path {path} already exists.")
        folder = Path(tempfile.mkdtemp(prefix="s3-out-")) / "out"
        write(self, str(folder), *args, **options)
        if mode == "overwrite":
            s3files.remove(path)
        return s3files.store(folder, path)

    return writing
