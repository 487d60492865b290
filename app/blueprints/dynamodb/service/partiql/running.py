"""Statements as they are sent: one by one with their pages, as a batch, or as a transaction."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.dynamodb.service.partiql.nodes import Statement
from app.blueprints.dynamodb.service.scanning import PAGE_ITEMS
from app.blueprints.dynamodb.service.wire import Item, Value

WANTED = 100  # items of a page
FILTERED = 1000  # items that one call of a filtering statement looks at
CALLS = 20  # of one page, at most: behind a filter many pages may be empty
BATCH, TRANSACTION = 25, 100  # statements
MODES = ("each", "batch", "transaction")


@dataclass(frozen=True)
class Failure:
    """AWS's refusal of one statement."""

    code: str
    message: str
    item: Item | None = None


@dataclass(frozen=True)
class Result:
    """What one statement came to: `token` asks DynamoDB for more, `units` is the capacity that it consumed."""

    statement: Statement
    items: tuple[Item, ...] = ()
    token: str = ""
    units: float | None = None
    seconds: float = 0.0
    calls: int = 1
    failure: Failure | None = None


def page(
    client: Any, statement: Statement, given: Mapping[int, Value], token: str = "", filtered: bool = False
) -> Result:
    """Run one statement for a page of items; further calls are made while a filter leaves the page empty."""
    started, items, units, calls = time.perf_counter(), list[Item](), list[float](), 0
    limit = {"Limit": FILTERED if filtered else WANTED} if statement.reads else {}
    while True:
        answer = client.execute_statement(
            **sent(statement, given), **limit, **({"NextToken": token} if token else {}), ReturnConsumedCapacity="TOTAL"
        )
        calls += 1
        items += answer.get("Items") or []
        units += _units(answer.get("ConsumedCapacity"))
        token = answer.get("NextToken") or ""
        if not token or len(items) >= WANTED or calls >= CALLS:
            break
    spent = time.perf_counter() - started
    return Result(statement, tuple(items), token, sum(units) if units else None, spent, calls)


def sent(statement: Statement, given: Mapping[int, Value]) -> dict[str, Any]:
    """Return Statement and Parameters as boto3 takes them."""
    values = [given[number] for number in statement.parameters]
    return {"Statement": statement.text, **({"Parameters": values} if values else {})}


def every_item(client: Any, statement: Statement, given: Mapping[int, Value]) -> Iterator[list[Item]]:
    """Yield the pages of a SELECT, to the end."""
    more: dict[str, Any] = {}
    while True:
        answer = client.execute_statement(**sent(statement, given), **more, Limit=PAGE_ITEMS)
        yield answer.get("Items") or []
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def _units(consumed: Any) -> list[float]:
    each = consumed if isinstance(consumed, list) else [consumed] if consumed else []
    return [float(one.get("CapacityUnits") or 0) for one in each]


def each(client: Any, found: Sequence[Statement], given: Mapping[int, Value], filtered: Sequence[bool]) -> list[Result]:
    """Run statements one after another, up to the first that AWS refuses."""
    results: list[Result] = []
    for statement, filters in zip(found, filtered, strict=True):
        try:
            results.append(page(client, statement, given, filtered=filters))
        except ClientError as error:
            if not results and len(found) == 1:
                raise
            results.append(Result(statement, failure=_failure(error.response.get("Error", {}))))
            break
    return results


def batch(client: Any, found: Sequence[Statement], given: Mapping[int, Value]) -> list[Result]:
    """Run statements as a batch: each succeeds or fails by itself."""
    started = time.perf_counter()
    asked = [sent(statement, given) for statement in found]
    answer = client.batch_execute_statement(Statements=asked, ReturnConsumedCapacity="TOTAL")
    return _answered(found, answer, time.perf_counter() - started)


def transaction(client: Any, found: Sequence[Statement], given: Mapping[int, Value], token: str) -> list[Result]:
    """Run statements as a transaction: all or none. `token` keeps a repeated request from running twice."""
    started = time.perf_counter()
    asked = [sent(statement, given) for statement in found]
    again = {} if all(statement.reads for statement in found) else {"ClientRequestToken": token}
    try:
        answer = client.execute_transaction(TransactStatements=asked, ReturnConsumedCapacity="TOTAL", **again)
    except client.exceptions.TransactionCanceledException as error:
        reasons = error.response.get("CancellationReasons") or []
        return [
            Result(statement, failure=_cancelled(reason)) for statement, reason in zip(found, reasons, strict=False)
        ]
    return _answered(found, answer, time.perf_counter() - started)


def _cancelled(reason: Mapping[str, Any]) -> Failure:
    if reason.get("Code") in (None, "None"):
        return Failure("Cancelled", "Not done: another statement of the transaction failed.")
    return _failure(reason)


def _answered(found: Sequence[Statement], answer: Mapping[str, Any], seconds: float) -> list[Result]:
    units = _units(answer.get("ConsumedCapacity"))
    total = sum(units) if units else None
    results = []
    for number, (statement, one) in enumerate(zip(found, answer.get("Responses") or [], strict=False)):
        failure = _failure(one["Error"]) if one.get("Error") else None
        items = (one["Item"],) if one.get("Item") else ()
        results.append(Result(statement, items, "", None if number else total, seconds, 1, failure))
    return results


def _failure(error: Mapping[str, Any]) -> Failure:
    return Failure(str(error.get("Code") or ""), str(error.get("Message") or ""), error.get("Item"))
