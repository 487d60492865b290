"""What a statement reads or touches, told before it is sent: a query, one item, or the whole table."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.blueprints.dynamodb.service.partiql.nodes import Node, Statement, conjuncts
from app.blueprints.dynamodb.service.tables import Table

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True)
class Plan:
    """How a statement is done: `kind` is item, query, scan, write or unknown.

    `missing` are the key attributes without an equality; `rest` what only filters; `keys` one node for each named key.
    """

    kind: str
    index: str = ""
    keys: tuple[tuple[str, Node], ...] = ()
    missing: tuple[str, ...] = ()
    rest: tuple[Node, ...] = ()
    sort: Node | None = None

    @property
    def scans(self) -> bool:
        """Whether everything is read."""
        return self.kind == "scan"


def turned(node: Node) -> Node:
    """Return 5 < a as a > 5."""
    if node.kind == "compare" and node.inner[0].kind != "path" and node.inner[1].kind == "path":
        return Node("compare", FLIPPED[node.name], (node.inner[1], node.inner[0]))
    return node


def is_value(node: Node) -> bool:
    """Whether a node is a value by itself, no attribute."""
    return all(one.kind in ("literal", "parameter", "list", "bag", "struct") for one in node.walk())


def equals(node: Node, name: str) -> tuple[Node, ...]:
    """Return the values to which a condition pins an attribute, none where it does not."""
    node = turned(node)
    if node.kind == "compare" and node.name == "=" and node.inner[0] == Node("path", (name,)):
        return node.inner[1:] if is_value(node.inner[1]) else ()
    if node.kind == "in" and node.inner[0] == Node("path", (name,)):
        return node.inner[1:] if all(map(is_value, node.inner[1:])) else ()
    if node.kind == "joined" and node.name == "OR":
        found = [equals(one, name) for one in node.inner]
        return tuple(value for values in found for value in values) if all(found) else ()
    return ()


def plan(statement: Statement, table: Table) -> Plan:
    """Return how DynamoDB will do a statement on its table; KeyError where there is no such index."""
    names = [key.name for key in table.keys_of(statement.index)]
    if statement.doubt is not None:
        return Plan("unknown", statement.index)
    if statement.verb == "INSERT":
        return Plan("write")
    if not statement.reads:
        return _change(statement, names)
    return _read(statement, names)


def _change(statement: Statement, names: Sequence[str]) -> Plan:
    keys, rest = _keys(conjuncts(statement.where), names)
    missing = tuple(name for name in names if name not in dict(keys))
    return Plan("write", "", keys, missing, rest)


def _keys(nodes: Sequence[Node], names: Sequence[str]) -> tuple[tuple[tuple[str, Node], ...], tuple[Node, ...]]:
    found: dict[str, Node] = {}
    rest = []
    for node in nodes:
        name = next((n for n in names if n not in found and node.kind == "compare" and equals(node, n)), None)
        if name is None:
            rest.append(node)
        else:
            found[name] = equals(node, name)[0]
    return tuple(found.items()), tuple(rest)


def _read(statement: Statement, names: Sequence[str]) -> Plan:
    nodes = conjuncts(statement.where)
    keys, rest = _keys(nodes, names)
    missing = tuple(name for name in names if name not in dict(keys))
    if not missing and not statement.index:
        return Plan("item", "", keys, (), rest)
    if names[0] in dict(keys):
        sort = next((node for node in rest if len(names) > 1 and _is_range(node, names[1])), None)
        left = tuple(node for node in rest if node is not sort)
        return Plan("query", statement.index, keys, missing, left, sort)
    if any(equals(node, names[0]) for node in nodes):
        return Plan("queries", statement.index, keys, missing, rest)
    return Plan("scan", statement.index, keys, missing, rest)


def _is_range(node: Node, name: str) -> bool:
    node = turned(node)
    if node.kind not in ("compare", "between", "function") or node.name in ("<>", "contains", "attribute_type"):
        return False
    if node.kind == "function" and node.name != "begins_with":
        return False
    return bool(node.inner) and node.inner[0] == Node("path", (name,)) and all(map(is_value, node.inner[1:]))
