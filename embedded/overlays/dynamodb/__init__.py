"""DynamoDB: PartiQL for real, and what the emulator lets pass refused. See the README beside this file."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from embedded.errors import Response
from embedded.layers import Below
from embedded.overlays.dynamodb import checks
from embedded.overlays.dynamodb.faults import VALIDATION, Fault
from embedded.overlays.dynamodb.lexer import Unclear
from embedded.overlays.dynamodb.nodes import Exists, Select, Statement
from embedded.overlays.dynamodb.parser import LONGEST, parse
from embedded.overlays.dynamodb.reads import select
from embedded.overlays.dynamodb.several import batch, transaction
from embedded.overlays.dynamodb.tables import TARGET
from embedded.overlays.dynamodb.writes import write
from embedded.request import Request

MALFORMED = "Statement wasn't well formed, can't be processed: "
_PREFIX = "Validation failed in TransactStatements[0]: "


class DynamoDb:
    """Answers PartiQL by the operations of which it is another spelling."""

    def matches(self, request: Request) -> bool:
        """Whether this is one of the operations that are answered or checked here."""
        if request.service != "dynamodb":
            return False
        operation = request.operation
        if operation == "Query":
            # Most have no filter, and then there is nothing to check.
            return b"Filter" in request.body
        return operation in OPERATIONS

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer one call."""
        try:
            asked = json.loads(request.body or b"{}")
        except ValueError:
            # The emulator says what is wrong with it.
            return None
        try:
            answer = await OPERATIONS[request.operation](request, forward, asked)
        except Fault as fault:
            return fault.response()
        except RecursionError:
            return Fault(f"{MALFORMED}Nesting is too deep").response()
        if answer is None:
            return None
        return Response(200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(answer).encode())


async def _read(request: Request, forward: Below, asked: dict[str, Any]) -> Statement:
    """Return what a statement says."""
    text = str(asked.get("Statement") or "")
    if not text.strip():
        raise Fault("Statement must not be null or empty")
    if len(text) > LONGEST:
        raise Fault(
            "1 validation error detected: Value at 'statement' failed to satisfy constraint: Member must have length "
            f"less than or equal to {LONGEST}"
        )
    try:
        return parse(text, asked.get("Parameters") or [])
    except Unclear:
        raise await _worded(request, forward, asked) from None
    except RecursionError:
        raise Fault(f"{MALFORMED}Nesting is too deep") from None


async def _worded(request: Request, forward: Below, asked: dict[str, Any]) -> Fault:
    """Return DynamoDB's words on a statement that cannot be run.

    The emulator knows them. It is asked in a transaction of which the second statement is no statement: whatever it
    thinks of the first, nothing is run.
    """
    first = {name: asked[name] for name in ("Statement", "Parameters") if asked.get(name)}
    body = {"TransactStatements": [first, {"Statement": "?"}]}
    _, answer = await forward.json(request, "dynamodb", f"{TARGET}.ExecuteTransaction", body)
    message = str(answer.get("message", ""))
    if message.startswith(_PREFIX):
        return Fault(message.removeprefix(_PREFIX))
    known = answer.get("__type", "").endswith(VALIDATION) and not message.startswith("Validation failed in")
    return Fault(message if known else f"{MALFORMED}Unexpected term")


async def _run(request: Request, forward: Below, statement: Statement, asked: dict[str, Any]) -> dict[str, Any]:
    if isinstance(statement, Exists):
        raise Fault("EXISTS can only be used in ExecuteTransaction write requests.")
    if isinstance(statement, Select):
        return await select(request, forward, statement, asked)
    return await write(request, forward, statement, asked)


async def _one(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    return await _run(request, forward, await _read(request, forward, asked), asked)


async def _batch(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    return await batch(
        request,
        forward,
        asked,
        lambda one: _read(request, forward, one),
        lambda statement, one: _run(request, forward, statement, one),
    )


async def _transaction(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    return await transaction(request, forward, asked, lambda one: _read(request, forward, one))


Answer = Callable[[Request, Below, dict[str, Any]], Coroutine[Any, Any, dict[str, Any] | None]]
OPERATIONS: dict[str, Answer] = {
    "BatchExecuteStatement": _batch,
    "ExecuteStatement": _one,
    "CreateTable": checks.create_table,
    "DeleteTable": checks.delete_table,
    "ExecuteTransaction": _transaction,
    "Query": checks.query,
    "RestoreTableToPointInTime": checks.restore,
    "UpdateTable": checks.update_table,
    "UpdateTimeToLive": checks.time_to_live,
}

overlay = DynamoDb()
