"""The order in which DynamoDB reads items (private names of the emulator, like host.py).

Partitions in the order of a hash, as on AWS, where a scan tells nothing by its order; the items of each by sort key.
"""

import bisect
from collections.abc import Iterator
from typing import Any

from embedded import host_bounds, host_items
from embedded.host_items import Place, ordered, place, unpacked

# Orders of an index, or of a partition of one, that are kept until an item changes.
MOST_KEPT = 16


class Order:
    """One read's way through a table: from its starting key on."""

    def __init__(self, dynamodb: Any, table: dict[str, Any], data: dict[str, Any]) -> None:
        self.dynamodb, self.table, self.data = dynamodb, table, data
        start = data.get("ExclusiveStartKey")
        self.start: dict[str, Any] = start if isinstance(start, dict) else {}
        self.hashes, self.ranges = self._keys(data.get("IndexName"))
        self.forward = data.get("ScanIndexForward", True) is not False
        self.error = ""

    def _keys(self, index: str | None) -> tuple[list[str], list[str]]:
        """Return the names of partition and sort keys of the table, or of its index."""
        table = self.table
        if not index:
            return [table["pk_name"]], [table["sk_name"]] if table["sk_name"] else []
        found: tuple[list[str], list[str]] = self.dynamodb._index_key_lists(
            self.dynamodb._index_def(table, index) or {}
        )
        return found

    def of_table(self) -> Iterator[Any]:
        """Yield the items of the table."""
        items = host_items.of(self.table)
        key = self._key(self.table["pk_name"])
        for pk, first in self._partitions(items.places(), key):
            yield from self._of_partition(items.get(pk), self._sort_value() if first else None, first)

    def of_partition(self, pk: Any) -> Iterator[Any]:
        """Yield the items of a partition that a query's key condition chooses."""
        partition = host_items.of(self.table).get(pk)
        table = self.table
        hash_kind = self.dynamodb._get_attr_type(table, table["pk_name"])
        sort, kind = table["sk_name"], self._sort_kind()
        key = {table["pk_name"]: {hash_kind: pk}}
        first = bool(self.start)

        def chosen(sk: Any) -> bool:
            return self._chosen({**key, sort: {kind: sk}} if sort else key)

        yield from self._of_partition(partition, self._sort_value() if first else None, first, chosen)

    def _of_partition(self, partition: Any, behind: Any, first: bool, chosen: Any = None) -> Iterator[Any]:
        if partition is None:
            return
        found = partition.in_order(self._sort_kind())
        if first and not self.table["sk_name"]:
            return
        places = self._span(found, self._sort_kind(), _number) if chosen else range(len(found))
        for value, sk in (found[at] for at in (places if self.forward else reversed(places))):
            if first and not (value > behind if self.forward else value < behind):
                continue
            kept = dict.get(partition, sk)
            if kept is not None and (chosen is None or chosen(sk)):
                yield unpacked(kept)

    def of_index(self, name: str) -> Iterator[Any]:
        """Yield the items of an index."""
        items, members = host_items.of(self.table), self.dynamodb._index_members(self.table).get(name, {})
        places = items.cached(name, MOST_KEPT)
        if places is None:
            places = sorted((place(key) for key in members), key=_number)
            items.indexes[name] = (items.version, places)
        key = self.dynamodb._index_partition(self.start, self.hashes, self.ranges)
        for partition, first in self._partitions(places, key):
            yield from self._of_members(name, partition, first)

    def of_index_partition(self, partition: Any) -> Iterator[Any]:
        """Yield the items of a partition of an index that a query's key condition chooses."""
        for item in self._of_members(str(self.data["IndexName"]), partition, bool(self.start), chosen=True):
            if self._chosen(item):
                yield item

    def _of_members(self, name: str, partition: Any, first: bool, chosen: bool = False) -> Iterator[Any]:
        items, sort = host_items.of(self.table), self.dynamodb._index_order_keys(self.table, self.ranges)
        found = items.cached((name, partition), MOST_KEPT)
        if found is None:
            members = self.dynamodb._index_members(self.table).get(name, {}).get(partition) or ()
            found = [(self._values(items[pk][sk], sort), pk, sk) for pk, sk in list(members)]
            found.sort(key=_number)
            items.indexes[name, partition] = (items.version, found)
        behind = self._values(self.start, sort) if first else ()
        kind = sort[0][1] if sort else "S"
        places = self._span(found, kind, _sort_of) if chosen else range(len(found))
        for values, pk, sk in (found[at] for at in (places if self.forward else reversed(places))):
            if first and not (values > behind if self.forward else values < behind):
                continue
            item = items.get(pk, {}).get(sk)
            if item is not None:
                yield item

    def _span(self, found: Any, kind: str, value: Any) -> range:
        """Return the places at which a query's condition on the sort key can hold."""
        expression = self.data.get("KeyConditionExpression")
        if not expression or len(self.ranges) != 1:
            return range(len(found))
        names, values = (
            self.data.get("ExpressionAttributeNames") or {},
            self.data.get("ExpressionAttributeValues") or {},
        )
        low, high = [
            ordered(end[kind], kind) if end and kind in end else None
            for end in host_bounds.ends(self.dynamodb._tokenize(expression), names, values, self.ranges[0])
        ]
        return host_bounds.span(found, low, high, value)

    def _values(self, item: Any, sort: Any) -> tuple[Any, ...]:
        return tuple(self.dynamodb._index_order_value(item, name, kind) for name, kind in sort)

    def _partitions(self, places: list[Place], key: Any) -> Iterator[tuple[Any, bool]]:
        """Yield partitions of this segment, from that of the starting key on, and whether it is that one."""
        start = None if key is None else place(key)
        segment, segments = self.data.get("Segment"), int(self.data.get("TotalSegments") or 1)
        for number, partition in list(places[0 if start is None else bisect.bisect_left(places, start) :]):
            if segment is None or (number >> 32) % segments == int(segment):
                yield partition, (number, partition) == start

    def _key(self, name: str) -> Any:
        return self.dynamodb._extract_key_val(self.start[name]) if name in self.start else None

    def _sort_kind(self) -> str:
        sort = self.table["sk_name"]
        return str(self.dynamodb._get_attr_type(self.table, sort)) if sort else "S"

    def _sort_value(self) -> Any:
        sort = self.table["sk_name"]
        return ordered(self._key(sort), self._sort_kind()) if sort else None

    def _chosen(self, item: Any) -> bool:
        """Whether the key condition holds."""
        data = self.data
        if conditions := data.get("KeyConditions"):
            return bool(self.dynamodb._evaluate_key_conditions_item(item, conditions, self.hashes[0]))
        names, values = data.get("ExpressionAttributeNames") or {}, data.get("ExpressionAttributeValues") or {}
        expression = data.get("KeyConditionExpression") or ""
        try:
            return bool(
                self.dynamodb._evaluate_condition(expression, item, values, names, slot="KeyConditionExpression")
            )
        except ValueError as error:
            self.error = str(error)
            return False


def _number(found: Any) -> Any:
    return found[0]


def _sort_of(member: Any) -> Any:
    return member[0][0]
