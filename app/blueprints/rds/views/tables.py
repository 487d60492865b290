"""A table, a page at a time by its key, filtered and sorted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import quote

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import keys
from app.blueprints.rds.service.cells import as_json
from app.blueprints.rds.views import exports, snippets
from app.blueprints.rds.views.cell import address as cell_address
from app.blueprints.rds.views.connected import Connected, connected
from app.rendering import url_for, with_fields
from app.sql import page as paging
from app.sql.edit import Edit
from app.sql.page import Filter, Page, Query, Way
from app.sql.values import Cell, Column

OPENED, COMMA, CLOSED = (quote(mark) for mark in "[,]")  # of a key in an address
COMPARISONS = (*paging.COMPARE, "null", "not null")


@dataclass(frozen=True)
class TablePage:
    """One page of a table; the addresses lead to its neighbours, "" where there is none."""

    instance: str
    dialect: str
    database: str
    schema: str
    table: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: tuple[str, ...]
    sort: str
    descending: bool
    filters: tuple[Filter, ...]
    next_url: str
    previous_url: str
    first_url: str
    last_url: str
    milliseconds: float


@bp.get("/<identifier>/table")
def table(identifier: str) -> Response:
    """Show 100 rows of a table."""
    there = connected(identifier, request.args.get("database", ""))
    query = _query()
    if exports.wanted():
        return exports.export_table(there, query)
    found = paging.fetch(there.target, query)
    page = _page(there, query, found)
    if respond.wants_json():
        return _as_json(page)
    snippets.show_one(there, Edit(found.statement, found.parameters, found.seconds))
    more: dict[str, Any] = {"comparisons": COMPARISONS, "row_keys": _keys(found), "links": _links(there, found)}
    more["file"] = cell_address(there, query.schema, query.table)
    more["keyed"] = bool(found.structure.key())
    editable = more["keyed"] and not aws.identity().read_only
    return respond.page("rds/table.html", page, editable=editable, **more)


def _query() -> Query:
    asked = request.args
    way = asked.get("way", "first")
    if way not in get_args(Way):
        raise BadRequest("There is no such way through a table.")
    try:
        key, filters = keys.load(asked.get("key", "")), tuple(_filter(text) for text in asked.getlist("f"))
    except ValueError as error:
        raise BadRequest("The address of this page is damaged.") from error
    if asked.get("column"):
        filters += (Filter(asked["column"], asked.get("compare", "="), asked.get("value", "")),)
    return Query(
        schema=asked.get("schema", ""),
        table=asked.get("table", ""),
        way=way,  # type: ignore[arg-type]  # checked above
        key=key,
        sort=asked.get("sort", ""),
        descending=asked.get("order") == "descending",
        filters=filters,
        offset=max(asked.get("offset", 0, type=int), 0),
    )


def _filter(text: str) -> Filter:
    column, compare, value = (*keys.load(text), None)[:3]
    return Filter(str(column), str(compare), value)


def filter_text(one: Filter) -> str:
    """Return a condition as an address carries it."""
    return keys.dump((one.column, one.compare, one.value))


def _page(there: Connected, query: Query, found: Page) -> TablePage:
    url = _addresses(there, query)
    first, last = keys.dump(found.first), keys.dump(found.last)
    keyed = bool(found.order) and bool(first) and bool(last)
    ahead = url(way="after", key=last) if keyed else url(offset=query.offset + query.size)
    back = url(way="before", key=first) if keyed else url(offset=max(query.offset - query.size, 0) or None)
    return TablePage(
        there.instance.identifier,
        there.target.dialect,
        there.target.database,
        query.schema,
        query.table,
        found.answer.columns or (),
        found.answer.rows,
        found.order,
        query.sort,
        query.descending,
        query.filters,
        ahead if found.after else "",
        back if found.before else "",
        url() if found.before else "",
        url(way="last") if keyed and found.after else "",
        0.0,
    )


def _addresses(there: Connected, query: Query) -> Callable[..., str]:
    """Return a function that makes the address of another page of the same table."""

    base = url_for("rds.table", identifier=there.instance.identifier)

    def make(**changes: Any) -> str:
        fields = {
            "database": there.target.database or None,
            "schema": query.schema,
            "table": query.table,
            "sort": query.sort or None,
            "order": "descending" if query.descending else None,
            "f": [filter_text(one) for one in query.filters] or None,
            **changes,
        }
        return with_fields(base, fields)

    return make


def _links(there: Connected, found: Page) -> dict[str, Callable[[Cell], str]]:
    """Return, for each column that is a foreign key by itself, the way from a value to the row it names."""
    made: dict[str, Callable[[Cell], str]] = {}
    for foreign in found.structure.foreign:
        if len(foreign.columns) == 1:
            made[foreign.columns[0]] = _link(there, foreign.schema, foreign.table, foreign.others[0])
    return made


def _link(there: Connected, schema: str, name: str, column: str) -> Callable[[Cell], str]:
    base = url_for(
        "rds.table",
        identifier=there.instance.identifier,
        database=there.target.database or None,
        schema=schema,
        table=name,
    )
    start = f"{base}&f={quote(keys.dump((column, '=', 0))[:-2])}"

    def link(value: Cell) -> str:
        if type(value) is int:  # what nearly every one is
            return f"{start}{value}{CLOSED}"
        return f"{base}&f={quote(keys.dump((column, '=', value)))}"

    return link


def _keys(found: Page) -> list[str]:
    """Return what names each row in an address of the editing pages, an empty text where nothing does."""
    key, names = found.structure.key(), [column.name for column in found.answer.columns or ()]
    if not key:
        return ["" for _ in found.answer.rows]
    places = [names.index(name) for name in key]
    return [_key([row[place] for place in places]) for row in found.answer.rows]


def _key(values: list[Cell]) -> str:
    if all(type(value) is int for value in values):  # what nearly every one is
        return f"{OPENED}{COMMA.join(map(str, values))}{CLOSED}"
    return quote(keys.dump(values))


def _as_json(page: TablePage) -> Response:
    body = {
        "schema": page.schema,
        "table": page.table,
        "key": list(page.key),
        "columns": [{"name": one.name, "type": one.type} for one in page.columns],
        "rows": [[as_json(cell) for cell in row] for row in page.rows],
        "next": page.next_url,
        "previous": page.previous_url,
    }
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


@bp.app_template_filter("filter_text")
def _filter_text(one: Filter) -> str:
    return filter_text(one)
