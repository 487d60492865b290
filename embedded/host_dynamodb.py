"""DynamoDB's figures made true: sizes, capacity, TTL (private names of the emulator, like host.py).

The emulator takes every item for 200 bytes and every read for one unit. What is counted here is counted while it
passes: nothing is read again, and what a table holds is kept with it.
"""

import threading
import time
from typing import Any

from embedded import host_capacity, host_items, host_scan, host_sizes, host_updates

# Set on tables whose sizes were counted from their first item on.
COUNTED = "trellis_counted"
FIVE_YEARS = 5 * 365 * 24 * 3600
_REAPER = "dynamodb-ttl-reaper"


def install(dynamodb: Any) -> None:
    """Put the true figures in the place of the invented ones."""
    host_sizes.install(dynamodb)
    _count(dynamodb)
    _recount(dynamodb)
    _record(dynamodb)
    host_capacity.install(dynamodb)
    host_scan.install(dynamodb)
    host_updates.install(dynamodb)


def _count(dynamodb: Any) -> None:
    """Keep a table's size, and the sizes of its indexes, with every change of an item."""
    set_item, remove_item = dynamodb._set_item, dynamodb._remove_item

    def put(table: dict[str, Any], pk: Any, sk: Any, item: dict[str, Any]) -> Any:
        size = table["TableSizeBytes"]
        items = host_items.of(table)
        old = set_item(table, pk, sk, item)
        table["TableSizeBytes"] = size
        _move(dynamodb, table, old, item)
        items.changed(pk, old, item)
        return old

    def remove(table: dict[str, Any], pk: Any, sk: Any) -> Any:
        if threading.current_thread().name == _REAPER and not _expires(dynamodb, table, pk, sk):
            return None
        size = table["TableSizeBytes"]
        items = host_items.of(table)
        old = remove_item(table, pk, sk)
        table["TableSizeBytes"] = size
        _move(dynamodb, table, old, None)
        items.changed(pk, old, None)
        return old

    dynamodb._set_item, dynamodb._remove_item = put, remove


def _recount(dynamodb: Any) -> None:
    """Count a table anew where its items or its indexes were replaced, or were never counted."""
    create, update = dynamodb._create_table, dynamodb._update_table
    update_counts, describe = dynamodb._update_counts, dynamodb._table_description

    def replaced(table: dict[str, Any]) -> None:
        update_counts(table)
        recount(dynamodb, table)

    def created(data: dict[str, Any]) -> Any:
        answer = create(data)
        if answer[0] == 200:
            dynamodb._tables[data["TableName"]][COUNTED] = True
        return answer

    def updated(data: dict[str, Any]) -> Any:
        answer = update(data)
        if answer[0] == 200 and data.get("GlobalSecondaryIndexUpdates"):
            # A new index is filled at once.
            table = dynamodb._tables[dynamodb._normalize_table_name(data["TableName"])]
            recount(dynamodb, table)
            return dynamodb.json_response({"TableDescription": dynamodb._table_description(table["TableName"])})
        return answer

    def described(name: str) -> Any:
        table = dynamodb._tables[name]
        if not table.get(COUNTED):
            recount(dynamodb, table)
        return describe(name)

    dynamodb._create_table, dynamodb._update_table = created, updated
    dynamodb._update_counts, dynamodb._table_description = replaced, described


def _indexes(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("LocalSecondaryIndexes") or ())]


def _move(dynamodb: Any, table: dict[str, Any], old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """Count an item out and its successor in."""
    sizes = [dynamodb._item_size_bytes(item) if item else 0 for item in (old, new)]
    table["TableSizeBytes"] = max(0, table["TableSizeBytes"] + sizes[1] - sizes[0])
    for index in _indexes(table):
        for item, size, sign in ((old, sizes[0], -1), (new, sizes[1], 1)):
            if item:
                _enter(dynamodb, table, index, item, size, sign)


def _enter(dynamodb: Any, table: dict[str, Any], index: dict[str, Any], item: Any, size: int, sign: int) -> None:
    """Count an item into an index, or out of it, where it is in it."""
    if any(key["AttributeName"] not in item for key in index["KeySchema"]):
        return
    if index.get("Projection", {}).get("ProjectionType", "ALL") != "ALL":
        size = dynamodb._item_size_bytes(dynamodb._apply_index_projection(item, table, index["IndexName"]))
    index["ItemCount"] = max(0, index.get("ItemCount", 0) + sign)
    index["IndexSizeBytes"] = max(0, index.get("IndexSizeBytes", 0) + sign * size)


def recount(dynamodb: Any, table: dict[str, Any]) -> None:
    """Count a whole table: after its items were replaced, or for an index that is new."""
    table["TableSizeBytes"] = 0
    for index in _indexes(table):
        index["ItemCount"] = index["IndexSizeBytes"] = 0
    for partition in table["items"].values():
        for item in partition.values():
            _move(dynamodb, table, None, item)
    table[COUNTED] = True


def _record(dynamodb: Any) -> None:
    """Stream records say how large they are, and which deletions nobody asked for."""
    build = dynamodb._build_change_record

    def built(*arguments: Any) -> dict[str, Any]:
        record: dict[str, Any] = build(*arguments)
        change = record["dynamodb"]
        images = (change.get(name) or {} for name in ("Keys", "NewImage", "OldImage"))
        change["SizeBytes"] = sum(dynamodb._item_size_bytes(image) for image in images)
        if threading.current_thread().name == _REAPER:
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return record

    dynamodb._build_change_record = built


def _expires(dynamodb: Any, table: dict[str, Any], pk: Any, sk: Any) -> bool:
    """Whether DynamoDB would delete this item now, as the emulator wants to; if so its stream says so."""
    account, region = table["TableArn"].split(":")[4], table["TableArn"].split(":")[3]
    name = table["TableName"]
    setting = dynamodb._ttl_settings.get_scoped(account, region, name) or {}
    item = table["items"].get(pk, {}).get(sk) or {}
    number = item.get(setting.get("AttributeName", ""), {}).get("N")
    # A text is no time, and what is long past was a mistake.
    if number is None or float(number) <= time.time() - FIVE_YEARS:
        return False
    with dynamodb.request_scope(account, region):
        dynamodb._emit_stream_event(name, "REMOVE", item, None)
    return True
