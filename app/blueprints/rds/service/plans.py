"""The plan of a statement as one tree for both families, with what is slow and why in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.sql import run
from app.sql.errors import StatementError
from app.sql.options import Options
from app.sql.statements import Statement, split
from app.sql.target import Target
from app.sql.values import Cut

MANY = 1000  # rows from which reading a whole table is worth a word
POSTGRES_WORDS = {
    "Seq Scan": "Reads the whole table",
    "Parallel Seq Scan": "Reads the whole table, by several workers",
    "Index Scan": "Finds rows by an index",
    "Index Only Scan": "Answers from an index alone",
    "Bitmap Heap Scan": "Reads the rows that an index names",
    "Bitmap Index Scan": "Collects rows from an index",
    "Nested Loop": "For each row of the first, looks into the second",
    "Hash Join": "Joins by a table of hashes",
    "Merge Join": "Joins two sorted inputs",
    "Hash": "Builds a table of hashes",
    "Sort": "Sorts",
    "Aggregate": "Counts or sums up",
    "Limit": "Stops after the first rows",
    "Gather": "Gathers what workers did",
    "Materialize": "Keeps rows to read them again",
}
MYSQL_ACCESS = {
    "ALL": "Reads the whole table",
    "index": "Reads a whole index",
    "range": "Finds a range of rows by an index",
    "ref": "Finds rows by an index",
    "eq_ref": "Finds one row by a unique index",
    "const": "Finds the one row by its key",
    "system": "Reads the only row",
    "index_merge": "Combines several indexes",
}


@dataclass(frozen=True)
class Node:
    """One step of a plan: `rows` are estimated, `actual` and `milliseconds` measured, None where they are not."""

    what: str
    name: str
    table: str = ""
    index: str = ""
    condition: str = ""
    rows: float | None = None
    cost: float | None = None
    actual: float | None = None
    milliseconds: float | None = None
    warnings: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()


def explain(target: Target, statement: Statement, values: Mapping[str, object], options: Options) -> Node:
    """Return how the database would run a statement. Raises a SqlError."""
    mark = "EXPLAIN (FORMAT JSON) " if target.dialect == "postgres" else "EXPLAIN FORMAT=JSON "
    (asked,) = split(mark + statement.text, target.dialect)
    answer = run.read(target, asked, values, replace(options, cell=5_000_000, limit=100)).answer
    text = "".join(str(row[0]) for row in answer.rows if not isinstance(row[0], Cut))
    try:
        found = json.loads(text)
    except ValueError as error:
        raise StatementError("The database gave no plan for this statement.") from error
    return _postgres(found[0]["Plan"]) if target.dialect == "postgres" else _mysql(found)


def _postgres(plan: Mapping[str, Any]) -> Node:
    name = str(plan.get("Node Type", ""))
    table, schema = plan.get("Relation Name", ""), plan.get("Schema", "")
    condition = plan.get("Index Cond") or plan.get("Hash Cond") or plan.get("Merge Cond") or plan.get("Filter") or ""
    node = Node(
        POSTGRES_WORDS.get(name, name),
        name + (f" ({plan['Strategy']})" if plan.get("Strategy") not in (None, "Plain") else ""),
        f"{schema}.{table}" if schema else str(table),
        str(plan.get("Index Name", "")),
        str(condition or ", ".join(plan.get("Sort Key", []))),
        plan.get("Plan Rows"),
        plan.get("Total Cost"),
        plan.get("Actual Rows"),
        plan.get("Actual Total Time"),
        children=tuple(_postgres(child) for child in plan.get("Plans", ())),
    )
    whole = name.endswith("Seq Scan") and bool(plan.get("Filter"))
    return replace(node, warnings=tuple(_postgres_warnings(node, plan, whole)))


def _postgres_warnings(node: Node, plan: Mapping[str, Any], whole: bool) -> Iterator[str]:
    if whole:
        yield (
            f"Every row of {node.table} is read and compared with {plan['Filter']}. "
            "An index on the compared columns would let it read only those that fit."
        )
    elif node.name.endswith("Seq Scan") and (node.rows or 0) >= MANY:
        yield f"All {node.rows:,.0f} rows of {node.table} are read. A WHERE or a LIMIT would need fewer."
    if plan.get("Node Type") == "Nested Loop" and not plan.get("Join Filter") and (node.rows or 0) > MANY * MANY:
        yield "Two large inputs without a condition that joins them: every row meets every row."
    if plan.get("Node Type") == "Sort" and (node.rows or 0) > 100 * MANY:
        yield "Many rows are sorted; an index in this order would avoid it."


def _mysql(plan: Mapping[str, Any]) -> Node:
    block = plan.get("query_block", plan)
    cost = block.get("cost") or (block.get("cost_info") or {}).get("query_cost")
    return Node("The whole statement", "query", cost=float(cost) if cost else None, children=tuple(_parts(block)))


def _parts(value: Any) -> Iterator[Node]:
    """Yield the nodes below a part of the plan; keys that only group are passed through."""
    if isinstance(value, list):
        for item in value:
            yield from _parts(item)
    if not isinstance(value, dict):
        return
    for key, below in value.items():
        if key == "table" and isinstance(below, dict):
            yield _table(below)
        elif key in ("filesort", "read_sorted_file", "ordering_operation"):
            yield _sort(below)
        elif key in ("temporary_table", "grouping_operation", "duplicates_removal", "windowing"):
            yield Node("Collects rows in a temporary table", key, children=tuple(_parts(below)))
        elif key in ("union_result", "materialized", "materialized_from_subquery", "buffer_result"):
            yield Node("Keeps a result to read it again", key, children=tuple(_parts(below)))
        elif isinstance(below, dict | list) and key not in (
            "used_key_parts",
            "possible_keys",
            "cost_info",
            "used_columns",
        ):
            yield from _parts(below)


def _sort(below: Mapping[str, Any]) -> Node:
    key = str(below.get("sort_key", ""))
    sorts = below.get("using_filesort", True)
    warnings = ("The rows are sorted after they were read; an index in this order would avoid it.",) if sorts else ()
    return Node("Sorts", "sort", condition=key, warnings=warnings, children=tuple(_parts(below)))


def _table(found: Mapping[str, Any]) -> Node:
    access, rows = str(found.get("access_type", "")), found.get("rows") or found.get("rows_examined_per_scan")
    name, condition = str(found.get("table_name", "")), str(found.get("attached_condition", ""))
    warnings = []
    if access == "ALL" and (condition or (rows or 0) >= MANY):
        why = f" and compared with {condition}" if condition else ""
        warnings.append(f"Every row of {name} is read{why}: about {rows or 0:,}. No index is used.")
    below = {key: value for key, value in found.items() if isinstance(value, dict | list)}
    return Node(
        MYSQL_ACCESS.get(access, access or "Reads"),
        access,
        name,
        str(found.get("key", "")),
        condition,
        rows,
        float(found["cost"]) if "cost" in found else None,
        warnings=tuple(warnings),
        children=tuple(_parts(below)),
    )
