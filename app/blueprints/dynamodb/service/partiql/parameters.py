"""The fields of `?` parameters: `p.<n>` the text, `t.<n>` its type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.blueprints.dynamodb.service.partiql.nodes import Node, Statement
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Mistake, Value, from_cell

TYPES = {
    "S": "String",
    "N": "Number",
    "BOOL": "Boolean",
    "NULL": "Null",
    "B": "Binary (base64)",
    "JSON": "JSON",
    "DYNAMODB": "DynamoDB JSON",
}


@dataclass(frozen=True)
class Parameter:
    """One field: its number from 1, its text and type, whether it was filled in, what it is compared with."""

    number: int
    text: str
    type: str
    given: bool
    near: str = ""
    error: str = ""


def of(found: Sequence[Statement], tables: Mapping[str, Table], fields: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Return the parameters of statements with what the fields say; a key's type is known, all else is a string."""
    made = []
    for statement in found:
        near = _near(statement)
        types = _key_types(tables.get(statement.table), statement.index)
        for number in statement.parameters:
            name = near.get(number, "")
            kind = fields.get(f"t.{number}", "")
            kind = kind if kind in TYPES else types.get(name, "S")
            given = f"p.{number}" in fields
            made.append(Parameter(number, fields.get(f"p.{number}", ""), kind, given, name))
    return tuple(made)


def values(found: Sequence[Parameter]) -> dict[int, Value]:
    """Return what is bound, by number. Raises Mistake for a text that is not of its type."""
    return {one.number: value(one) for one in found if one.given}


def value(one: Parameter) -> Value:
    """Return one parameter's value. Raises Mistake."""
    if one.type == "NULL":
        return {"NULL": True}
    try:
        return from_cell(one.text, one.type)
    except Mistake as error:
        raise Mistake(f"Parameter {one.number}: {error.message}") from None


def _key_types(table: Table | None, index: str) -> dict[str, str]:
    if table is None:
        return {}
    keys = list(table.keys) + [key for one in table.indexes if one.name == index for key in one.keys]
    return {key.name: key.type for key in keys}


def _near(statement: Statement) -> dict[int, str]:
    """Return the attribute that each parameter is compared with or assigned to, by number."""
    found: dict[int, str] = {}
    for node in statement.where.walk() if statement.where is not None else ():
        name = next((str(one.name[-1]) for one in node.inner if one.kind == "path"), "")
        found.update({one.name: name for one in node.inner if one.kind == "parameter" and name})
    for target, node in statement.sets:
        found.update({one.name: str(target[-1]) for one in node.walk() if one.kind == "parameter"})
    found.update(_entries(statement.value))
    return found


def _entries(value: Node | None) -> dict[int, str]:
    if value is None or value.kind != "struct":
        return {}
    pairs = zip(value.inner[::2], value.inner[1::2], strict=True)
    return {one.name: name.name["S"] for name, one in pairs if one.kind == "parameter"}
