"""SELECT: done as Query or Scan, page by page."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.expressions import Expressions, all_of
from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.nodes import Parts, Select
from embedded.overlays.dynamodb.parser import column
from embedded.overlays.dynamodb.plans import Plan, names_in, plan
from embedded.overlays.dynamodb.tables import Index, Table, call, table_of
from embedded.request import Request

# Queries that one page takes from an IN list.
QUERIES_A_PAGE = 10
PAGE_BYTES = 1024 * 1024
_PROJECTS = "One or more parameter values were invalid: "


@dataclass
class Place:
    """Where a page begins: which of the queries, and behind which item."""

    query: int = 0
    key: dict[str, Any] | None = None


@dataclass
class Page:
    """What one page found."""

    items: list[dict[str, Any]] = field(default_factory=list)
    evaluated: int = 0
    capacity: dict[str, Any] = field(default_factory=dict)
    following: Place | None = None


async def select(request: Request, forward: Below, statement: Select, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer one page of a SELECT."""
    table = await table_of(forward, request, statement.table)
    index = table.index(statement.index)
    if asked.get("ConsistentRead") and index.is_global:
        raise Fault("Strongly consistent read is not supported on Global Secondary Indexes")
    how = plan(statement, index)
    _refuse_unprojected(statement, index, how)
    digest = _digest(asked)
    begin = _place(asked.get("NextToken"), digest)
    page = await _Reading(request, forward, table, index, how, asked).page(begin)
    if _reaches_back(statement, index):
        page.items = await _whole(request, forward, table, page)
    answer: dict[str, Any] = {"Items": [project(item, statement.projection) for item in page.items]}
    if page.following is not None and not how.names_one(index):
        answer["NextToken"] = _token(page.following, digest)
        if page.following.key:
            answer["LastEvaluatedKey"] = page.following.key
    if page.capacity:
        answer["ConsumedCapacity"] = page.capacity
    return answer


@dataclass
class _Reading:
    request: Request
    forward: Below
    table: Table
    index: Index
    how: Plan
    asked: dict[str, Any]

    async def page(self, place: Place) -> Page:
        """Read from a place on, until the page is full or everything was read."""
        page = Page()
        steps = range(place.query, min(place.query + QUERIES_A_PAGE, max(len(self.how.keys), 1)))
        for number in steps:
            answer = await self._ask(number, place.key if number == place.query else None, self._left(page))
            page.items += answer["Items"]
            page.evaluated += answer["ScannedCount"]
            add_capacity(page.capacity, answer.get("ConsumedCapacity", {}))
            last = answer.get("LastEvaluatedKey")
            if last:
                page.following = Place(number, last)
                return page
            if number + 1 < len(self.how.keys):
                page.following = Place(number + 1)
                if self._left(page) == 0 or len(json.dumps(page.items)) > PAGE_BYTES:
                    return page
            else:
                page.following = None
        return page

    def _left(self, page: Page) -> int | None:
        limit = self.asked.get("Limit")
        return None if limit is None else max(int(limit) - page.evaluated, 0)

    async def _ask(self, number: int, start: dict[str, Any] | None, limit: int | None) -> dict[str, Any]:
        expressions = Expressions()
        fields: dict[str, Any] = {"TableName": self.table.name}
        if not self.how.scans:
            keys = all_of(list(self.how.keys[number]))
            assert keys is not None  # noqa: S101 - for the type checker: a query has a condition
            fields["KeyConditionExpression"] = expressions.condition(keys)
            fields["ScanIndexForward"] = not self.how.descending
        if (filters := all_of(list(self.how.filters))) is not None:
            fields["FilterExpression"] = expressions.condition(filters)
        optional = {
            "IndexName": self.index.name or None,
            "ExclusiveStartKey": start,
            "Limit": limit,
            "ConsistentRead": self.asked.get("ConsistentRead"),
            "ReturnConsumedCapacity": self.asked.get("ReturnConsumedCapacity"),
        }
        fields.update({name: value for name, value in optional.items() if value is not None}, **expressions.fields())
        return await call(self.forward, self.request, "Scan" if self.how.scans else "Query", fields)


def project(item: dict[str, Any], projection: tuple[Parts, ...]) -> dict[str, Any]:
    """Return what a SELECT list takes of an item: a nested value stands under its last name."""
    if not projection:
        return item
    found = ((column(parts), at_path(item, parts)) for parts in projection)
    return {name: value for name, value in found if value is not None}


def at_path(item: dict[str, Any], parts: Parts) -> dict[str, Any] | None:
    """Return the value at a document path, None when there is none."""
    value: Any = {"M": item}
    for part in parts:
        inside = value.get("L" if isinstance(part, int) else "M")
        if isinstance(part, int):
            value = inside[part] if inside is not None and part < len(inside) else None
        else:
            value = inside.get(part) if inside is not None else None
        if value is None:
            return None
    found: dict[str, Any] = value
    return found


def add_capacity(total: dict[str, Any], more: dict[str, Any]) -> None:
    """Add consumed capacity, arm by arm."""
    for name, value in more.items():
        if isinstance(value, dict):
            add_capacity(total.setdefault(name, {}), value)
        elif isinstance(value, str):
            total[name] = value
        else:
            total[name] = total.get(name, 0.0) + value


def _refuse_unprojected(statement: Select, index: Index, how: Plan) -> None:
    """Refuse what an index does not hold, as DynamoDB does."""
    if index.holds is None:
        return
    if not how.scans:
        names = dict.fromkeys(name for node in how.filters for name in names_in(node) if name not in index.holds)
        if names:
            sentence = f"Secondary index {index.name} does not project one or more filter attributes"
            raise Fault(f"{_PROJECTS}{sentence}: [{', '.join(names)}]")
    missing = [str(parts[0]) for parts in statement.projection if parts[0] not in index.holds]
    if missing and index.is_global:
        raise Fault(f"{_PROJECTS}Global secondary index {index.name} does not project [{', '.join(missing)}]")


def _reaches_back(statement: Select, index: Index) -> bool:
    """Whether a local index must fetch attributes from the table."""
    held = index.holds
    return held is not None and any(parts[0] not in held for parts in statement.projection)


async def _whole(request: Request, forward: Below, table: Table, page: Page) -> list[dict[str, Any]]:
    """Return the whole items behind those of a local index."""
    items: list[dict[str, Any]] = []
    for found in page.items:
        fields: dict[str, Any] = {"TableName": table.name, "Key": {name: found[name] for name in table.base.keys}}
        if page.capacity:
            fields["ReturnConsumedCapacity"] = "INDEXES" if "Table" in page.capacity else "TOTAL"
        answer = await call(forward, request, "GetItem", fields)
        add_capacity(page.capacity, answer.get("ConsumedCapacity", {}))
        items.append(answer.get("Item", found))
    return items


def _digest(asked: dict[str, Any]) -> str:
    """Return what tells this statement and its parameters from others; Limit may change from page to page."""
    text = json.dumps([asked.get("Statement"), asked.get("Parameters") or []], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _token(place: Place, digest: str) -> str:
    return base64.b64encode(json.dumps([digest, place.query, place.key]).encode()).decode()


def _place(token: str | None, digest: str) -> Place:
    if token is None:
        return Place()
    try:
        made_for, query, key = json.loads(base64.b64decode(token, validate=True))
    except ValueError:
        raise Fault("Invalid NextToken") from None
    if made_for != digest:
        raise Fault("NextToken does not match request")
    return Place(int(query), key)
