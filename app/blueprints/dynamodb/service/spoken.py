"""The same request in PartiQL, to be read beside its expressions."""

from collections.abc import Sequence
from typing import Any

from app.blueprints.dynamodb.service import expressions, paths, wire
from app.blueprints.dynamodb.service.asked import Asked, Condition, Group
from app.blueprints.dynamodb.service.paths import BadPath, Step
from app.blueprints.dynamodb.service.tables import Key, Table


def partiql(table: Table, asked: Asked) -> str:
    """Return the statement that reads the same; empty where a value has no literal in PartiQL (binary)."""
    try:
        keys = table.keys_of(asked.index)
        wanted = [_path(one) for one in paths.parse_list(asked.attributes)]
        text = f"SELECT {', '.join(wanted) or '*'}\nFROM {_name(table.name)}"
        text += f".{_name(asked.index)}" if asked.index else ""
        where = [*_key(keys, asked), *_filters(asked)]
        text += "\nWHERE " + "\n  AND ".join(where) if where else ""
        if asked.descending and asked.is_query and len(keys) > 1:
            text += f"\nORDER BY {_name(keys[1].name)} DESC"
    except (KeyError, BadPath, wire.Mistake, NoLiteral):
        return ""
    return text


class NoLiteral(ValueError):
    """A value cannot be written in a statement: it needs a parameter."""


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _path(steps: Sequence[Step]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in steps]
    return "".join(parts).removeprefix(".")


def literal(value: dict[str, Any]) -> str:
    """Return a value as PartiQL writes it. Raises NoLiteral for binary."""
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return "'" + str(inner).replace("'", "''") + "'"
    if kind == "N":
        return str(inner)
    if kind in ("BOOL", "NULL"):
        return "NULL" if kind == "NULL" else "TRUE" if inner else "FALSE"
    if kind == "L":
        return f"[{', '.join(literal(one) for one in inner)}]"
    if kind == "M":
        return "{" + ", ".join(f"{literal({'S': name})}: {literal(one)}" for name, one in inner.items()) + "}"
    if kind in ("SS", "NS"):
        return f"<<{', '.join(literal({kind[0]: one}) for one in inner)}>>"
    raise NoLiteral(kind)


def _key(keys: Sequence[Key], asked: Asked) -> list[str]:
    found = list[str]()
    if asked.is_query:
        found.append(f"{_name(keys[0].name)} = {literal(wire.from_cell(asked.partition, keys[0].type))}")
    if asked.sort and len(keys) > 1:
        name, low = _name(keys[1].name), literal(wire.from_cell(asked.sort, keys[1].type))
        if asked.compare == "between":
            found.append(f"{name} BETWEEN {low} AND {literal(wire.from_cell(asked.sort_upper, keys[1].type))}")
        elif asked.compare == "begins_with":
            found.append(f"begins_with({name}, {low})")
        else:
            found.append(f"{name} {asked.compare} {low}")
    return found


def _filters(asked: Asked) -> list[str]:
    groups = [_group(group) for group in asked.groups if group.conditions]
    if asked.join == "or" and len(groups) > 1:
        return [f"({' OR '.join(groups)})"]
    return groups


def _group(group: Group) -> str:
    sign = " OR " if group.match in ("any", "none") else " AND "
    joined = sign.join([_condition(one) for one in group.conditions])
    negated = group.match in ("not all", "none")
    return f"{'NOT ' if negated else ''}({joined})" if negated or len(group.conditions) > 1 else joined


def _condition(one: Condition) -> str:
    path, operator = _path(paths.parse(one.path)), one.operator
    if operator in ("exists", "not exists"):
        return f"{path} IS {'NOT ' if operator == 'exists' else ''}MISSING"
    if operator == "type":
        return f"attribute_type({path}, {literal({'S': one.value.strip()})})"
    if operator.startswith("size "):
        return f"size({path}) {operator.removeprefix('size ')} {literal(wire.from_cell(one.value, 'N'))}"
    if operator == "in":
        return f"{path} IN [{', '.join([literal(value) for value in expressions.values_of(one.value, one.type)])}]"
    value = literal(expressions.operand(one.value, one.type))
    if operator == "between":
        return f"{path} BETWEEN {value} AND {literal(expressions.operand(one.upper, one.type))}"
    if operator in ("contains", "not contains", "begins_with"):
        return f"{'NOT ' if operator.startswith('not') else ''}{operator.removeprefix('not ')}({path}, {value})"
    return f"{path} {operator} {value}"
