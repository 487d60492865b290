"""Glue's transforms, as generated scripts import them: `from awsglue.transforms import *`."""

from typing import Any

from ..dynamicframe import DynamicFrame

__all__ = [
    *("ApplyMapping", "DropFields", "DropNullFields", "Filter", "Join", "Map", "RenameField", "ResolveChoice"),
    *("SelectFields", "SelectFromCollection", "Union"),
]


class ApplyMapping:
    """Keep, rename and retype columns."""

    @staticmethod
    def apply(frame: DynamicFrame, mappings: Any, case_sensitive: bool = False, **options: Any) -> DynamicFrame:
        """Return the mapped frame."""
        return frame.apply_mapping(mappings, case_sensitive, **options)


class DropFields:
    """Drop columns."""

    @staticmethod
    def apply(frame: DynamicFrame, paths: Any, **options: Any) -> DynamicFrame:
        """Return the frame without them."""
        return frame.drop_fields(paths, **options)


class DropNullFields:
    """Drop columns that hold nothing."""

    @staticmethod
    def apply(frame: DynamicFrame, transformation_ctx: str = "", **_: Any) -> DynamicFrame:
        """Return the frame without columns that are empty in every row."""
        from pyspark.sql import functions

        rows = frame.toDF()
        counts = rows.select(*(functions.count(f"`{name}`").alias(name) for name in rows.columns)).first()
        empty = [name for name in rows.columns if counts is not None and not counts[name]]
        return DynamicFrame(rows.drop(*empty), frame.glue_ctx, transformation_ctx)


class Filter:
    """Keep some rows."""

    @staticmethod
    def apply(frame: DynamicFrame, f: Any, **options: Any) -> DynamicFrame:
        """Return the rows for which the function is true."""
        return frame.filter(f, **options)


class Join:
    """Join two frames."""

    @staticmethod
    def apply(frame1: DynamicFrame, frame2: DynamicFrame, keys1: Any, keys2: Any, **options: Any) -> DynamicFrame:
        """Return the rows of both whose keys are equal."""
        return frame1.join(keys1, keys2, frame2, **options)


class Map:
    """Change each row."""

    @staticmethod
    def apply(frame: DynamicFrame, f: Any, **options: Any) -> DynamicFrame:
        """Return what the function makes of the rows."""
        return frame.map(f, **options)


class RenameField:
    """Rename a column."""

    @staticmethod
    def apply(frame: DynamicFrame, old_name: str, new_name: str, **options: Any) -> DynamicFrame:
        """Return the frame with the new name."""
        return frame.rename_field(old_name, new_name, **options)


class ResolveChoice:
    """Cast columns."""

    @staticmethod
    def apply(frame: DynamicFrame, specs: Any = None, choice: str = "", **options: Any) -> DynamicFrame:
        """Return the frame with one type in each column."""
        return frame.resolveChoice(specs, choice, **options)


class SelectFields:
    """Keep columns."""

    @staticmethod
    def apply(frame: DynamicFrame, paths: Any, **options: Any) -> DynamicFrame:
        """Return the frame with these columns only."""
        return frame.select_fields(paths, **options)


class SelectFromCollection:
    """Take one frame of several."""

    @staticmethod
    def apply(dfc: Any, key: str, **_: Any) -> DynamicFrame:
        """Return the frame of that name."""
        found: DynamicFrame = dfc[key]
        return found


class Union:
    """Put two frames together."""

    @staticmethod
    def apply(frame1: DynamicFrame, frame2: DynamicFrame, unionType: str = "ALL", **options: Any) -> DynamicFrame:
        """Return the rows of both, each once where the type is DISTINCT."""
        both = frame1.union(frame2, **options)
        if unionType.upper() == "DISTINCT":
            return DynamicFrame(both.toDF().distinct(), both.glue_ctx, both.name)
        return both
