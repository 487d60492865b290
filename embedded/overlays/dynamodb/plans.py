"""How a SELECT is read: which keys it names, and so whether it is queries or a scan of everything."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.nodes import (
    Between,
    Call,
    Compare,
    In,
    Joined,
    Node,
    Not,
    Path,
    Select,
    Value,
    conjuncts,
)
from embedded.overlays.dynamodb.tables import Index

MOST_KEYS = 50
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True)
class Plan:
    """Key conditions, one for each query (none: a scan), and the conditions that only filter."""

    keys: tuple[tuple[Node, ...], ...]
    filters: tuple[Node, ...]
    descending: bool = False

    @property
    def scans(self) -> bool:
        """Whether the whole table is read."""
        return not self.keys

    def names_one(self, index: Index) -> bool:
        """Whether one item of the table is named by its whole key."""
        if index.name or len(self.keys) != 1:
            return False
        named = [node for node in self.keys[0] if isinstance(node, Compare) and node.operator == "="]
        return len(named) == len(index.keys)


def plan(select: Select, index: Index) -> Plan:
    """Return how to read; ORDER BY is refused where DynamoDB refuses it."""
    _refuse_overlap(select.where, index)
    rest = [_turned(node) for node in conjuncts(select.where)]
    found = next(((node, values) for node in rest if (values := _equals(node, index.hash))), None)
    if found is None:
        _order(select, index, [])
        return Plan((), tuple(rest))
    rest.remove(found[0])
    hashes = _distinct(found[1])
    if len(hashes) > MOST_KEYS:
        raise Fault("Too many decomposed read operations for a given query.")
    descending = _order(select, index, hashes)
    ranges, rest = _range(rest, index.range)
    keys = [(Compare("=", Path((index.hash,)), one), *more) for one in hashes for more in ranges]
    return Plan(tuple(keys), tuple(rest), descending)


def _turned(node: Node) -> Node:
    """Return 5 < a as a > 5."""
    if isinstance(node, Compare) and isinstance(node.left, Value) and isinstance(node.right, Path):
        return Compare(_FLIPPED[node.operator], node.right, node.left)
    return node


def is_on(node: Node, name: str) -> bool:
    """Whether this is the attribute itself."""
    return bool(name) and isinstance(node, Path) and node.parts == (name,)


def _equals(node: Node, name: str) -> list[Value]:
    """Return the values that a condition pins the attribute to, none when it does not."""
    if isinstance(node, Compare) and node.operator == "=" and is_on(node.left, name):
        return [node.right] if isinstance(node.right, Value) else []
    if isinstance(node, In) and is_on(node.value, name):
        values = [one for one in node.choices if isinstance(one, Value)]
        return values if len(values) == len(node.choices) else []
    if isinstance(node, Joined) and node.word == "OR":
        found = [_equals(_turned(one), name) for one in node.nodes]
        return [value for values in found for value in values] if all(found) else []
    return []


def _distinct(values: list[Value]) -> list[Value]:
    return [one for at, one in enumerate(values) if one not in values[:at]]


def _range(rest: list[Node], name: str) -> tuple[list[tuple[Node, ...]], list[Node]]:
    """Return the sort key's conditions, one for each query, and what is left."""
    for node in rest:
        left = [one for one in rest if one is not node]
        if isinstance(node, (In, Joined)) and (values := _equals(node, name)):
            return [(Compare("=", Path((name,)), one),) for one in _distinct(values)], left
        if _is_range(node, name):
            return [(node,)], left
    return [()], rest


def _is_range(node: Node, name: str) -> bool:
    """Whether a query may have this as the condition on its sort key."""
    if isinstance(node, Compare):
        return node.operator != "<>" and is_on(node.left, name) and isinstance(node.right, Value)
    if isinstance(node, Between):
        return is_on(node.value, name) and isinstance(node.low, Value) and isinstance(node.high, Value)
    if isinstance(node, Call) and node.name == "begins_with" and len(node.arguments) == 2:
        return is_on(node.arguments[0], name) and isinstance(node.arguments[1], Value)
    return False


def _order(select: Select, index: Index, hashes: list[Value]) -> bool:
    """Put the queries in the order asked for; return whether each is read backwards."""
    if not select.order:
        return False
    if select.where is None:
        raise Fault("Must have WHERE clause in the statement when using ORDER BY clause.")
    for name, _ in select.order:
        if name not in index.keys:
            raise Fault(f"Attribute {name} in ORDER BY clause must be part of the primary key")
    if not hashes:
        raise Fault(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )
    directions = dict(reversed(select.order))
    if len(hashes) > 1:
        if index.hash not in directions:
            sentence = "Must have hash key in ORDER BY clause when more than one hash key condition specified in"
            raise Fault(f"{sentence} WHERE clause.")
        hashes.sort(key=_sortable, reverse=directions[index.hash])
    return directions.get(index.range, False)


def _sortable(value: Value) -> Any:
    kind, content = next(iter(value.value.items()))
    return Decimal(content) if kind == "N" else base64.b64decode(content) if kind == "B" else str(content).encode()


def names_in(node: Node) -> Iterator[str]:
    """Yield the attributes that a condition looks at."""
    if isinstance(node, Path):
        yield str(node.parts[0])
    for part in vars(node).values():
        for one in part if isinstance(part, tuple) else (part,):
            if hasattr(one, "__dataclass_fields__"):
                yield from names_in(one)


def _refuse_overlap(where: Node | None, index: Index) -> None:
    """Refuse an OR of which one side bounds the sort key and another filters something else."""
    if not isinstance(where, Joined) or where.word != "OR" or not index.range:
        return
    sides = [[_turned(one) for one in conjuncts(node)] for node in where.nodes]
    bound = [any(_is_range(one, index.range) or bool(_equals(one, index.range)) for one in side) for side in sides]
    keys = set(index.keys)
    loose = [not had and any(set(names_in(one)) - keys for one in side) for had, side in zip(bound, sides, strict=True)]
    if any(bound) and any(loose):
        raise Fault("Overlapping conditions with range keys are not supported in where clause")


def key_of(where: Node | None, index: Index) -> tuple[dict[str, Any], list[Node]]:
    """Return the one key that a WHERE names and its other conditions; a Fault where it names none."""
    key: dict[str, Any] = {}
    rest: list[Node] = []
    for node in (_turned(one) for one in conjuncts(where)):
        name = next((name for name in index.keys if name not in key and _pins(node, name)), None)
        if name is None:
            rest.append(node)
        else:
            key[name] = _equals(node, name)[0].value
    if len(key) < len(index.keys):
        raise Fault("Where clause does not contain a mandatory equality on all key attributes")
    return key, rest


def _pins(node: Node, name: str) -> bool:
    return not isinstance(node, (Not, Joined, In)) and bool(_equals(node, name))
