"""PostgreSQL's plans, read."""

from typing import Any

from app.sql.plan import Node, misjudged

WORDS = {
    "Seq Scan": "Reads the whole table",
    "Index Scan": "Looks rows up by an index",
    "Index Only Scan": "Answers from the index alone",
    "Bitmap Heap Scan": "Reads the rows that an index marked",
    "Bitmap Index Scan": "Marks rows by an index",
    "Sort": "Sorts",
    "Incremental Sort": "Sorts what is partly sorted",
    "Limit": "Stops after some rows",
    "Aggregate": "Counts or sums up",
    "Nested Loop": "For each row of the first, looks into the second",
    "Hash Join": "Joins by a table of keys in memory",
    "Merge Join": "Joins two sorted inputs",
    "Hash": "Keeps keys in memory",
    "Function Scan": "Calls a function for rows",
    "Result": "Computes values",
    "ModifyTable": "Changes the table",
    "Gather": "Collects from several processes",
    "Gather Merge": "Collects sorted rows from several processes",
}
CONDITIONS = ("Index Cond", "Filter", "Hash Cond", "Merge Cond", "Join Filter", "Recheck Cond")
MUCH = 250.0  # cost from which reading a whole table is worth a word


def postgres_tree(raw: Any) -> Node:
    """Return the tree of EXPLAIN (FORMAT JSON)."""
    return _node(raw[0]["Plan"], inner=False)


def _node(plan: dict[str, Any], inner: bool) -> Node:
    kind = str(plan["Node Type"])
    loops = plan.get("Actual Loops")
    actual = None if loops is None else float(plan["Actual Rows"]) * loops
    estimated = float(plan["Plan Rows"]) * (loops or 1)
    conditions = [f"{name}: {plan[name]}" for name in CONDITIONS if name in plan]
    if "Sort Key" in plan:
        conditions.append("Sort Key: " + ", ".join(plan["Sort Key"]))
    children = plan.get("Plans", [])
    table = str(plan.get("Relation Name", plan.get("CTE Name", "")))
    time = None if loops is None else float(plan["Actual Total Time"]) * loops
    return Node(
        WORDS.get(kind, kind),
        table,
        str(plan.get("Index Name", "")),
        "; ".join(conditions),
        estimated,
        actual,
        float(plan["Total Cost"]),
        time,
        _warnings(plan, kind, table, inner) + misjudged(table, estimated, actual),
        tuple(_node(child, kind == "Nested Loop" and place == 1) for place, child in enumerate(children)),
    )


def _warnings(plan: dict[str, Any], kind: str, table: str, inner: bool) -> tuple[str, ...]:
    found = []
    much = float(plan["Total Cost"]) > MUCH or float(plan.get("Rows Removed by Filter", 0)) > 1000
    if kind == "Seq Scan" and inner and much:
        found.append(f"The whole of {table} is read again for every row of the other side: index the joined column.")
    elif kind == "Seq Scan" and "Filter" in plan and much:
        found.append(f"Every row of {table} is read to find those where {plan['Filter']}: no index fits.")
    if plan.get("Sort Space Type") == "Disk":
        found.append("The sort did not fit into memory and used the disk: sort fewer rows, or raise work_mem.")
    if int(plan.get("Hash Batches", 1)) > 1:
        found.append("The keys did not fit into memory and went to disk in parts.")
    return tuple(found)
