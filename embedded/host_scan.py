"""DynamoDB's scans, a page at a time (private names of the emulator, like host.py).

The emulator lists and sorts a whole table for every page. Here each page begins behind the last one: partitions in
the order of a hash, as on AWS, the items of each by their sort key. The emulator's own Scan then runs on that page.
"""

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from embedded import host_query

_INVALID = "The provided starting key is invalid"
_OUTSIDE = "The provided starting key is outside query boundaries based on provided conditions"
Place = tuple[int, Any]


class Items(defaultdict[Any, dict[Any, Any]]):
    """A table's items by partition and sort key; once it was scanned, with its partitions in their order."""

    def __init__(self, items: Any) -> None:
        super().__init__(dict, items)
        self.order: list[Place] | None = None
        self.version = 0
        # Index name -> (version, partitions in order).
        self.indexes: dict[str, tuple[int, list[Place]]] = {}


def place(key: Any) -> Place:
    """Return where a partition stands: by its hash, which says nothing of the key."""
    return int.from_bytes(hashlib.sha1(str(key).encode(), usedforsecurity=False).digest()[:8], "big"), key


def changed(table: dict[str, Any], pk: Any, old: Any, new: Any) -> None:
    """Keep the order of partitions with a change of an item."""
    items = table["items"]
    if not isinstance(items, Items):
        return
    items.version += 1
    if items.order is None:
        return
    if new is not None and old is None and len(items[pk]) == 1:
        bisect.insort(items.order, place(pk))
    elif new is None and old is not None and pk not in items:
        at = bisect.bisect_left(items.order, place(pk))
        if at < len(items.order) and items.order[at][1] == pk:
            del items.order[at]


def install(dynamodb: Any) -> None:
    """Let Scan read a page, and refuse starting keys that no page can have given."""
    host_query.install(dynamodb)
    scan, query = dynamodb._scan, dynamodb._query

    def scanned(data: dict[str, Any]) -> Any:
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        if not table:
            return scan(data)
        said = host_query.filter_refusal(dynamodb, data)
        refused = _refusal(dynamodb, said) if said else _start_refused(dynamodb, table, data)
        if refused is not None:
            return refused
        page = _Page(dynamodb, table, data)
        known = {"_tables": page, "sorted": list, "_paginate_evaluated_items": page.paginate}
        unchanged = {name: _first for name in ("_apply_exclusive_start_key", "_apply_exclusive_start_key_scan")}
        changed_names = {**known, **unchanged, "_index_order_keys": _nothing}
        return FunctionType(scan.__code__, {**vars(dynamodb), **changed_names})(data)

    def queried(data: dict[str, Any]) -> Any:
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        refused = _query_refused(dynamodb, table, data) if table else None
        return query(data) if refused is None else refused

    dynamodb._scan, dynamodb._query = scanned, queried


def _first(candidates: Any, *_: Any, **__: Any) -> Any:
    return candidates


def _nothing(*_: Any) -> list[Any]:
    return []


def _index(dynamodb: Any, table: dict[str, Any], name: str | None) -> tuple[list[str], list[str]]:
    """Return the names of partition and sort keys of a table, or of its index."""
    if not name:
        return [table["pk_name"]], [table["sk_name"]] if table["sk_name"] else []
    found: tuple[list[str], list[str]] = dynamodb._index_key_lists(dynamodb._index_def(table, name) or {})
    return found


def _start_refused(dynamodb: Any, table: dict[str, Any], data: dict[str, Any]) -> Any:
    """Return the refusal of a starting key, None when it may be one."""
    start = data.get("ExclusiveStartKey")
    if not start or not isinstance(start, dict):
        return None
    hashes, ranges = _index(dynamodb, table, data.get("IndexName"))
    wanted = {*hashes, *ranges, *(name for name in (table["pk_name"], table["sk_name"]) if name)}
    kinds = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    fits = set(start) == wanted and all(set(value) == {kinds.get(name)} for name, value in start.items())
    if not fits and hashes:
        return _refusal(dynamodb, f"{_INVALID}: The provided key element does not match the schema")
    condition = data.get("KeyConditionExpression")
    names, values = data.get("ExpressionAttributeNames") or {}, data.get("ExpressionAttributeValues") or {}
    asked = dynamodb._extract_pk_from_condition(condition, values, names, hashes[0]) if condition and hashes else None
    if asked is not None and asked != dynamodb._extract_key_val(start[hashes[0]]):
        return _refusal(dynamodb, _OUTSIDE)
    return None


