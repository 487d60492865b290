"""INSERT, UPDATE and DELETE: done as PutItem, UpdateItem and DeleteItem, with their checks and their streams."""

from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.expressions import Expressions, all_of
from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.nodes import Call, Delete, Insert, Path, Update
from embedded.overlays.dynamodb.plans import key_of
from embedded.overlays.dynamodb.tables import Table, call, table_of
from embedded.request import Request

CONDITION = "ConditionalCheckFailedException"
DUPLICATE = "DuplicateItemException"
DUPLICATE_SAID = "Duplicate primary key exists in table"
_RETURNED = {
    "ALL OLD *": "ALL_OLD",
    "ALL NEW *": "ALL_NEW",
    "MODIFIED OLD *": "UPDATED_OLD",
    "MODIFIED NEW *": "UPDATED_NEW",
}
Write = Insert | Update | Delete
OPERATIONS: dict[type, str] = {Insert: "PutItem", Update: "UpdateItem", Delete: "DeleteItem"}


async def write(request: Request, forward: Below, statement: Write, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer a statement that changes one item."""
    if asked.get("NextToken") is not None:
        raise Fault("NextToken does not match request")
    table = await table_of(forward, request, statement.table)
    fields = fields_of(statement, table)
    if returning := getattr(statement, "returning", ""):
        fields["ReturnValues"] = _RETURNED[returning]
    for name in ("ReturnConsumedCapacity", "ReturnValuesOnConditionCheckFailure"):
        if asked.get(name):
            fields[name] = asked[name]
    if isinstance(statement, Delete):
        fields["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    try:
        answer = await call(forward, request, OPERATIONS[type(statement)], fields)
    except Fault as fault:
        answer = _failed(statement, fault, asked)
    found: dict[str, Any] = {"Items": [answer["Attributes"]] if answer.get("Attributes") else []}
    if "ConsumedCapacity" in answer:
        found["ConsumedCapacity"] = answer["ConsumedCapacity"]
    return found


def _failed(statement: Write, fault: Fault, asked: dict[str, Any]) -> dict[str, Any]:
    """Say a failed condition as PartiQL says it."""
    if fault.code != CONDITION:
        raise fault
    if isinstance(statement, Insert):
        raise Fault(DUPLICATE_SAID, DUPLICATE)
    if isinstance(statement, Delete):
        if "Item" not in fault.fields:
            # There was nothing to delete, which is no error.
            return {}
        if asked.get("ReturnValuesOnConditionCheckFailure") != "ALL_OLD":
            raise Fault(fault.message, fault.code)
    raise fault


def fields_of(statement: Write, table: Table) -> dict[str, Any]:
    """Return a write as the fields of PutItem, UpdateItem or DeleteItem."""
    expressions = Expressions()
    keys = table.base.keys
    if isinstance(statement, Insert):
        condition = f"attribute_not_exists({expressions.path((keys[0],))})"
        made: dict[str, Any] = {"TableName": table.name, "Item": statement.item, "ConditionExpression": condition}
        return {**made, **expressions.fields()}
    key, rest = key_of(statement.where, table.base)
    fields: dict[str, Any] = {"TableName": table.name, "Key": key}
    if isinstance(statement, Update):
        fields["UpdateExpression"] = expressions.update(statement)
        # An UPDATE makes no new item.
        rest.insert(0, Call("attribute_exists", (Path((keys[0],)),), ""))
    if (condition_node := all_of(rest)) is not None:
        fields["ConditionExpression"] = expressions.condition(condition_node)
    return {**fields, **expressions.fields()}
