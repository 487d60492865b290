"""One record of a file: the item that it is, or why it is none."""

from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.wire import MOST_BYTES, Item, Key, Mistake, check_key, item_size

FORMATS = {
    "auto": "As it looks",
    "csv": "CSV",
    "json": "JSON array",
    "ndjson": "NDJSON, one JSON object a line",
    "dynamodb": "DynamoDB JSON, as AWS exports it",
}
EMPTY = {"leave": "leaves the attribute out", "text": "is an empty text", "null": "is null"}


@dataclass(frozen=True)
class Options:
    """How a file is read; `types` are those of a CSV file's columns, by place, "" where none was chosen."""

    form: str = "auto"
    encoding: str = "auto"
    delimiter: str = ""
    empty: str = "leave"
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A record and the line at which it begins; either `item` or `refused`, the reason, is there."""

    line: int
    item: Item | None
    refused: str = ""


def judged(line: int, item: Item, keys: tuple[Key, ...]) -> Record:
    """Return a record whose key and size were checked."""
    try:
        check_key(item, keys)
        size = item_size(item)
        if size > MOST_BYTES:
            raise Mistake(f"The item has {size:,} bytes: DynamoDB takes 400 KB ({MOST_BYTES:,} bytes).")
    except Mistake as error:
        return Record(line, None, error.message)
    return Record(line, item)


def refused(line: int, error: Mistake, where: Any = "") -> Record:
    """Return a record that is none, with the place of its mistake."""
    place = str(where) or error.where
    return Record(
        line, None, f"{place}: {error.message}" if place and f"“{place}”" not in error.message else error.message
    )