def _query_refused(dynamodb: Any, table: dict[str, Any], data: dict[str, Any]) -> Any:
    """Return the refusal of a query's keys, None when they are in order."""
    keys = _index(dynamodb, table, data.get("IndexName"))
    said = host_query.refusal(dynamodb, data, *keys) if data.get("KeyConditionExpression") else ""
    said = said or host_query.filter_refusal(dynamodb, data)
    if said:
        return _refusal(dynamodb, said)
    return _start_refused(dynamodb, table, data)


def _refusal(dynamodb: Any, message: str) -> Any:
    return dynamodb.error_response_json("ValidationException", message, 400)


class _Page:
    """Stands for all tables while one page is read: its only table holds the items of that page."""

    def __init__(self, dynamodb: Any, table: dict[str, Any], data: dict[str, Any]) -> None:
        self._dynamodb, self._table, self._data = dynamodb, table, data
        self._more = False

    def get(self, _name: str) -> "_View":
        """Return the table as it looks to the scan."""
        return _View(self._table, self)

    def items(self) -> dict[int, dict[int, Any]]:
        """Return the page's items, in order."""
        limit = self._data.get("Limit")
        page, self._more = self._dynamodb._paginate_evaluated_items(
            self._candidates(), limit, self._table, self._data.get("IndexName")
        )
        return {number: {0: item} for number, item in enumerate(page)}

    def paginate(self, items: list[Any], *_: Any) -> tuple[list[Any], bool]:
        """Return what was read already."""
        return items, self._more

    def _candidates(self) -> Iterator[Any]:
        """Yield items from the starting key on."""
        if not isinstance(self._table["items"], Items):
            self._table["items"] = Items(self._table["items"])
        name = self._data.get("IndexName")
        return self._of_index(name) if name else self._of_table()

    def _partitions(self, order: list[Place], key: Any) -> Iterator[tuple[Any, bool]]:
        """Yield partitions of this segment, from that of the starting key on, and whether it is that one."""
        start = None if key is None else place(key)
        segment, segments = self._data.get("Segment"), self._data.get("TotalSegments")
        for at in range(0 if start is None else bisect.bisect_left(order, start), len(order)):
            number, partition = order[at]
            if segment is None or (number >> 32) % int(segments or 1) == int(segment):
                yield partition, (number, partition) == start

    def _of_table(self) -> Iterator[Any]:
        items, table, dynamodb = self._table["items"], self._table, self._dynamodb
        if items.order is None:
            items.order = sorted(place(pk) for pk in items)
        start = self._data.get("ExclusiveStartKey") or {}
        sort = table["sk_name"]
        kind = dynamodb._get_attr_type(table, sort) if sort else "S"
        key = dynamodb._extract_key_val(start[table["pk_name"]]) if table["pk_name"] in start else None
        for pk, first in self._partitions(list(items.order), key):
            found = [(dynamodb._sort_key_value(one.get(sort), kind), one) for one in (items.get(pk) or {}).values()]
            found.sort(key=_by_key)
            behind = dynamodb._sort_key_value(start.get(sort), kind) if first else None
            yield from (one for value, one in found if not first or (sort and value > behind))

    def _of_index(self, name: str) -> Iterator[Any]:
        items, dynamodb = self._table["items"], self._dynamodb
        members = dynamodb._index_members(self._table).get(name, {})
        kept = items.indexes.get(name)
        if kept is None or kept[0] != items.version:
            kept = items.indexes[name] = (items.version, sorted((place(key) for key in members), key=_by_place))
        hashes, ranges = _index(dynamodb, self._table, name)
        start = self._data.get("ExclusiveStartKey") or {}
        key = dynamodb._index_partition(start, hashes, ranges)
        order = dynamodb._index_order_keys(self._table, ranges)
        for partition, first in self._partitions(kept[1], key):
            found = [(_values(dynamodb, one, order), one) for one in self._members(members.get(partition) or ())]
            found.sort(key=_by_key)
            behind = _values(dynamodb, start, order) if first else ()
            yield from (one for values, one in found if not first or values > behind)

    def _members(self, members: Any) -> Iterator[Any]:
        for pk, sk in list(members):
            item = self._table["items"].get(pk, {}).get(sk)
            if item is not None:
                yield item


def _by_key(found: tuple[Any, Any]) -> Any:
    return found[0]


def _by_place(found: Place) -> Any:
    return found[0]


def _values(dynamodb: Any, item: Any, order: Any) -> tuple[Any, ...]:
    return tuple(dynamodb._index_order_value(item, name, kind) for name, kind in order)


class _View(dict[str, Any]):
    """A table of which only one page is seen."""

    def __init__(self, table: dict[str, Any], page: _Page) -> None:
        super().__init__(table)
        self._page = page
        self._read: Any = None

    def __getitem__(self, name: str) -> Any:
        if name != "items":
            return super().__getitem__(name)
        if self._read is None:
            self._read = self._page.items()
        return self._read
