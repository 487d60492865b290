"""Several PartiQL statements: a batch, of which each succeeds or fails alone, or a transaction."""

from collections.abc import Callable, Coroutine
from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.expressions import Expressions, all_of
from embedded.overlays.dynamodb.faults import VALIDATION, Fault
from embedded.overlays.dynamodb.nodes import Exists, Insert, Select, Statement, Update
from embedded.overlays.dynamodb.plans import key_of
from embedded.overlays.dynamodb.reads import add_capacity, project
from embedded.overlays.dynamodb.tables import Table, call, table_of
from embedded.overlays.dynamodb.writes import CONDITION, DUPLICATE_SAID, fields_of
from embedded.request import Request

MOST_IN_BATCH, MOST_IN_TRANSACTION = 25, 100
_MEMBERS = "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have length {} {}"
_MIXED = (
    "The entire batch must consist of either read statements or write statements, you cannot mix both in one batch."
)
_CANCELLED = "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]"
Read = Callable[[dict[str, Any]], Coroutine[Any, Any, Statement]]
Run = Callable[[Statement, dict[str, Any]], Coroutine[Any, Any, dict[str, Any]]]


def members(asked: dict[str, Any], name: str, most: int) -> list[dict[str, Any]]:
    """Return the statements, at least one and at most so many."""
    given: list[dict[str, Any]] = asked.get(name) or []
    shown = name[0].lower() + name[1:]
    if not given:
        raise Fault(_MEMBERS.format(shown, "greater than or equal to", 1))
    if len(given) > most:
        raise Fault(_MEMBERS.format(shown, "less than or equal to", most))
    return given


async def batch(request: Request, forward: Below, asked: dict[str, Any], read: Read, run: Run) -> dict[str, Any]:
    """Answer BatchExecuteStatement."""
    given = members(asked, "Statements", MOST_IN_BATCH)
    parsed = [await _tried(read, one) for one in given]
    kinds = {isinstance(one, Select) for one in parsed if not isinstance(one, Fault)}
    if len(kinds) > 1:
        raise Fault(_MIXED)
    responses: list[dict[str, Any]] = []
    capacity: dict[str, dict[str, Any]] = {}
    for one, statement in zip(given, parsed, strict=True):
        if isinstance(statement, Fault):
            responses.append({"Error": _error(statement)})
            continue
        own = {**one, "ReturnConsumedCapacity": asked.get("ReturnConsumedCapacity")}
        try:
            await _refuse_in_batch(request, forward, statement)
            answer = await run(statement, own)
        except Fault as fault:
            responses.append({"Error": _error(fault), **_named(statement, fault)})
            continue
        add_capacity(capacity.setdefault(statement.table, {}), answer.get("ConsumedCapacity", {}))
        items = answer["Items"]
        responses.append({"TableName": statement.table, **({"Item": items[0]} if items else {})})
    found: dict[str, Any] = {"Responses": responses}
    if asked.get("ReturnConsumedCapacity", "NONE") != "NONE":
        found["ConsumedCapacity"] = [one for one in capacity.values() if one]
    return found


async def _tried(read: Read, one: dict[str, Any]) -> Statement | Fault:
    try:
        return await read(one)
    except Fault as fault:
        return fault


async def _refuse_in_batch(request: Request, forward: Below, statement: Statement) -> None:
    if isinstance(statement, Exists):
        raise Fault("EXISTS can only be used in ExecuteTransaction write requests.")
    if isinstance(statement, Select):
        table = await table_of(forward, request, statement.table)
        try:
            if statement.index:
                raise Fault("")
            key_of(statement.where, table.base)
        except Fault:
            raise Fault(
                "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
            ) from None


def _error(fault: Fault) -> dict[str, Any]:
    code = "ValidationError" if fault.code == VALIDATION else fault.code.removesuffix("Exception")
    item = {"Item": fault.fields["Item"]} if "Item" in fault.fields else {}
    return {"Code": code, "Message": fault.message, **item}


def _named(statement: Statement, fault: Fault) -> dict[str, str]:
    """A statement that reached its table says which."""
    reached = fault.code in (CONDITION, "DuplicateItemException")
    return {"TableName": statement.table} if reached else {}


