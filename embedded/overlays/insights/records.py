"""What is kept of queries and of saved queries: one small SQLite file."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KEPT = 7 * 24 * 3600 * 1000
RUNNING = ("Scheduled", "Running")
_SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS queries (id TEXT PRIMARY KEY, account TEXT, region TEXT, created INTEGER, facts TEXT);
CREATE TABLE IF NOT EXISTS definitions (
    id TEXT, account TEXT, region TEXT, name TEXT, facts TEXT, PRIMARY KEY (account, region, id));
"""


@dataclass
class Record:
    """One query that was started; times in milliseconds."""

    id: str
    account: str
    region: str
    text: str
    groups: list[str]
    created: int
    user: str
    status: str = "Scheduled"
    ended: int | None = None
    statistics: dict[str, float] = field(default_factory=dict)


class Records:
    """The file and the directory of results beside it."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "insights"
        for folder in (self._folder, self._folder / "results"):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._file = sqlite3.connect(self._folder / "queries.db", isolation_level=None, timeout=30)
        self._file.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def rows(self, query: str) -> Path:
        """Return the file of a query's rows."""
        return self._folder / "results" / f"{query}.rows"

    def keep(self, record: Record) -> None:
        """Write a query's record."""
        row = (record.id, record.account, record.region, record.created, json.dumps(asdict(record)))
        self._file.execute("INSERT OR REPLACE INTO queries VALUES (?, ?, ?, ?, ?)", row)

    def find(self, query: str, account: str, region: str) -> Record | None:
        """Return a query of an account and region."""
        select = "SELECT facts FROM queries WHERE id = ? AND account = ? AND region = ?"
        row = self._file.execute(select, (query, account, region)).fetchone()
        return None if row is None else Record(**json.loads(row[0]))

    def all(self, account: str, region: str) -> list[Record]:
        """Return the queries of an account and region, the newest first."""
        select = "SELECT facts FROM queries WHERE account = ? AND region = ? ORDER BY created DESC, rowid DESC"
        return [Record(**json.loads(facts)) for (facts,) in self._file.execute(select, (account, region))]

    def tidy(self, now: int) -> None:
        """Fail what a crash cut off, and forget what is older than a week, as AWS does."""
        for query, facts in self._file.execute("SELECT id, facts FROM queries").fetchall():
            record = Record(**json.loads(facts))
            if record.created < now - KEPT:
                self._file.execute("DELETE FROM queries WHERE id = ?", (query,))
                self.rows(query).unlink(missing_ok=True)
            elif record.status in RUNNING:
                record.status, record.ended = "Failed", now
                self.keep(record)

    def define(self, account: str, region: str, number: str, facts: dict[str, Any]) -> None:
        """Write a saved query."""
        row = (number, account, region, facts["name"], json.dumps(facts))
        self._file.execute("INSERT OR REPLACE INTO definitions VALUES (?, ?, ?, ?, ?)", row)

    def definition(self, account: str, region: str, number: str) -> dict[str, Any] | None:
        """Return a saved query."""
        select = "SELECT facts FROM definitions WHERE id = ? AND account = ? AND region = ?"
        row = self._file.execute(select, (number, account, region)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def definitions(self, account: str, region: str, prefix: str) -> Sequence[dict[str, Any]]:
        """Return the saved queries whose names begin so, by name."""
        select = "SELECT facts FROM definitions WHERE account = ? AND region = ? ORDER BY name, id"
        found = [json.loads(facts) for (facts,) in self._file.execute(select, (account, region))]
        return [facts for facts in found if facts["name"].startswith(prefix)]

    def undefine(self, account: str, region: str, number: str) -> bool:
        """Delete a saved query and return whether it was there."""
        delete = "DELETE FROM definitions WHERE id = ? AND account = ? AND region = ?"
        return self._file.execute(delete, (number, account, region)).rowcount > 0
