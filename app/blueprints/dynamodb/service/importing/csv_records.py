"""Records of a CSV file: the first line names the columns, each cell becomes a value of its column's type."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

from app.blueprints.dynamodb.service.csv_lines import REST
from app.blueprints.dynamodb.service.importing.records import Options, Record, judged, refused
from app.blueprints.dynamodb.service.importing.texts import Texts, Unreadable
from app.blueprints.dynamodb.service.wire import CHOICES, Item, Key, Mistake, dynamo_item, from_cell, guess, infer

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
MOST_RECORD = 1024 * 1024  # characters of one record: more is a quote that was left open
SAMPLE = 1000  # records from which types are inferred where none are given
csv.field_size_limit(MOST_RECORD)


class CsvRecords:
    """Reads records; `columns` are the names, `seen` how often each column's cells were of which type."""

    def __init__(self, texts: Texts, options: Options, keys: tuple[Key, ...]):
        self._texts, self._options, self._keys = texts, options, keys
        self._begun = self._length = 0
        head = texts.peek().partition("\n")[0]
        self.delimiter = options.delimiter or max(DELIMITERS, key=lambda one: (_outside(head, one), one == ","))
        self._rows = csv.reader(self._guarded(), delimiter=self.delimiter, strict=True)
        self.columns = self._header()
        self._cells = list(enumerate(self.columns))
        self.seen = [Counter[str]() for _ in self.columns]
        forced = {key.name: key.type for key in keys}
        chosen = [*options.types, *[""] * len(self.columns)][: len(self.columns)]
        self.forced = [
            kind if kind in CHOICES else forced.get(name, "") for kind, name in zip(chosen, self.columns, strict=True)
        ]
        if self.columns[-1] == REST:
            self.forced[-1] = REST

    def _guarded(self) -> Iterator[str]:
        """Yield lines; a quote that is never closed must not gather the rest of the file. Raises Unreadable."""
        for line in self._texts.each_line():
            if not self._length:
                self._begun = self._texts.lines
            self._length += len(line)
            if self._length > MOST_RECORD:
                raise self._open_quote()
            yield line

    def _open_quote(self) -> Unreadable:
        sentence = "is not closed within a record, or the record is longer than 1 MiB: nothing behind it can be read."
        return Unreadable(f"The quote that is opened in line {self._begun} {sentence}", self._begun)

    def _header(self) -> list[str]:
        try:
            names = next(self._rows, [])
        except csv.Error as error:
            raise Unreadable(f"The first line cannot be read: {error}.", 1) from None
        self._length = 0
        names = [name.strip() for name in names]
        if not any(names):
            raise Unreadable("The file is empty: its first line names the columns.", 1)
        if "" in names:
            raise Unreadable(f"Column {names.index('') + 1} has no name in the first line.", 1)
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise Unreadable(f"Two columns have the name “{twice}”.", 1)
        for key in self._keys:
            if key.name not in names and not key.index:
                word = "partition key" if key.role == "HASH" else "sort key"
                raise Unreadable(f"The file has no column “{key.name}”, which is the table's {word}.", 1)
        return names

    def each(self) -> Iterator[Record]:
        """Yield the records; types that were not chosen are inferred from the first ones."""
        held: list[tuple[int, list[str]]] = []
        rows = self._each_row()
        for line, row, error in rows:
            if error:
                yield Record(line, None, error)
                continue
            self._look(row)
            held.append((line, row))
            if all(self.forced) or len(held) >= SAMPLE:
                break
        kinds = self.kinds()
        for line, row in held:
            yield self._record(line, row, kinds)
        for line, row, error in rows:
            yield Record(line, None, error) if error else self._record(line, row, kinds)

    def check(self) -> Iterator[Record]:
        """Yield the records as a dry run sees them: every cell is looked at, and is what it plainly is."""
        for line, row, error in self._each_row():
            if error:
                yield Record(line, None, error)
                continue
            self._look(row)
            yield self._record(line, row, self.forced)

    def kinds(self) -> list[str]:
        """Return the type of every column: the chosen, the key's, or the one that all its cells are."""
        return [forced or infer(seen) for forced, seen in zip(self.forced, self.seen, strict=True)]

    def _look(self, row: Sequence[str]) -> None:
        for at, text in enumerate(row):
            self.seen[at][guess(text)] += 1

    def _each_row(self) -> Iterator[tuple[int, list[str], str]]:
        while True:
            self._length = 0
            error = ""
            try:
                row = next(self._rows, None)
            except csv.Error as wrong:
                if "unexpected end" in str(wrong):
                    raise self._open_quote() from None
                row, error = [], f"This is not CSV: {wrong}."
            if row is None:
                return
            if row or error:
                wrong_count = not error and len(row) != len(self.columns)
                if wrong_count:
                    error = f"{len(row)} cells, and the first line names {len(self.columns)} columns."
                yield self._begun, row, error

    def _record(self, line: int, row: Sequence[str], kinds: Sequence[str]) -> Record:
        item: Item = {}
        name = ""
        try:
            for at, name in self._cells:
                text, kind = row[at], kinds[at]
                if text:
                    self._put(item, name, text, kind or guess(text))
                elif self._options.empty != "leave" and kind not in ("SKIP", REST):
                    item[name] = {"S": ""} if self._options.empty == "text" else {"NULL": True}
        except Mistake as error:
            return refused(line, error, name)
        return judged(line, item, self._keys)

    @staticmethod
    def _put(item: Item, name: str, text: str, kind: str) -> None:
        if kind == REST:
            item.update(dynamo_item(text))
        elif kind != "SKIP":
            item[name] = from_cell(text, kind)


def _outside(text: str, sign: str) -> int:
    """Return how often a sign stands outside of quotes."""
    return sum(part.count(sign) for part in text.split('"')[::2])
