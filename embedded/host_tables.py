"""Large DynamoDB tables, each in a state file of its own, which is written only when its items changed.

The file holds the items as they are kept: a line each, its key, a tab, its JSON. The other facts of the table, and
that it has such a file, stay in the state of the service (private names of the emulator, like host.py).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from embedded import host_items
from embedded.host_items import Items, Partition

logger = logging.getLogger("embedded.state")
LARGE = 1_000
PREFIX = "dynamodb-table-"
# In a table's record: the name of its file.
FILE = "trellis_file"
Key = tuple[str, str, str]


class Tables:
    """Knows which tables are large and which of them changed."""

    def __init__(self, dynamodb: Any, forget: Callable[[str], None]) -> None:
        self._dynamodb, self._forget = dynamodb, forget
        # Versions that lie in files, and those that the save that is running writes.
        self._saved: dict[str, int] = {}
        self._saving: dict[str, int] = {}
        self._gone: set[str] = set()

    def _large(self) -> Iterator[tuple[Key, Items]]:
        for key, table in list(self._dynamodb._tables._data.items()):
            items = table["items"]
            if (isinstance(items, Items) and items.file) or table.get("ItemCount", 0) > LARGE:
                items = host_items.of(table)
                items.file = items.file or PREFIX + hashlib.sha256("/".join(key).encode()).hexdigest()[:16]
                yield key, items

    def changed(self) -> list[str]:
        """Return the files that are to be written: called before a save, of which it remembers what it writes."""
        found = {items.file: items.version for _, items in self._large()}
        self._saving = {file: version for file, version in found.items() if self._saved.get(file) != version}
        self._gone |= self._saved.keys() - found.keys()
        self._saved = {file: version for file, version in self._saved.items() if file in found}
        return list(self._saving)

    def saved(self, files: Iterable[str]) -> bool:
        """Note that files were written; whether one of them is new, so that the service's state can leave it out.

        Files of tables that are gone go too: the state that was written with them does not name them any more.
        """
        for file in self._gone:
            self._forget(file)
        self._gone.clear()
        written = {file: self._saving[file] for file in files if file in self._saving}
        new = bool(written.keys() - self._saved.keys())
        self._saved.update(written)
        return new

    def serialise(self, file: str) -> bytes | None:
        """Return what goes into a file, None for a table that is gone."""
        found = next((items for _, items in self._large() if items.file == file), None)
        return None if found is None else b"\n".join(_lines(found))

    def without(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return the service's state without the items that lie in files."""
        for key, items in self._large():
            record = state["tables"]._data.get(key)
            if record is not None and items.file in self._saved:
                state["tables"]._data[key] = {**record, "items": {}, FILE: items.file}
        return state

    def restore(self, load: Callable[[str], bytes | None]) -> None:
        """Read the items of the tables that have a file."""
        for table in list(self._dynamodb._tables._data.values()):
            file = table.pop(FILE, "")
            if not file:
                continue
            payload = load(file)
            if payload is None:
                logger.error("The items of the table %s are lost: %s.state is missing.", table["TableName"], file)
                continue
            items = table["items"] = _read(payload)
            items.file = file
            self._saved[file] = items.version
            count = sum(len(partition) for partition in dict.values(items))
            if count != table["ItemCount"]:
                # A crash came between the two files: what is counted with every change is counted anew.
                table["ItemCount"] = count
                table.pop("trellis_counted", None)


def _lines(items: Items) -> Iterator[bytes]:
    for pk, partition in list(items.items()):
        begin = json.dumps(pk)
        for sk, kept in partition.kept():
            yield f"[{begin}, {json.dumps(sk)}]\t".encode() + kept


def _read(payload: bytes) -> Items:
    items = Items()
    for line in payload.split(b"\n") if payload else ():
        key, _, kept = line.partition(b"\t")
        pk, sk = json.loads(key)
        partition: Partition = items.setdefault(pk)
        partition[sk] = kept
    return items
