"""Deletion of what a question selects: counted first, then read again and deleted in batches."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service import expressions, scanning
from app.blueprints.dynamodb.service.asked import Asked
from app.blueprints.dynamodb.service.batches import Batches
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.work import Work

PATIENCE = 25.0  # seconds of counting, after which it is said that there are more


@dataclass(frozen=True)
class Count:
    """How many items a question selects of those that it reads; `whole` says whether it was counted to the end."""

    items: int
    scanned: int
    units: float
    whole: bool


def parameters(table: Table, asked: Asked) -> dict[str, Any]:
    """Return the parameters of the Query or Scan. Raises asked.Wrong for what cannot be asked."""
    found = expressions.request(table, asked)
    for name in ("Limit", "ProjectionExpression"):
        found.pop(name, None)
    return found


def count(client: Any, table: Table, asked: Asked, patience: float = PATIENCE) -> Count:
    """Count what a question selects, up to `patience` seconds."""
    items, scanned, units, end = 0, 0, 0.0, time.monotonic() + patience
    found = _without_unused({**parameters(table, asked), "Select": "COUNT", "ReturnConsumedCapacity": "TOTAL"})
    for answer in scanning.pages(client, _operation(asked), found):
        items += answer.get("Count") or 0
        scanned += answer.get("ScannedCount") or 0
        units += (answer.get("ConsumedCapacity") or {}).get("CapacityUnits") or 0
        if time.monotonic() > end and answer.get("LastEvaluatedKey"):
            return Count(items, scanned, units, False)
    return Count(items, scanned, units, True)


def _operation(asked: Asked) -> str:
    return "Query" if asked.is_query else "Scan"


def _without_unused(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out the names that only a projection used: DynamoDB refuses names without use."""
    names: Mapping[str, str] = found.get("ExpressionAttributeNames") or {}
    texts = " ".join(str(value) for name, value in found.items() if name.endswith("Expression"))
    kept = {mark: name for mark, name in names.items() if _uses(texts, mark)}
    rest = {name: value for name, value in found.items() if name != "ExpressionAttributeNames"}
    return {**rest, "ExpressionAttributeNames": kept} if kept else rest


def _uses(texts: str, mark: str) -> bool:
    at = texts.find(mark)
    while at >= 0:
        behind = texts[at + len(mark) : at + len(mark) + 1]
        if not (behind.isalnum() or behind == "_"):
            return True
        at = texts.find(mark, at + 1)
    return False


def delete(client: Any, table: Table, asked: Asked, work: Work) -> None:
    """Delete what a question selects. Raises Cancelled, StillThrottled and AWS's errors; what is deleted stays so."""
    names = [key.name for key in table.keys]
    found = _without_unused(parameters(table, asked))
    marks = {f"#key{at}": name for at, name in enumerate(names)}
    found["ExpressionAttributeNames"] = {**found.get("ExpressionAttributeNames", {}), **marks}
    found["ProjectionExpression"] = ", ".join(marks)
    found["Limit"] = scanning.PAGE_ITEMS
    number = 0
    with Batches(client, table.name, names, work, delete=True) as batches:
        for answer in scanning.pages(client, _operation(asked), found):
            work.facts.records += answer.get("ScannedCount") or 0
            for key in answer.get("Items") or []:
                number += 1
                batches.put(number, number, key)
                work.tick()
            work.tick()
