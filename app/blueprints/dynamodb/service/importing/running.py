"""A dry run, which only looks, and an import, which writes: both read the file once, and hold a few records."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.batches import Batches
from app.blueprints.dynamodb.service.importing.counting import Tally
from app.blueprints.dynamodb.service.importing.csv_records import CsvRecords
from app.blueprints.dynamodb.service.importing.files import keys_of, records
from app.blueprints.dynamodb.service.importing.records import Options, Record
from app.blueprints.dynamodb.service.importing.texts import Unreadable
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Item
from app.blueprints.dynamodb.service.work import Facts, Work

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
    """What a dry run found.

    `good` records would be written; `units` is the write capacity that they take in the table and its indexes.
    `repeated` of them have a key that came before in the file; `compared` says whether every key was looked at.
    """

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
    repeated: int = 0
    compared: bool = True
    fatal: str = ""
    fatal_line: int = 0


class NotTheSame(Exception):
    """The file is not the one with which the import began: another size (bytes), or another beginning."""


def check(pieces: Iterable[bytes], options: Options, table: Table, work: Work) -> Checked:
    """Read a whole file and tell what an import would do. Raises Cancelled; notes its progress."""
    keys, tally, wrong = keys_of(table), Tally(table), list[tuple[int, str]]()
    texts, source, fatal, at = None, None, "", 0
    try:
        texts, source = records(pieces, options, keys)
        work.facts.fingerprint = texts.fingerprint
        for record in source.check() if isinstance(source, CsvRecords) else source.each():
            _look(record, tally, wrong, work)
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
        tally.good,
        work.facts.refused,
        tally.units,
        tally.size,
        _columns(source, {key.name for key in table.keys}),
        tuple(tally.first),
        tuple(wrong),
        tally.repeated,
        tally.compared,
        fatal,
        at,
    )


def _look(record: Record, tally: Tally, wrong: list[tuple[int, str]], work: Work) -> None:
    if record.item is not None:
        tally.add(record.item)
        return
    work.refuse(record.line, record.refused)
    if len(wrong) < SHOWN:
        wrong.append((record.line, record.refused))


def _form(source: Any) -> str:
    if isinstance(source, CsvRecords):
        return "csv"
    if source is None:
        return ""
    return "dynamodb" if source.marshalled else "json"


def _columns(source: Any, keys: set[str]) -> tuple[Column, ...]:
    if not isinstance(source, CsvRecords):
        return ()
    return tuple(
        Column(name, kind, tuple((k, n) for k, n in seen.most_common() if k), seen[""], name in keys)
        for name, kind, seen in zip(source.columns, source.kinds(), source.seen, strict=True)
    )


def write(client: Any, pieces: Iterable[bytes], options: Options, table: Table, work: Work, size: int = 0) -> None:
    """Write a file's items into a table; what was settled in an earlier attempt is passed over.

    `size` is the file's, in bytes, where it is known: an earlier attempt is gone on with by a file of its size only.

    Raises Unreadable, NotTheSame, Cancelled, StillThrottled and AWS's errors: what was written stays written.
    """
    texts, source = records(pieces, options, keys_of(table))
    facts, done, judged = work.facts, work.facts.settled, work.facts.records
    _same_file(facts, texts.fingerprint, size)
    facts.fingerprint, facts.records, facts.total = texts.fingerprint, 0, size or facts.total
    with Batches(client, table.name, [key.name for key in table.keys], work) as batches:
        for record in source.each():
            facts.records += 1
            facts.bytes = texts.bytes
            if facts.records > done and (record.item is not None or facts.records > judged):
                _take(record, facts.records, batches, work)
            work.tick()
    facts.bytes = texts.bytes


def _same_file(facts: Facts, fingerprint: str, size: int) -> None:
    if not facts.fingerprint:
        return
    if size and facts.total and size != facts.total:
        raise NotTheSame(f"This file has {size:,} bytes; the one of the first attempt had {facts.total:,}.")
    if fingerprint != facts.fingerprint:
        raise NotTheSame("This file does not begin like the one of the first attempt.")


def _take(record: Record, number: int, batches: Batches, work: Work) -> None:
    if record.item is None:
        work.refuse(record.line, record.refused)
        batches.skip(number)
    else:
        batches.put(number, record.line, record.item)
