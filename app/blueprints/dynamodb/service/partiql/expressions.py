"""The same request with expressions: GetItem, Query, Scan, PutItem, UpdateItem or DeleteItem instead of PartiQL."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.partiql.bound import NoExpression, Parameters, bound
from app.blueprints.dynamodb.service.partiql.nodes import Node, Parts, Statement
from app.blueprints.dynamodb.service.partiql.plans import Plan, plan, turned
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Value

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPES = {"BOOLEAN": "BOOL", "STRING": "S", "NUMBER": "N", "LIST": "L", "STRUCT": "M", "MAP": "M", "BLOB": "B"}
_FUNCTIONS = ("begins_with", "contains", "size", "attribute_type")


@dataclass(frozen=True)
class Expressed:
    """An operation and its parameters, as boto3's client takes them."""

    operation: str
    parameters: dict[str, Any]


class Words:
    """The placeholders of one request: #name for attributes, :name for values."""

    def __init__(self, given: Parameters):
        self.given = given
        self.names: dict[str, str] = {}
        self.values: dict[str, Value] = {}

    def path(self, parts: Parts) -> str:
        """Return a document path with a placeholder for every name."""
        written = [f"[{part}]" if isinstance(part, int) else f".{self._name(part)}" for part in parts]
        return "".join(written).removeprefix(".")

    def _name(self, name: str) -> str:
        for mark, known in self.names.items():
            if known == name:
                return mark
        mark = f"#{name}" if _PLAIN.fullmatch(name) else f"#n{len(self.names) + 1}"
        self.names[mark] = name
        return mark

    def value(self, node: Node, near: Parts = ()) -> str:
        """Return the placeholder of a value that is compared with an attribute."""
        return self.put(bound(node, self.given), near)

    def put(self, value: Value, near: Parts = ()) -> str:
        """Return the placeholder of a value in wire form."""
        base = str(near[-1]) if near and _PLAIN.fullmatch(str(near[-1])) else "value"
        mark, number = f":{base}", 2
        while mark in self.values:
            mark, number = f":{base}{number}", number + 1
        self.values[mark] = value
        return mark

    def fields(self) -> dict[str, Any]:
        """Return ExpressionAttributeNames and ExpressionAttributeValues, where there are any."""
        found: dict[str, dict[str, Any]] = {
            "ExpressionAttributeNames": dict(self.names),
            "ExpressionAttributeValues": dict(self.values),
        }
        return {name: content for name, content in found.items() if content}


def expressed(statement: Statement, table: Table, given: Parameters) -> Expressed:
    """Return a statement as an operation with expressions. Raises NoExpression where there is none."""
    how, words = plan(statement, table), Words(given)
    if how.kind == "unknown":
        raise NoExpression("a statement that could not be read here")
    if statement.verb == "INSERT":
        return _put(statement, table, words)
    if how.kind == "queries":
        raise NoExpression("IN or OR on a key: PartiQL runs one Query for each value, or BatchGetItem gets whole keys")
    if how.kind == "write":
        return _write(statement, how, words)
    return _read(statement, how, words)


def condition(node: Node, words: Words) -> str:
    """Return a condition as FilterExpression and ConditionExpression write it."""
    node = turned(node)
    if node.kind == "joined":
        return f" {node.name} ".join(_bracketed(one, words) for one in node.inner)
    if node.kind == "not":
        return f"NOT ({condition(node.inner[0], words)})"
    if node.kind == "compare":
        left, right = node.inner
        return f"{_operand(left, words)} {node.name} {_operand(right, words, _near(left))}"
    if node.kind == "between":
        left, low, high = node.inner
        near = _near(left)
        return f"{_operand(left, words)} BETWEEN {_operand(low, words, near)} AND {_operand(high, words, near)}"
    if node.kind == "in":
        return _in(node, words)
    return _is(node, words) if node.kind == "is" else _function(node, words)


def _bracketed(node: Node, words: Words) -> str:
    inner = condition(node, words)
    return f"({inner})" if node.kind == "joined" else inner


def _near(node: Node) -> Parts:
    while node.kind == "function" and node.inner:
        node = node.inner[0]
    return node.name if node.kind == "path" else ()


def _operand(node: Node, words: Words, near: Parts = ()) -> str:
    if node.kind == "path":
        return words.path(node.name)
    return _function(node, words) if node.kind == "function" else words.value(node, near)


def _in(node: Node, words: Words) -> str:
    left, *choices = node.inner
    near = _near(left)
    marks = [_operand(one, words, near) for one in choices]
    if len(choices) == 1 and "L" in (listed := words.values.get(marks[0], {})):
        del words.values[marks[0]]
        marks = [words.put(one, near) for one in listed["L"]]
    return f"{_operand(left, words)} IN ({', '.join(marks)})"


