"""Items of a table, a page at a time: by Query where a partition key is given, else by Scan."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service import expressions, prices, raw, wire
from app.blueprints.dynamodb.service.asked import Asked, Wrong
from app.blueprints.dynamodb.service.tables import Key, Table

Item = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """One page of items in wire form.

    `count` passed the filter of `scanned` that were read; `units` is the consumed capacity, None where AWS did not
    tell; `after` names the last one read, DynamoDB JSON, empty at the end.
    """

    operation: str
    items: tuple[Item, ...]
    count: int
    scanned: int
    units: float | None
    after: str
    milliseconds: float
    parameters: dict[str, Any]

    @property
    def dollars(self) -> str:
        """What this page costs on AWS, on-demand."""
        return prices.dollars(prices.read(self.units or 0))


@dataclass(frozen=True)
class Estimate:
    """What a request would read before it is sent: all of `items` and `size` bytes, or one partition."""

    whole: bool
    items: int
    size: int
    units: float
    pages: int

    @property
    def dollars(self) -> str:
        """What reading all of it costs on AWS, on-demand."""
        return prices.dollars(prices.read(self.units))


def estimate(table: Table, asked: Asked) -> Estimate:
    """Return what a request reads if it is followed to its end, from DynamoDB's own count."""
    index = table.index(asked.index)
    items = (table.items if index is None else index.items) or 0
    size = (table.size if index is None else index.size) or 0
    units = wire.read_units(size, asked.consistent) if size else 0.0
    return Estimate(not asked.is_query, items, size, units, max(1, -(-items // asked.limit)))


def explore(client: Any, table: Table, asked: Asked) -> Found:
    """Return a page of items. Raises Wrong for what cannot be asked."""
    parameters = expressions.request(table, asked)
    if asked.after:
        parameters["ExclusiveStartKey"] = start_key(table, asked)
    parameters["ReturnConsumedCapacity"] = "TOTAL"
    operation = "Query" if asked.is_query else "Scan"
    started = time.perf_counter()
    answer = raw.call(client, operation.lower(), **parameters)
    taken = (time.perf_counter() - started) * 1000
    last = answer.get("LastEvaluatedKey")
    capacity = answer.get("ConsumedCapacity") or {}
    return Found(
        operation,
        tuple(answer.get("Items", ())),
        answer.get("Count", 0),
        answer.get("ScannedCount", 0),
        capacity.get("CapacityUnits"),
        wire.dynamo_text(last) if last else "",
        taken,
        parameters,
    )


def start_key(table: Table, asked: Asked) -> Item:
    """Return the key to go on from, if it is one of this table and index. Raises Wrong for any other."""
    wanted = {key.name: key.type for key in (*table.keys, *table.keys_of(asked.index))}
    try:
        found = wire.dynamo_item(asked.after)
    except wire.Mistake:
        found = {}
    if {name: wire.kind(value) for name, value in found.items()} != wanted:
        raise Wrong({"after": "This page begins at a key of another table or index. Start from the first page."})
    if asked.is_query:
        key = table.keys_of(asked.index)[0]
        if wire.identity(found, [key.name]) != wire.identity(
            {key.name: wire.from_cell(asked.partition, key.type)}, [key.name]
        ):
            raise Wrong(
                {"after": "This page begins in another partition than the one asked for. Start from the first page."}
            )
    return found


def columns(keys: Sequence[Key], items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of all attributes: the key's first, then in the order of their first appearance."""
    found = dict.fromkeys([key.name for key in keys if not items or any(key.name in item for item in items)])
    for item in items:
        found.update(dict.fromkeys(item))
    return list(found)
