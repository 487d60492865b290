"""A dry run, which only looks, and an import, which writes: both read the file once, and hold a few records."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.batches import Batches
from app.blueprints.dynamodb.service.importing.csv_records import CsvRecords
from app.blueprints.dynamodb.service.importing.files import keys_of, records
from app.blueprints.dynamodb.service.importing.records import Options, Record
from app.blueprints.dynamodb.service.importing.texts import Unreadable
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Item, item_size, write_units
from app.blueprints.dynamodb.service.work import Work

FIRST = 10  # records that are shown
SHOWN = 50  # refused lines that are shown


@dataclass(frozen=True)
class Column:
    """A column of a CSV file: the type that it will have, what its cells look like, whether it is of the key."""

    name: str
    type: str
    cells: tuple[tuple[str, int], ...]
    empty: int
    key: bool


@dataclass(frozen=True)
class Checked:
    """What a dry run found. `good` records would be written; `units` is the write capacity that they take."""

    form: str
    delimiter: str
    latin: int
    marked: bool
    lines: int
    good: int
    refused: int
    units: int
    size: int
    columns: tuple[Column, ...]
    first: tuple[Item, ...]
    wrong: tuple[tuple[int, str], ...]
    fatal: str = ""
    fatal_line: int = 0


class NotTheSame(Exception):
    """The file is not the one with which the import began."""


def check(pieces: Iterable[bytes], options: Options, table: Table, work: Work) -> Checked:
    """Read a whole file and tell what an import would do. Raises Cancelled; notes its progress."""
    keys = keys_of(table)
    found, first, wrong = Counter[str](), list[Item](), list[tuple[int, str]]()
    texts, source, fatal, at = None, None, "", 0
    try:
        texts, source = records(pieces, options, keys)
        work.facts.fingerprint = texts.fingerprint
        for record in source.check() if isinstance(source, CsvRecords) else source.each():
            _look(record, found, first, wrong, work)
            work.facts.records += 1
            work.facts.bytes = texts.bytes
            work.tick()
        work.facts.bytes = texts.bytes
    except Unreadable as error:
        fatal, at = error.message, error.line
    delimiter = source.delimiter if isinstance(source, CsvRecords) else ""
    return Checked(
        _form(source),
        delimiter,
        texts.latin if texts else 0,
        bool(texts and texts.marked),
        texts.lines if texts else 0,
        found["good"],
        work.facts.refused,
        found["units"],
        found["size"],
        _columns(source, {key.name for key in table.keys}),
        tuple(first),
        tuple(wrong),
        fatal,
        at,
    )


def _look(record: Record, found: Counter[str], first: list[Item], wrong: list[tuple[int, str]], work: Work) -> None:
    if record.item is None:
        work.refuse(record.line, record.refused)
        if len(wrong) < SHOWN:
            wrong.append((record.line, record.refused))
        return
    size = item_size(record.item)
    found["good"] += 1
    found["size"] += size
    found["units"] += write_units(size)
    if len(first) < FIRST:
        first.append(record.item)


def _form(source: Any) -> str:
    if isinstance(source, CsvRecords):
        return "csv"
    return "dynamodb" if source is not None and source.marshalled else "json"


def _columns(source: Any, keys: set[str]) -> tuple[Column, ...]:
    if not isinstance(source, CsvRecords):
        return ()
    return tuple(
        Column(name, kind, tuple((k, n) for k, n in seen.most_common() if k), seen[""], name in keys)
        for name, kind, seen in zip(source.columns, source.kinds(), source.seen, strict=True)
    )


def write(client: Any, pieces: Iterable[bytes], options: Options, table: Table, work: Work) -> None:
    """Write a file's items into a table; what was settled in an earlier attempt is passed over.

    Raises Unreadable, NotTheSame, Cancelled, StillThrottled and AWS's errors: what was written stays written.
    """
    texts, source = records(pieces, options, keys_of(table))
    facts, done, judged = work.facts, work.facts.settled, work.facts.records
    if facts.fingerprint and facts.fingerprint != texts.fingerprint:
        raise NotTheSame
    facts.fingerprint, facts.records = texts.fingerprint, 0
    with Batches(client, table.name, [key.name for key in table.keys], work) as batches:
        for record in source.each():
            facts.records += 1
            facts.bytes = texts.bytes
            if facts.records > done and (record.item is not None or facts.records > judged):
                _take(record, facts.records, batches, work)
            work.tick()
    facts.bytes = texts.bytes


def _take(record: Record, number: int, batches: Batches, work: Work) -> None:
    if record.item is None:
        work.refuse(record.line, record.refused)
        batches.skip(number)
    else:
        batches.put(number, record.line, record.item)
