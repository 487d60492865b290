"""Items as a file, written while they are read: CSV, JSON, NDJSON of plain JSON, or DynamoDB JSON as AWS exports it."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.csv_lines import Csv
from app.blueprints.dynamodb.service.wire import Item
from app.exports import gathered

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "dynamodb": "application/x-ndjson",
}
ENDINGS = {"csv": "csv", "json": "json", "ndjson": "ndjson", "dynamodb": "dynamodb.json"}
SAMPLE = 1000  # items whose attributes become the columns of a CSV file
Pages = Iterable[Sequence[Item]]


@dataclass(frozen=True)
class Wish:
    """What file is wanted; `columns` are those of a CSV file, None for those found in the first items.

    `guard` puts ' before text that a spreadsheet would run as a formula.
    """

    form: str
    columns: tuple[str, ...] | None = None
    guard: bool = True


def written(pages: Pages, wish: Wish, keys: Sequence[str]) -> Generator[bytes, None, None]:
    """Return a file's bytes as they come; the first page is read at the first step."""
    if wish.form == "csv":
        lines = _csv(iter(pages), wish, keys)
    elif wish.form == "json":
        lines = _json(pages)
    else:
        lines = _lines(pages, _AS_LINE[wish.form])
    return gathered(lines)


_AS_LINE: dict[str, Callable[[Item], str]] = {
    "ndjson": lambda item: f"{wire.plain_text(item)}\n",
    "dynamodb": lambda item: f'{{"Item": {wire.dynamo_text(item)}}}\n',
}


def _lines(pages: Pages, write: Callable[[Item], str]) -> Iterator[str]:
    for page in pages:
        yield "".join([write(item) for item in page])


def _json(pages: Pages) -> Iterator[str]:
    before = "[\n"
    for page in pages:
        if page:
            yield before + ",\n".join([wire.plain_text(item) for item in page])
            before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _csv(pages: Iterator[Sequence[Item]], wish: Wish, keys: Sequence[str]) -> Iterator[str]:
    """Yield lines; what has no column of its own stands in a last column as JSON, unless the columns were named."""
    first, ended = _sample(pages) if wish.columns is None else ([], False)
    columns = names(first, keys) if wish.columns is None else wish.columns
    table = Csv(columns, rest=wish.columns is None and not ended, guard=wish.guard)
    yield table.header()
    for page in chain([first], pages):
        yield table.lines(page)


def _sample(pages: Iterator[Sequence[Item]]) -> tuple[list[Item], bool]:
    found: list[Item] = []
    for page in pages:
        found += page
        if len(found) >= SAMPLE:
            return found, False
    return found, True


def names(items: Iterable[Item], keys: Sequence[str]) -> tuple[str, ...]:
    """Return the attributes of items: the key's first, then in the order of their first appearance."""
    found = dict.fromkeys(keys)
    for item in items:
        found.update(dict.fromkeys(item))
    return tuple(found)


def all_names(pages: Pages, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the attributes of all items, for which all of them are read."""
    found: dict[str, Any] = dict.fromkeys(keys)
    for page in pages:
        for item in page:
            if not item.keys() <= found.keys():
                found.update(dict.fromkeys(item))
    return tuple(found)
