"""Plans of MySQL and MariaDB, read: the two differ in their words and nest alike."""

from typing import Any

from app.sql.plan import Node, misjudged

ACCESS = {
    "ALL": "Reads the whole table",
    "index": "Reads a whole index",
    "range": "Reads a range of an index",
    "ref": "Looks rows up by an index",
    "eq_ref": "Looks one row up by a unique index",
    "const": "Looks one row up by its key",
    "system": "Reads a table of one row",
    "fulltext": "Searches a full-text index",
    "index_merge": "Combines several indexes",
    "ref_or_null": "Looks rows up by an index, NULLs too",
    "unique_subquery": "Looks one row up by a unique index",
    "index_subquery": "Looks rows up by an index",
}
STEPS = {
    "query_block": "Query",
    "filesort": "Sorts",
    "ordering_operation": "Sorts",
    "grouping_operation": "Groups",
    "duplicates_removal": "Removes doubles",
    "temporary_table": "Keeps an intermediate table",
    "union_result": "Puts results together",
    "materialized": "Keeps a subquery's rows",
    "materialized_from_subquery": "Keeps a subquery's rows",
    "block-nl-join": "Compares blocks of rows",
    "window_functions_computation": "Computes windows",
    "windowing": "Computes windows",
    "having_subqueries": "Subqueries",
    "subqueries": "Subqueries",
    "expression_cache": "Remembers a subquery's answers",
    "insert_from": "Inserts what it reads",
}
MUCH = 1000  # rows


def mysql_tree(raw: Any) -> Node:
    """Return the tree of EXPLAIN FORMAT=JSON or ANALYZE FORMAT=JSON."""
    return _step("query_block", raw["query_block"])


def _step(name: str, plan: dict[str, Any]) -> Node:
    cost = plan.get("cost", plan.get("cost_info", {}).get("query_cost"))
    spent = plan.get("r_total_time_ms")
    condition = str(plan.get("sort_key", plan.get("message", "")))
    return Node(
        STEPS.get(name, name),
        condition=condition,
        cost=_number(cost),
        milliseconds=_number(spent),
        actual=_number(plan.get("r_output_rows")),
        warnings=_warnings(name, plan),
        children=_below(plan, name == "block-nl-join"),
    )


def _warnings(name: str, plan: dict[str, Any]) -> tuple[str, ...]:
    if name == "filesort" and int(plan.get("r_sort_passes", 0) or 0) > 0:
        return ("The sort did not fit into memory and used the disk.",)
    if name == "filesort" or (name == "ordering_operation" and plan.get("using_filesort")):
        return ("No index gives this order: all rows are sorted first.",)
    if name == "temporary_table" or plan.get("using_temporary_table"):
        return ("An intermediate table is built before the first row is given.",)
    return ()


def _below(plan: dict[str, Any], inner: bool = False) -> tuple[Node, ...]:
    found: list[Node] = []
    for name, value in plan.items():
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, dict):
                continue
            if name == "table":
                found.append(_table(each, inner))
            elif name in STEPS:
                found.append(_step(name, each))
            elif name in ("nested_loop", "query_specifications"):
                found += _below(each, inner)
    return tuple(found)


def _table(plan: dict[str, Any], inner: bool) -> Node:
    table, access = str(plan.get("table_name", "")), str(plan.get("access_type", ""))
    loops = _number(plan.get("r_loops"))
    inner = inner or "using_join_buffer" in plan or (loops or 1) > 1
    estimated = _number(plan.get("rows", plan.get("rows_examined_per_scan")))
    actual = _number(plan.get("r_rows"))
    condition = str(plan.get("attached_condition", ""))
    warnings = _scan(table, access, condition, estimated, inner) + misjudged(table, estimated, actual)
    return Node(
        ACCESS.get(access, str(plan.get("message", access or "Reads"))),
        table,
        str(plan.get("key", "")),
        condition,
        estimated,
        None if actual is None else actual * (loops or 1),
        _number(plan.get("cost", plan.get("cost_info", {}).get("prefix_cost"))),
        _number(plan.get("r_total_time_ms", plan.get("r_table_time_ms"))),
        warnings,
        _below(plan),
    )


def _scan(table: str, access: str, condition: str, rows: float | None, inner: bool) -> tuple[str, ...]:
    if access not in ("ALL", "index") or (rows or 0) < MUCH:
        return ()
    if inner:
        return (f"The whole of {table} is read again for rows of the other side: index the joined column.",)
    return (f"Every row of {table} is read to find those where {condition}: no index fits.",) if condition else ()


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
