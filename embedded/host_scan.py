"""DynamoDB's scans and queries, a page at a time (private names of the emulator, like host.py).

The emulator lists and sorts a whole table, or partition, for every page. Here a page begins behind the last one, and
the emulator's own Scan or Query runs on that page alone.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from embedded import host_query
from embedded.host_order import Order

_INVALID = "The provided starting key is invalid: The provided key element does not match the schema"
_OUTSIDE = "The provided starting key is outside query boundaries based on provided conditions"
_UNCHANGED = ("_apply_exclusive_start_key", "_apply_exclusive_start_key_scan")


def install(dynamodb: Any) -> None:
    """Let Scan and Query read a page, and refuse what they would answer though DynamoDB does not."""
    host_query.install(dynamodb)
    scan, query = dynamodb._scan, dynamodb._query

    def scanned(data: dict[str, Any]) -> Any:
        return _read(dynamodb, scan, data, _ScanPage)

    def queried(data: dict[str, Any]) -> Any:
        return _read(dynamodb, query, data, _QueryPage)

    dynamodb._scan, dynamodb._query = scanned, queried


def _read(dynamodb: Any, operation: Any, data: dict[str, Any], kind: "type[_Page]") -> Any:
    """Run an operation on one page: a copy of it, to which that page is all that there is."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
    if not table:
        return operation(data)
    order = Order(dynamodb, table, data)
    if said := _refused(dynamodb, order):
        return dynamodb.error_response_json("ValidationException", said, 400)
    page = kind(dynamodb, order)
    answer = FunctionType(operation.__code__, {**vars(dynamodb), **page.names()})(data)
    if order.error:
        return dynamodb.error_response_json("ValidationException", order.error, 400)
    return answer


def _refused(dynamodb: Any, order: Order) -> str:
    """Return why a read is refused, an empty text when it is not."""
    data = order.data
    if data.get("KeyConditionExpression"):
        said = host_query.refusal(dynamodb, data, order.hashes, order.ranges)
        if said:
            return said
    return host_query.filter_refusal(dynamodb, data) or _start_refused(dynamodb, order)


def _start_refused(dynamodb: Any, order: Order) -> str:
    """Return why a starting key is refused: no page can have given it."""
    start, table, hashes = order.start, order.table, order.hashes
    if not start or not hashes:
        return ""
    wanted = {*hashes, *order.ranges, *(name for name in (table["pk_name"], table["sk_name"]) if name)}
    kinds = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    if set(start) != wanted or any(set(value) != {kinds.get(name)} for name, value in start.items()):
        return _INVALID
    condition = order.data.get("KeyConditionExpression")
    if not condition:
        return ""
    names = order.data.get("ExpressionAttributeNames") or {}
    values = order.data.get("ExpressionAttributeValues") or {}
    asked = dynamodb._extract_pk_from_condition(condition, values, names, hashes[0])
    return _OUTSIDE if asked is not None and asked != dynamodb._extract_key_val(start[hashes[0]]) else ""


class _Page:
    """What an operation finds in place of the emulator's tables and of its own helpers."""

    def __init__(self, dynamodb: Any, order: Order) -> None:
        self.dynamodb, self.order = dynamodb, order
        self.more = False
        self.found: dict[Any, Any] = {}

    def names(self) -> dict[str, Any]:
        """Return what its names mean to the operation."""
        unchanged: dict[str, Callable[..., Any]] = dict.fromkeys(_UNCHANGED, _first)
        return {
            **unchanged,
            "_tables": self,
            "sorted": list,
            "_paginate_evaluated_items": lambda items, *_: (items, self.more),
            "_index_order_keys": lambda *_: [],
        }

    def get(self, _name: str) -> "_View":
        """Return the table as it looks to the operation."""
        return _View(self.order.table, self)

    def read(self, candidates: Any) -> dict[Any, Any]:
        """Read the page, its items under numbers."""
        limit, index = self.order.data.get("Limit"), self.order.data.get("IndexName")
        page, self.more = self.dynamodb._paginate_evaluated_items(candidates, limit, self.order.table, index)
        return dict(enumerate(page))

    def items(self) -> Any:
        """Return what the table's items look like."""
        return self.found


class _ScanPage(_Page):
    def items(self) -> Any:
        """Return each item as a partition: the scan goes through all of them."""
        if not self.found:
            index = self.order.data.get("IndexName")
            candidates = self.order.of_index(index) if index else self.order.of_table()
            self.found = {number: {0: item} for number, item in self.read(candidates).items()}
        return self.found


class _QueryPage(_Page):
    def names(self) -> dict[str, Any]:
        """Return what its names mean to the query: the page holds what its key condition has chosen already."""
        evaluate = self.dynamodb._evaluate_condition

        def evaluated(expression: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> Any:
            chosen = slot == "KeyConditionExpression" and item is not self.order.start
            return chosen or evaluate(expression, item, values, names, slot=slot)

        mine = {"_index_members": lambda _: self, "_sort_key_value": lambda *_: 0, "_evaluate_condition": evaluated}
        return {**super().names(), **mine}

    def items(self) -> Any:
        """Return partitions, of which the query takes the one that it asks for."""
        return _Partitions(self)

    def get(self, name: str) -> Any:
        """Return the table as it looks to the query; or, as the members of indexes, those of an index."""
        return _Members(self) if name == self.order.data.get("IndexName") else super().get(name)


class _Partitions:
    """The partitions of a table: the one that is asked for holds the page."""

    def __init__(self, page: _QueryPage) -> None:
        self._page = page

    def get(self, pk: Any, _default: Any = None) -> Any:
        """Return the page."""
        page = self._page
        if not page.order.data.get("IndexName"):
            page.found = page.read(page.order.of_partition(pk))
        return page.found

    def __getitem__(self, _pk: Any) -> Any:
        return self._page.found


class _Members:
    """The partitions of an index: the one that is asked for holds the page."""

    def __init__(self, page: _QueryPage) -> None:
        self._page = page

    def get(self, partition: Any, _default: Any = None) -> list[tuple[int, int]]:
        """Return the places of the page's items."""
        page = self._page
        page.found = page.read(page.order.of_index_partition(partition))
        return [(0, number) for number in page.found]


class _View(dict[str, Any]):
    """A table of which only one page is seen."""

    def __init__(self, table: dict[str, Any], page: _Page) -> None:
        super().__init__(table)
        self._page = page

    def __getitem__(self, name: str) -> Any:
        return self._page.items() if name == "items" else super().__getitem__(name)


def _first(candidates: Any, *_: Any, **__: Any) -> Any:
    return candidates
