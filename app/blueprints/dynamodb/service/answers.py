"""Items as JSON and as cells of a file: numbers keep every digit."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.explore import Found, Item


def items_json(table: str, found: Found, next_url: str) -> str:
    """Return a page of items as JSON, the items in DynamoDB JSON; `next` is the address of the next page."""
    facts = {
        "table": table,
        "operation": found.operation,
        "count": found.count,
        "scanned": found.scanned,
        "capacity_units": found.units,
        "price": found.dollars,
        "milliseconds": round(found.milliseconds, 2),
        "next": next_url,
    }
    items = ", ".join([wire.dynamo_text(item) for item in found.items])
    return f'{json.dumps(facts, ensure_ascii=False)[:-1]}, "items": [{items}]}}'


def line(item: Item, names: Sequence[str]) -> list[Any]:
    """Return an item's values in the order of names: texts and numbers as they are, what is nested as JSON."""
    return [_cell(item[name]) if name in item else None for name in names]


def _cell(value: dict[str, Any]) -> Any:
    kind, inner = next(iter(value.items()))
    if kind == "N":
        return Decimal(inner)
    if kind in ("S", "B"):
        return inner
    return wire.plain_value_text(value)
