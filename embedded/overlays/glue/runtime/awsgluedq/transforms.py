"""Data quality as scripts of Glue Studio ask for it: a few plain rules are checked, others are an error."""

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from operator import eq, ge, gt, le, lt
from typing import Any

_RULES = re.compile(r"\s*Rules\s*=\s*\[(.*)\]\s*", re.DOTALL)
_COUNT = re.compile(r"(ColumnCount|RowCount)\s*(<=|>=|=|<|>)\s*(\d+)")
_COLUMN = re.compile(r'(IsComplete|ColumnExists|IsUnique)\s+"([^"]+)"')
_COMPARED: dict[str, Callable[[int, int], bool]] = {"<": lt, ">": gt, "=": eq, "<=": le, ">=": ge}
_OUTCOMES = "Rule string, Outcome string, FailureReason string"


class EvaluateDataQuality:
    """Checks rules written in the Data Quality Definition Language."""

    @staticmethod
    def apply(frame: Any, ruleset: str, publishing_options: Mapping[str, Any] | None = None, **_: Any) -> Any:
        """Return a frame with a row for each rule; the outcome goes to the error log as well."""
        rows = frame.toDF()
        outcomes = [(rule, *_outcome(rows, rule)) for rule in rules(ruleset)]
        for rule, outcome, reason in outcomes:
            sys.stderr.write(f"Data quality: {rule}: {outcome}{' (' + reason + ')' if reason else ''}\n")
        told = frame.glue_ctx.spark_session.createDataFrame(outcomes, _OUTCOMES)
        name = (publishing_options or {}).get("dataQualityEvaluationContext", "")
        return type(frame)(told, frame.glue_ctx, name)

    @classmethod
    def process_rows(cls, frame: Any, ruleset: str, publishing_options: Any = None, **_: Any) -> Any:
        """Return the outcomes and the rows; outcomes of single rows are not there."""
        told = cls.apply(frame, ruleset, publishing_options)
        collection = import_module("awsglue.dynamicframe").DynamicFrameCollection
        return collection({"ruleOutcomes": told, "originalData": frame}, frame.glue_ctx)


def rules(ruleset: str) -> list[str]:
    """Return the single rules of a set."""
    found = _RULES.fullmatch(ruleset)
    if found is None:
        raise ValueError("a ruleset is written Rules = [ ... ]")
    return [rule.strip() for rule in found.group(1).split(",") if rule.strip()]


def _outcome(rows: Any, rule: str) -> tuple[str, str]:
    if found := _COUNT.fullmatch(rule):
        count = len(rows.columns) if found.group(1) == "ColumnCount" else rows.count()
        holds = _COMPARED[found.group(2)](count, int(found.group(3)))
        return _told(holds, f"Value: {count} does not meet the constraint requirement!")
    if found := _COLUMN.fullmatch(rule):
        return _column(rows, found.group(1), found.group(2))
    raise ValueError(f"the data quality rule {rule!r} is not available on the embedded AWS")


def _column(rows: Any, kind: str, name: str) -> tuple[str, str]:
    if name not in rows.columns:
        return _told(False, f"Input data does not include column {name}!")
    if kind == "ColumnExists":
        return _told(True, "")
    column = rows[f"`{name}`"]
    if kind == "IsComplete":
        return _told(rows.where(column.isNull()).limit(1).count() == 0, f"Column {name} is not complete.")
    return _told(rows.groupBy(column).count().where("count > 1").limit(1).count() == 0, f"Column {name} is not unique.")


def _told(holds: bool, reason: str) -> tuple[str, str]:
    return ("Passed", "") if holds else ("Failed", reason)