def _is(node: Node, words: Words) -> str:
    name = _operand(node.inner[0], words)
    if node.name == "MISSING":
        return f"attribute_not_exists({name})"
    return f"attribute_type({name}, {words.put({'S': _TYPES.get(node.name, node.name)}, ('type',))})"


def _function(node: Node, words: Words) -> str:
    if node.kind != "function" or node.name not in _FUNCTIONS:
        raise NoExpression(f"“{node.name or node.kind}” in a condition")
    near = _near(node)
    return f"{node.name}({', '.join(_operand(one, words, near) for one in node.inner)})"


def _all(nodes: Sequence[Node], words: Words) -> str:
    return " AND ".join(_bracketed(node, words) for node in nodes)


def _key(how: Plan, words: Words) -> dict[str, Value]:
    return {name: bound(node, words.given) for name, node in how.keys}


def _read(statement: Statement, how: Plan, words: Words) -> Expressed:
    fields: dict[str, Any] = {"TableName": statement.table}
    if how.kind == "item" and not how.rest:
        fields["Key"] = _key(how, words)
        return Expressed("GetItem", {**fields, **_projection(statement, words), **words.fields()})
    if statement.index:
        fields["IndexName"] = statement.index
    if how.kind in ("item", "query"):
        keys = [Node("compare", "=", (Node("path", (name,)), node)) for name, node in how.keys]
        fields["KeyConditionExpression"] = _all([*keys, *([how.sort] if how.sort else [])], words)
        if any(down for _, down in statement.order):
            fields["ScanIndexForward"] = False
    if how.rest:
        fields["FilterExpression"] = _all(how.rest, words)
    operation = "Scan" if how.scans else "Query"
    return Expressed(operation, {**fields, **_projection(statement, words), **words.fields()})


def _projection(statement: Statement, words: Words) -> dict[str, str]:
    if not statement.columns:
        return {}
    return {"ProjectionExpression": ", ".join(words.path(parts) for parts in statement.columns)}


def _put(statement: Statement, table: Table, words: Words) -> Expressed:
    value = bound(statement.value, words.given) if statement.value is not None else {}
    if "M" not in value:
        raise NoExpression("an item that is no map")
    fields = {"TableName": statement.table, "Item": value["M"]}
    fields["ConditionExpression"] = f"attribute_not_exists({words.path((table.keys[0].name,))})"
    return Expressed("PutItem", {**fields, **words.fields()})


def _write(statement: Statement, how: Plan, words: Words) -> Expressed:
    if how.missing:
        raise NoExpression("a change without the whole key")
    fields: dict[str, Any] = {"TableName": statement.table, "Key": _key(how, words)}
    if statement.verb == "UPDATE":
        fields["UpdateExpression"] = _update(statement, words)
        exists = f"attribute_exists({words.path((how.keys[0][0],))})"
        fields["ConditionExpression"] = " AND ".join([exists, *([_all(how.rest, words)] if how.rest else [])])
    elif how.rest:
        fields["ConditionExpression"] = _all(how.rest, words)
    if statement.returning:
        kept = "_".join(statement.returning.replace("*", "").replace("MODIFIED", "UPDATED").split())
        fields["ReturnValues"] = kept
    return Expressed("UpdateItem" if statement.verb == "UPDATE" else "DeleteItem", {**fields, **words.fields()})


def _update(statement: Statement, words: Words) -> str:
    parts = []
    sets = [(target, node) for target, node in statement.sets if not _set_function(node)]
    if sets:
        parts.append(
            "SET " + ", ".join(f"{words.path(target)} = {_assigned(node, target, words)}" for target, node in sets)
        )
    for target, node in statement.sets:
        if word := _set_function(node):
            parts.append(f"{word} {words.path(target)} {words.value(node.inner[1], target)}")
    if statement.removes:
        parts.append("REMOVE " + ", ".join(words.path(target) for target in statement.removes))
    return " ".join(parts)


def _set_function(node: Node) -> str:
    is_set = node.kind == "function" and node.name in ("set_add", "set_delete") and len(node.inner) == 2
    return {"set_add": "ADD", "set_delete": "DELETE"}[node.name] if is_set else ""


def _assigned(node: Node, target: Parts, words: Words) -> str:
    if node.kind == "arithmetic":
        left, right = node.inner
        return f"{_assigned(left, target, words)} {node.name} {_assigned(right, target, words)}"
    if node.kind == "function" and node.name in ("list_append", "if_not_exists"):
        return f"{node.name}({', '.join(_assigned(one, target, words) for one in node.inner)})"
    return _operand(node, words, target)
