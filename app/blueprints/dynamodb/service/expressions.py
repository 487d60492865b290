"""Conditions as DynamoDB's expressions: every name and value through a placeholder, so that no name is a problem.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.blueprints.dynamodb.service import paths, wire
from app.blueprints.dynamodb.service.asked import ANY_TYPE, BY_TYPE, SIZED, Asked, Condition, Group, Wrong
from app.blueprints.dynamodb.service.paths import BadPath, Step
from app.blueprints.dynamodb.service.tables import Key, Table

MOST_IN = 100  # values beside IN
_SIMPLE = ("=", "<>", "<", "<=", ">", ">=")
_JOINS = {"all": ("AND", ""), "any": ("OR", ""), "not all": ("AND", "NOT "), "none": ("OR", "NOT ")}


@dataclass
class Words:
    """The placeholders of a request: each name and each value once."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """Return the placeholder of a name."""
        known = next((word for word, one in self.names.items() if one == name), None)
        word = known or f"#n{len(self.names)}"
        self.names[word] = name
        return word

    def path(self, steps: Sequence[Step]) -> str:
        """Return a path of placeholders."""
        parts = [f"[{step}]" if isinstance(step, int) else f".{self.name(step)}" for step in steps]
        return "".join(parts).removeprefix(".")

    def value(self, value: dict[str, Any]) -> str:
        """Return the placeholder of a value."""
        word = f":v{len(self.values)}"
        self.values[word] = value
        return word

    def parameters(self) -> dict[str, Any]:
        """Return the parameters that explain the placeholders."""
        found: dict[str, Any] = {"ExpressionAttributeNames": self.names, "ExpressionAttributeValues": self.values}
        return {name: words for name, words in found.items() if words}


def request(table: Table, asked: Asked) -> dict[str, Any]:
    """Return the parameters of the Query or Scan that was asked for. Raises Wrong for what cannot be asked."""
    words, faults = Words(), dict(asked.faults)
    found: dict[str, Any] = {"TableName": table.name, "Limit": asked.limit}
    if asked.index:
        found["IndexName"] = asked.index
    try:
        keys = table.keys_of(asked.index)
    except KeyError:
        raise Wrong({"index": f"There is no index {asked.index} on this table."}) from None
    parts = [_key_condition(keys, asked, words, faults), _filter(keys, asked, words, faults)]
    for name, text in zip(("KeyConditionExpression", "FilterExpression"), parts, strict=True):
        if text:
            found[name] = text
    found |= _reading(table, asked, words, faults)
    if faults:
        raise Wrong(faults)
    return found | words.parameters()


def _reading(table: Table, asked: Asked, words: Words, faults: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if asked.attributes.strip():
        try:
            found["ProjectionExpression"] = _projection(table, asked, words)
        except BadPath as error:
            faults["attributes"] = str(error)
    if asked.descending and asked.is_query:
        found["ScanIndexForward"] = False
    index = table.index(asked.index)
    if asked.consistent and index is not None and index.kind == "GSI":
        faults["consistent"] = "A global index is always eventually consistent: AWS refuses consistent reads of it."
    elif asked.consistent:
        found["ConsistentRead"] = True
    return found


def _projection(table: Table, asked: Asked, words: Words) -> str:
    """Return what to read: what was asked for, and the key, without which no item could be opened."""
    wanted = paths.parse_list(asked.attributes)
    keys = [(key.name,) for key in (*table.keys, *table.keys_of(asked.index))]
    found = dict.fromkeys([*keys, *wanted])
    for one in found:
        if any(one[: len(other)] == other for other in found if other != one):
            raise BadPath(
                f"{paths.written(one)} lies inside another attribute of the list: AWS refuses paths that overlap."
            )
    return ", ".join([words.path(one) for one in found])


def _key_condition(keys: Sequence[Key], asked: Asked, words: Words, faults: dict[str, str]) -> str:
    if not asked.is_query:
        return ""
    parts = [f"{words.name(keys[0].name)} = {words.value(_typed('pk', asked.partition, keys[0].type, faults))}"]
    if asked.sort and len(keys) > 1:
        parts.append(_compared(keys[1], asked, words, faults))
    return " AND ".join(parts)


def _compared(key: Key, asked: Asked, words: Words, faults: dict[str, str]) -> str:
    name, low = words.name(key.name), words.value(_typed("sk", asked.sort, key.type, faults))
    if asked.compare == "between":
        if not asked.sort_upper:
            faults["sk2"] = "Say where the range ends."
        high = words.value(_typed("sk2", asked.sort_upper, key.type, faults)) if asked.sort_upper else low
        return f"{name} BETWEEN {low} AND {high}"
    if asked.compare == "begins_with":
        if key.type == "N":
            faults["op"] = "A number does not begin with another: compare it, or give a range."
        return f"begins_with({name}, {low})"
    return f"{name} {asked.compare} {low}"


def _typed(name: str, text: str, kind: str, faults: dict[str, str]) -> dict[str, Any]:
    try:
        return wire.from_cell(text, kind)
    except wire.Mistake as error:
        faults[name] = error.message
        return {"S": ""}


def _filter(keys: Sequence[Key], asked: Asked, words: Words, faults: dict[str, str]) -> str:
    parts, at = list[str](), 0
    if asked.sort and not asked.is_query and len(keys) > 1:
        parts.append(_compared(keys[1], asked, words, faults))
    groups = list[str]()
    for group in asked.groups:
        text = _group(group, at, keys if asked.is_query else (), words, faults)
        at += len(group.conditions)
        if text:
            groups.append(text)
    if groups:
        joined = f" {asked.join.upper()} ".join(groups)
        parts.append(f"({joined})" if parts and len(groups) > 1 and asked.join == "or" else joined)
    return " AND ".join(parts)


def _group(group: Group, at: int, keys: Sequence[Key], words: Words, faults: dict[str, str]) -> str:
    sign, negation = _JOINS[group.match]
    texts = [_condition(one, f"f{at + place}", keys, words, faults) for place, one in enumerate(group.conditions)]
    if not texts:
        return ""
    joined = f" {sign} ".join(texts)
    return f"{negation}({joined})" if negation or len(texts) > 1 else joined


def _condition(one: Condition, name: str, keys: Sequence[Key], words: Words, faults: dict[str, str]) -> str:
    try:
        steps = paths.parse(one.path)
    except BadPath as error:
        faults[name] = str(error)
        return ""
    if steps[0] in [key.name for key in keys]:
        faults[name] = f"{steps[0]} is of the key: a Query takes it as a key condition only, never in a filter."
    if one.operator not in (*ANY_TYPE, *BY_TYPE[one.type]):
        faults[name] = f"“{one.operator}” does not go with a value of this type."
        return ""
    try:
        return _WRITERS.get(one.operator, _simple)(words.path(steps), one, words)
    except wire.Mistake as error:
        faults[name] = error.message
        return ""


def operand(text: str, kind: str) -> dict[str, Any]:
    """Return the value that was typed beside an operator. Raises wire.Mistake."""
    return {"NULL": True} if kind == "NULL" else wire.from_cell(text, kind)


def _simple(path: str, one: Condition, words: Words) -> str:
    return f"{path} {one.operator} {words.value(operand(one.value, one.type))}"


def _between(path: str, one: Condition, words: Words) -> str:
    if not one.upper and one.type != "S":
        raise wire.Mistake("Say where the range ends.")
    low, high = words.value(operand(one.value, one.type)), words.value(operand(one.upper, one.type))
    return f"{path} BETWEEN {low} AND {high}"


def values_of(text: str, kind: str) -> list[dict[str, Any]]:
    """Return the values of a list: JSON in brackets, else separated by commas. Raises wire.Mistake."""
    if kind == "JSON" or text.lstrip().startswith("["):
        found: list[dict[str, Any]] = wire.plain_value(text).get("L", [])
        if kind == "B":
            found = [wire.from_cell(one.get("S", ""), "B") for one in found]
    else:
        found = [operand(part.strip(), kind) for part in text.split(",") if part.strip()]
    if not found:
        raise wire.Mistake("Give the values, separated by commas, or as a JSON list.")
    if len(found) > MOST_IN:
        raise wire.Mistake(f"{len(found)} values: AWS takes at most {MOST_IN}.")
    return found


def _in(path: str, one: Condition, words: Words) -> str:
    return f"{path} IN ({', '.join([words.value(value) for value in values_of(one.value, one.type)])})"


def _function(name: str, negated: bool = False) -> Callable[[str, Condition, Words], str]:
    def write(path: str, one: Condition, words: Words) -> str:
        text = f"{name}({path}, {words.value(operand(one.value, one.type))})"
        return f"NOT {text}" if negated else text

    return write


def _type(path: str, one: Condition, words: Words) -> str:
    if one.value.strip() not in wire.TYPES:
        raise wire.Mistake(f"A type is one of {', '.join(wire.TYPES)}.")
    return f"attribute_type({path}, {words.value({'S': one.value.strip()})})"


def _size(path: str, one: Condition, words: Words) -> str:
    return f"size({path}) {one.operator.removeprefix('size ')} {words.value(wire.from_cell(one.value, 'N'))}"


_WRITERS: dict[str, Callable[[str, Condition, Words], str]] = {
    "between": _between,
    "in": _in,
    "begins_with": _function("begins_with"),
    "contains": _function("contains"),
    "not contains": _function("contains", negated=True),
    "exists": lambda path, one, words: f"attribute_exists({path})",  # noqa: ARG005 no value stands beside it
    "not exists": lambda path, one, words: f"attribute_not_exists({path})",  # noqa: ARG005
    "type": _type,
    **dict.fromkeys(SIZED, _size),
}


def shown(parameters: dict[str, Any]) -> str:
    """Return a request's parameters as JSON that a person can read."""
    return json.dumps(parameters, indent=2, ensure_ascii=False, default=wire.base64_of)