async def transaction(request: Request, forward: Below, asked: dict[str, Any], read: Read) -> dict[str, Any]:
    """Answer ExecuteTransaction: all reads or all writes."""
    given = members(asked, "TransactStatements", MOST_IN_TRANSACTION)
    actions: list[dict[str, Any]] = []
    statements: list[Statement] = []
    for number, one in enumerate(given):
        try:
            statement = await read(one)
            table = await table_of(forward, request, statement.table)
            actions.append(_action(statement, table, one))
        except Fault as fault:
            if fault.code != VALIDATION:
                raise
            raise Fault(f"Validation failed in TransactStatements[{number}]: {fault.message}") from None
        statements.append(statement)
    reads = {isinstance(statement, Select) for statement in statements}
    if len(reads) > 1:
        raise Fault(
            "The entire transaction must consist of either read statements or write statements, you cannot mix both in "
            "one transaction."
        )
    operation = "TransactGetItems" if reads == {True} else "TransactWriteItems"
    fields: dict[str, Any] = {"TransactItems": actions}
    for name in ("ClientRequestToken", "ReturnConsumedCapacity"):
        if asked.get(name) and (name != "ClientRequestToken" or operation == "TransactWriteItems"):
            fields[name] = asked[name]
    try:
        answer = await call(forward, request, operation, fields)
    except Fault as fault:
        raise _cancelled(fault, statements) from None
    return _answered(answer, statements)


def _answered(answer: dict[str, Any], statements: list[Statement]) -> dict[str, Any]:
    responses: list[dict[str, Any]] = []
    for one, statement in zip(answer.get("Responses", ()), statements, strict=False):
        item = one.get("Item") if isinstance(statement, Select) else None
        responses.append(
            {"Item": project(item, statement.projection)} if item and isinstance(statement, Select) else {}
        )
    found: dict[str, Any] = {"Responses": responses}
    if "ConsumedCapacity" in answer:
        found["ConsumedCapacity"] = answer["ConsumedCapacity"]
    return found


def _action(statement: Statement, table: Table, one: dict[str, Any]) -> dict[str, Any]:
    """Return a statement as one member of TransactGetItems or TransactWriteItems."""
    if getattr(statement, "returning", ""):
        raise Fault("RETURNING clause is not supported in ExecuteTransaction.")
    if isinstance(statement, Select):
        return {"Get": _get(statement, table)}
    if isinstance(statement, Exists):
        action = {"ConditionCheck": _check(statement.select, table)}
    else:
        name = "Put" if isinstance(statement, Insert) else "Update" if isinstance(statement, Update) else "Delete"
        action = {name: fields_of(statement, table)}
    if wanted := one.get("ReturnValuesOnConditionCheckFailure"):
        next(iter(action.values()))["ReturnValuesOnConditionCheckFailure"] = wanted
    return action


def _get(statement: Select, table: Table) -> dict[str, Any]:
    if statement.index:
        raise Fault("Reads on indices are not supported within transactions.")
    try:
        key, rest = key_of(statement.where, table.base)
    except Fault:
        raise Fault(
            "Select statements within ExecuteTransaction must specify the primary key in the where clause."
        ) from None
    if rest:
        # A transaction gets items by their keys: there is nothing that could filter them.
        raise Fault("Unsupported operation in transaction.")
    return {"TableName": table.name, "Key": key}


def _check(statement: Select, table: Table) -> dict[str, Any]:
    if statement.index:
        raise Fault("Operations on indices are not supported in transactions")
    sentence = "EXISTS() must contain a single item read with additional condition"
    try:
        key, rest = key_of(statement.where, table.base)
    except Fault:
        raise Fault(sentence) from None
    conditions = all_of(rest)
    if conditions is None:
        raise Fault(sentence)
    expressions = Expressions()
    condition = expressions.condition(conditions)
    return {"TableName": table.name, "Key": key, "ConditionExpression": condition, **expressions.fields()}


def _cancelled(fault: Fault, statements: list[Statement]) -> Fault:
    """Say why a transaction was cancelled: an INSERT's condition is that there is no such item yet."""
    reasons = fault.fields.get("CancellationReasons")
    if reasons is None:
        return fault
    for reason, statement in zip(reasons, statements, strict=True):
        if isinstance(statement, Insert) and reason.get("Code") == "ConditionalCheckFailed":
            reason.update(Code="DuplicateItem", Message=DUPLICATE_SAID)
    codes = ", ".join(reason["Code"] for reason in reasons)
    return Fault(_CANCELLED.format(codes), fault.code, CancellationReasons=reasons)
