"""Records that an overlay keeps: in memory to read, in one SQLite file to survive an end of any kind."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

logger = logging.getLogger("embedded.book")
Record = dict[str, Any]
_TABLE = """CREATE TABLE IF NOT EXISTS records (
    kind TEXT, account TEXT, region TEXT, name TEXT, facts TEXT, PRIMARY KEY (kind, account, region, name))"""
_PUT = """INSERT INTO records VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, account, region, name) DO UPDATE SET facts = excluded.facts"""
_DROP = "DELETE FROM records WHERE kind = ? AND account = ? AND region = ? AND name = ?"


class Where(NamedTuple):
    """An account and a region: what is in one is not seen from another."""

    account: str
    region: str


class Book:
    """Records by kind, account, region and name, in the order in which they were made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None
        self._kept: dict[tuple[str, Where], dict[str, Record]] = {}
        if path.exists():
            self._load()

    def all(self, kind: str, where: Where) -> list[Record]:
        """Return the records of a kind, oldest first."""
        return list(self._kept.get((kind, where), {}).values())

    def find(self, kind: str, where: Where, name: str) -> Record | None:
        """Return one record."""
        return self._kept.get((kind, where), {}).get(name)

    def everywhere(self, prefix: str) -> Iterator[tuple[str, Where, Record]]:
        """Yield every record whose kind begins so, with its kind and place."""
        for (kind, where), records in list(self._kept.items()):
            if kind.startswith(prefix):
                for record in list(records.values()):
                    yield kind, where, record

    def put(self, kind: str, where: Where, name: str, record: Record) -> None:
        """Keep a record, new or changed; once this returns it survives a kill."""
        self._kept.setdefault((kind, where), {})[name] = record
        self._open().execute(_PUT, (kind, *where, name, json.dumps(record)))

    def drop(self, kind: str, where: Where, name: str) -> None:
        """Forget a record."""
        if self._kept.get((kind, where), {}).pop(name, None) is not None:
            self._open().execute(_DROP, (kind, *where, name))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _load(self) -> None:
        try:
            for kind, account, region, name, facts in self._open().execute("SELECT * FROM records ORDER BY rowid"):
                self._kept.setdefault((kind, Where(account, region)), {})[name] = json.loads(facts)
        except Exception:
            # A file that cannot be read is kept for whoever wants to look at it, and out of the way.
            logger.exception("The records in %s cannot be read.", self._path.name)
            self.close()
            self._kept = {}
            self._path.replace(self._path.with_suffix(".damaged"))
            for part in ("-wal", "-shm"):
                self._path.with_name(self._path.name + part).unlink(missing_ok=True)

    def _open(self) -> Any:
        if self._file is None:
            # Where nothing is kept its memory is not spent.
            import sqlite3

            self._file = sqlite3.connect(self._path, isolation_level=None)
            self._file.execute("PRAGMA journal_mode = WAL")
            # What was written survives the death of this process at any moment; a power cut may cost the last second.
            self._file.execute("PRAGMA synchronous = NORMAL")
            self._file.execute(_TABLE)
        return self._file
