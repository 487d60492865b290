"""DynamicFrame over a DataFrame: every column has one type, so that there are no choices to resolve."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import mapping


class DynamicFrame:
    """Rows, with the names of Glue's own methods."""

    def __init__(self, frame: Any, glue_ctx: Any, name: str = "") -> None:
        self._frame, self.glue_ctx, self.name = frame, glue_ctx, name

    @classmethod
    def fromDF(cls, dataframe: Any, glue_ctx: Any, name: str = "") -> "DynamicFrame":
        """Return a DynamicFrame of a DataFrame."""
        return cls(dataframe, glue_ctx, name)

    def toDF(self, _options: Any = None) -> Any:
        """Return the DataFrame."""
        return self._frame

    def count(self) -> int:
        """Return the number of rows."""
        return int(self._frame.count())

    def schema(self) -> Any:
        """Return the schema."""
        return self._frame.schema

    def printSchema(self) -> None:
        """Print the schema."""
        self._frame.printSchema()

    def show(self, num_rows: int = 20) -> None:
        """Print rows, one JSON object a line."""
        for row in self._frame.limit(num_rows).toJSON().collect():
            print(row)  # noqa: T201 - that is what it is for

    def apply_mapping(
        self, mappings: Sequence[Any], case_sensitive: bool = False, transformation_ctx: str = "", **_: Any
    ) -> "DynamicFrame":
        """Keep, rename and retype columns; those that are not named, or not there, are dropped."""
        return self._with(mapping.mapped(self._frame, mappings, case_sensitive), transformation_ctx)

    def select_fields(self, paths: Sequence[str], transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Keep these columns."""
        return self._with(self._frame.select(*mapping.present(self._frame, paths)), transformation_ctx)

    def drop_fields(self, paths: Sequence[str], transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Drop these columns, nested ones as well."""
        return self._with(mapping.dropped(self._frame, paths), transformation_ctx)

    def rename_field(self, oldName: str, newName: str, transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Rename a column."""
        return self._with(mapping.renamed(self._frame, oldName, newName), transformation_ctx)

    def resolveChoice(
        self,
        specs: Sequence[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        transformation_ctx: str = "",
        **_: Any,
    ) -> "DynamicFrame":
        """Cast columns (cast:type, project:type); there is nothing else to resolve."""
        if choice.lower() == "match_catalog":
            return self._with(self.glue_ctx.matched(self._frame, database, table_name), transformation_ctx)
        return self._with(mapping.resolved(self._frame, specs or (), choice), transformation_ctx)

    def filter(self, f: Callable[[Any], bool], transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Keep the rows for which the function is true."""
        kept = self._frame.rdd.filter(lambda row: bool(f(row.asDict(recursive=True))))
        return self._with(self._made(kept, self._frame.schema), transformation_ctx)

    def map(self, f: Callable[[Any], Any], transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Put the function's answer in the place of each row (a dictionary)."""
        import json

        texts = self._frame.rdd.map(lambda row: json.dumps(f(row.asDict(recursive=True)), default=str))
        return self._with(self.glue_ctx.spark_session.read.json(texts), transformation_ctx)

    def join(
        self,
        paths1: Sequence[str],
        paths2: Sequence[str],
        frame2: "DynamicFrame",
        transformation_ctx: str = "",
        **_: Any,
    ) -> "DynamicFrame":
        """Return the rows of both whose columns are equal; columns of the second that clash get a dot before them."""
        clash = set(self._frame.columns) & set(frame2.toDF().columns)
        other = frame2.toDF()
        for name in clash:
            other = other.withColumnRenamed(name, f".{name}")
        names = [f".{name}" if name in clash else name for name in paths2]
        pairs = [self._frame[one] == other[f"`{two}`"] for one, two in zip(paths1, names, strict=True)]
        return self._with(self._frame.join(other, pairs), transformation_ctx)

    def union(self, frame2: "DynamicFrame", transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Return the rows of both."""
        both = self._frame.unionByName(frame2.toDF(), allowMissingColumns=True)
        return self._with(both, transformation_ctx)

    def repartition(self, num_partitions: int, transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Spread the rows anew."""
        return self._with(self._frame.repartition(num_partitions), transformation_ctx)

    def coalesce(self, num_partitions: int, transformation_ctx: str = "", **_: Any) -> "DynamicFrame":
        """Put the rows into fewer parts."""
        return self._with(self._frame.coalesce(num_partitions), transformation_ctx)

    def getNumPartitions(self) -> int:
        """Return the number of parts."""
        return int(self._frame.rdd.getNumPartitions())

    def errorsCount(self) -> int:
        """Return the number of rows in error: a row in error ends the run here."""
        return 0

    stageErrorsCount = errorsCount

    def _with(self, frame: Any, name: str) -> "DynamicFrame":
        return DynamicFrame(frame, self.glue_ctx, name or self.name)

    def _made(self, rows: Any, schema: Any) -> Any:
        return self.glue_ctx.spark_session.createDataFrame(rows, schema)


class DynamicFrameCollection:
    """Several frames, each under a name."""

    def __init__(self, dynamic_frames: Mapping[str, DynamicFrame], glue_ctx: Any) -> None:
        self._frames, self.glue_ctx = dict(dynamic_frames), glue_ctx

    def __getitem__(self, key: str) -> DynamicFrame:
        """Return a frame."""
        return self._frames[key]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._frames)

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self._frames)

    def select(self, key: str) -> DynamicFrame:
        """Return a frame."""
        return self._frames[key]
