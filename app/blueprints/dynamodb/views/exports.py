"""Files of a whole table, or of what a question selects: streamed, to the end."""

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response as FlaskResponse
from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import expressions, prices, scanning, wire
from app.blueprints.dynamodb.service.asked import Asked, Wrong
from app.blueprints.dynamodb.service.exporting import ENDINGS, TYPES, Pages, Wish, all_names, written
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.said import question
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.views import asking
from app.blueprints.dynamodb.views.common import dynamodb
from app.numbers import whole
from app.problems import refused
from app.security import from_elsewhere

MOST_COLUMNS = 2000


@bp.context_processor
def questions() -> dict[str, Any]:
    """Give the pages of items the way to the files and deletions of their question."""
    return {"question_of": asking.query_string}


@bp.get("/<table>/export")
def export_items(table: str) -> Response:
    """Show what an export reads and costs; with `format` and `download` answer with the file."""
    described = KNOWN.fresh(dynamodb(), table)
    asked = asking.read(request.args)
    if request.args.get("download") and not from_elsewhere():
        return export_file(described, asked)
    units = wire.read_units(described.size) if described.size else 0.0
    page = {
        "table": described,
        "asked": asking.query_string(asked).removeprefix("?"),
        "fields": asking.pairs(asked),
        "whole": is_whole(asked),
        "words": question(described, asked),
        "units": units,
        "dollars": prices.dollars(prices.read(units)),
        "segments": scanning.segments_for(described),
    }
    return respond.page("dynamodb/export.html", page)


def is_whole(asked: Asked) -> bool:
    """Whether everything is wanted, in no order."""
    return not (asked.is_query or asked.filtered or asked.index or asked.attributes)


def export_file(table: Table, asked: Asked) -> Response:
    """Answer with the items of a table, all or those that a question selects."""
    client, keys = dynamodb(), [key.name for key in table.keys]
    pages = _source(client, table, asked)
    wish = wish_of(request.args, lambda: all_names(_source(client, table, asked)(), keys))
    return file(pages(), wish, keys, table.name)


def _source(client: Any, table: Table, asked: Asked) -> Any:
    if is_whole(asked):
        count = whole(request.args.get("segments"), 1, 9) or 0
        return lambda: scanning.whole(client, table, count)
    try:
        parameters = expressions.request(table, asked)
    except Wrong as error:
        raise refused(422, "This cannot be asked", str(error), "Correct it on the page of items.", "Refused") from error
    parameters.pop("Limit", None)
    return lambda: scanning.items(client, "Query" if asked.is_query else "Scan", parameters)


def wish_of(fields: Any, every: Any) -> Wish:
    """Return the file that is wanted; `every` finds all columns, for which everything is read once more."""
    form = fields.get("format", "")
    if form not in TYPES:
        raise BadRequest(f"The format is one of {', '.join(TYPES)}.")
    how = fields.get("columns", "first")
    columns: tuple[str, ...] | None = None
    if form == "csv" and how == "all":
        columns = every()
    elif form == "csv" and how == "named":
        columns = tuple(dict.fromkeys(name.strip() for name in fields.get("names", "").split(",") if name.strip()))
        if not columns:
            raise BadRequest("Name the columns, separated by commas.")
    if columns and len(columns) > MOST_COLUMNS:
        raise BadRequest(f"{len(columns):,} different attributes are too many columns: take NDJSON.")
    return Wish(form, columns, guard="exact" not in fields)


def file(pages: Pages, wish: Wish, keys: Sequence[str], name: str) -> Response:
    """Answer with a file; its first page is read before the answer begins, so that a refusal is a page.

    A later failure cuts the connection: a file that ends early must not look whole.
    """
    stream = written(_begun(pages), wish, keys)
    first = next(stream, b"")
    response = FlaskResponse(_chained(first, stream), content_type=TYPES[wish.form])
    response.call_on_close(stream.close)
    if hasattr(pages, "close"):
        response.call_on_close(pages.close)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{plain}-{datetime.now(UTC):%Y%m%d-%H%M%S}.{ENDINGS[wish.form]}"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _begun(pages: Pages) -> Iterator[Sequence[Any]]:
    """Read the first page at once."""
    each = iter(pages)
    first = next(each, None)
    return iter(()) if first is None else _after(first, each)


def _after(first: Sequence[Any], each: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield first
    del first  # a page of small items takes megabytes
    yield from each


def _chained(first: bytes, rest: Generator[bytes, None, None]) -> Iterator[bytes]:
    yield first
    yield from rest
