"""What reads of DynamoDB cost, by the bytes that they look at (private names of the emulator, like host.py)."""

import threading
from typing import Any

PAGE_BYTES = 1024 * 1024
BATCH_BYTES = 16 * 1024 * 1024
LARGEST_ITEM = 400 * 1024
UNIT = 4096


class Evaluated(threading.local):
    """How many bytes the read that is running has looked at."""

    size = 0


def install(dynamodb: Any) -> None:
    """Count what a read looks at, and say its capacity by it."""
    evaluated = Evaluated()
    _paginate(dynamodb, evaluated)
    _measure(dynamodb, evaluated)
    _batches(dynamodb)
    _transactions(dynamodb)


def _paginate(dynamodb: Any, evaluated: Evaluated) -> None:
    """Cut pages as the emulator does, and keep what was looked at."""

    def paginate(
        items: Any, limit: Any, table: dict[str, Any], index_name: str | None = None
    ) -> tuple[list[Any], bool]:
        page: list[Any] = []
        evaluated.size, most = 0, int(limit) if limit is not None else None
        for item in items:
            entry = dynamodb._apply_index_projection(item, table, index_name) if index_name else item
            size = dynamodb._item_size_bytes(entry)
            if page and evaluated.size + size > PAGE_BYTES:
                return page, True
            page.append(item)
            evaluated.size += size
            if len(page) == most or evaluated.size >= PAGE_BYTES:
                return page, True
        return page, False

    dynamodb._paginate_evaluated_items = paginate


def _measure(dynamodb: Any, evaluated: Evaluated) -> None:
    """Put the units of what was looked at in the place of the emulator's one."""
    consume, get_item = dynamodb._add_consumed_capacity, dynamodb._get_item

    def get(data: dict[str, Any]) -> Any:
        evaluated.size = 0
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        if table and isinstance(data.get("Key"), dict) and data.get("ReturnConsumedCapacity", "NONE") != "NONE":
            evaluated.size = dynamodb._item_size_bytes(dynamodb._get_item_by_key(table, data["Key"]) or {})
        return get_item(data)

    def consumed(result: dict[str, Any], data: dict[str, Any], *arguments: Any, **fields: Any) -> None:
        consume(result, data, *arguments, **fields)
        if not fields.get("write") and (capacity := result.get("ConsumedCapacity")):
            _scale(capacity, read_units(evaluated.size, bool(data.get("ConsistentRead"))))

    dynamodb._get_item, dynamodb._add_consumed_capacity = get, consumed


def _transactions(dynamodb: Any) -> None:
    """A transaction reads each item at twice the price of a consistent read."""
    transact = dynamodb._transact_get_items

    def got(data: dict[str, Any]) -> Any:
        answer = transact(data)
        if answer[0] != 200 or data.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return answer
        units: dict[str, float] = {}
        for one in data["TransactItems"]:
            name = one["Get"]["TableName"]
            table = dynamodb._tables[dynamodb._normalize_table_name(name)]
            size = dynamodb._item_size_bytes(dynamodb._get_item_by_key(table, one["Get"]["Key"]) or {})
            units[name] = units.get(name, 0.0) + 2 * read_units(size, consistent=True)
        found = dynamodb.json.loads(answer[2])
        for entry in found["ConsumedCapacity"]:
            _replace(entry, units.get(entry["TableName"], entry["CapacityUnits"]))
        return dynamodb.json_response(found)

    dynamodb._transact_get_items = got


def _replace(capacity: dict[str, Any], units: float) -> None:
    """Put the units in every place where there are any."""
    for name, value in capacity.items():
        if isinstance(value, dict):
            _replace(value, units)
        elif name.endswith("Units"):
            capacity[name] = units


def read_units(size: int, consistent: bool) -> float:
    """Return what a read of so many bytes costs: a unit for each 4 KB begun, half when eventually consistent."""
    return max(1, -(-size // UNIT)) * (1.0 if consistent else 0.5)


def _scale(capacity: dict[str, Any], units: float) -> None:
    """Put the units where the emulator put its own."""
    for name, value in capacity.items():
        if isinstance(value, dict):
            _scale(value, units)
        elif name == "CapacityUnits" and value:
            capacity[name] = units


def _batches(dynamodb: Any) -> None:
    """BatchGetItem ends at 16 MB and says its capacity."""
    batch_get = dynamodb._batch_get_item

    def batch(data: dict[str, Any]) -> Any:
        answer = batch_get(data)
        if answer[0] != 200:
            return answer
        kept, left, capacity = _within(dynamodb, data["RequestItems"])
        if left:
            answer = batch_get({**data, "RequestItems": kept})
        found = dynamodb.json.loads(answer[2])
        found["UnprocessedKeys"] = left
        wanted = data.get("ReturnConsumedCapacity", "NONE")
        if wanted != "NONE":
            arms = wanted == "INDEXES"
            found["ConsumedCapacity"] = [_consumed(name, units, arms) for name, units in capacity.items()]
        return dynamodb.json_response(found)

    def answered(data: dict[str, Any]) -> Any:
        measured = data.get("ReturnConsumedCapacity", "NONE") != "NONE"
        return batch(data) if measured or _may_be_large(data) else batch_get(data)

    dynamodb._batch_get_item = answered


def _consumed(name: str, units: float, arms: bool) -> dict[str, Any]:
    table = {"Table": {"CapacityUnits": units}} if arms else {}
    return {"TableName": name, "CapacityUnits": units, **table}


def _may_be_large(data: dict[str, Any]) -> bool:
    """Whether the keys of this many items could be more than a batch may answer."""
    asked = data.get("RequestItems")
    tables = asked.values() if isinstance(asked, dict) else ()
    return sum(len(one.get("Keys") or ()) for one in tables if isinstance(one, dict)) > BATCH_BYTES // LARGEST_ITEM


def _within(dynamodb: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, float]]:
    """Return the keys that are answered, those that are left, and the capacity by table."""
    kept: dict[str, Any] = {}
    left: dict[str, Any] = {}
    capacity: dict[str, float] = {}
    total = 0
    for name, config in asked.items():
        table = dynamodb._tables[dynamodb._normalize_table_name(name)]
        for key in config["Keys"]:
            size = dynamodb._item_size_bytes(dynamodb._get_item_by_key(table, key) or {})
            within = not left and total + size <= BATCH_BYTES
            total += size if within else 0
            (kept if within else left).setdefault(name, {**config, "Keys": []})["Keys"].append(key)
            if within:
                units = read_units(size, bool(config.get("ConsistentRead")))
                capacity[name] = capacity.get(name, 0.0) + units
    return kept, left, capacity
