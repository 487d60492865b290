"""Where log events are written: durable against a crash of the process as soon as a write returns.

Numbers of groups, streams and events are never used twice: what was deleted cannot come back under another name.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger("embedded.events")
SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL);
INSERT OR IGNORE INTO identity VALUES (1, hex(randomblob(16)));
CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (account, region, name));
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, grp INTEGER NOT NULL, name TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (grp, name));
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, at INTEGER NOT NULL, taken INTEGER NOT NULL,
    message TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_in_order ON events (stream, at);
CREATE TABLE IF NOT EXISTS deletions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, purged INTEGER NOT NULL DEFAULT 0);
"""
PURGED_AT_ONCE = 5000
# So much is written before it is moved from the log of the file into the file itself.
SETTLED_AT_ONCE = 16 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """A log group."""

    account: str
    region: str
    group: str


class EventStore:
    """The file, opened for writing; used from any thread."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "events.db"
        self._lock = threading.RLock()
        self._connection = self._opened()
        self._known: dict[tuple[Place, str], int] = {}
        self._unsettled = 0
        self._settling: threading.Thread | None = None

    def _opened(self) -> sqlite3.Connection:
        try:
            return connect(self.path)
        except sqlite3.DatabaseError:
            damaged = self.path.with_suffix(".damaged")
            logger.exception("The log events in %s cannot be read: kept as %s.", self.path, damaged)
            self.path.replace(damaged)
            for rest in ("-wal", "-shm"):
                self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
            return connect(self.path)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one connection that writes, in a transaction."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk fails the COMMIT too; SQLite may have rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def append(self, place: Place, stream: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Keep events of a stream, which is made where it is new; times in milliseconds."""
        with self._lock:
            with self.writing() as connection:
                number = self._known.get((place, stream)) or self._numbered(connection, place, stream)
                size, rows = 0, []
                for event in events:
                    message, length = sound(event["message"])
                    rows.append((number, event["timestamp"], event["ingestionTime"], message))
                    size += length
                connection.executemany("INSERT INTO events (stream, at, taken, message) VALUES (?, ?, ?, ?)", rows)
                connection.execute("UPDATE streams SET bytes = bytes + ? WHERE id = ?", (size, number))
            # Only what was committed is remembered, and before anybody can delete it.
            if len(self._known) > 1000:
                self._known.clear()
            self._known[place, stream] = number
        self._unsettled += size
        if self._unsettled > SETTLED_AT_ONCE and (self._settling is None or not self._settling.is_alive()):
            self._unsettled = 0
            self._settling = threading.Thread(target=self._settle, name="settle", daemon=True)
            self._settling.start()

    def _settle(self) -> None:
        """Move what was written into the file itself: it waits for the disk, so whoever writes does not."""
        connection = sqlite3.connect(self.path, timeout=30)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    def _numbered(self, connection: sqlite3.Connection, place: Place, stream: str) -> int:
        key = (place.account, place.region, place.group)
        connection.execute("INSERT OR IGNORE INTO groups (account, region, name) VALUES (?, ?, ?)", key)
        find = "SELECT id FROM groups WHERE account = ? AND region = ? AND name = ?"
        (group,) = connection.execute(find, key).fetchone()
        connection.execute("INSERT OR IGNORE INTO streams (grp, name) VALUES (?, ?)", (group, stream))
        (number,) = connection.execute("SELECT id FROM streams WHERE grp = ? AND name = ?", (group, stream)).fetchone()
        return int(number)

    def forget(self, place: Place, stream: str | None = None) -> None:
        """Delete a stream, or a group with all its streams: gone at once, the space is freed by `purge`."""
        with self.writing() as connection:
            self._known.clear()
            condition = "account = ? AND region = ? AND groups.name = ?"
            key: tuple[str, ...] = (place.account, place.region, place.group)
            which = f"SELECT streams.id FROM streams JOIN groups ON groups.id = grp WHERE {condition}"  # noqa: S608
            if stream is not None:
                which, key = which + " AND streams.name = ?", (*key, stream)
            gone = connection.execute(which, key).fetchall()
            connection.executemany("INSERT INTO deletions (stream) VALUES (?)", gone)
            connection.executemany("DELETE FROM streams WHERE id = ?", gone)
            if stream is None:
                connection.execute(f"DELETE FROM groups WHERE {condition}", key[:3])  # noqa: S608

    def purge(self) -> None:
        """Remove the events of deleted streams, little by little so that others can write in between."""
        while True:
            with self.writing() as connection:
                left = connection.execute("SELECT id, stream FROM deletions WHERE purged = 0 LIMIT 1").fetchone()
                if left is None:
                    return
                some = "SELECT id FROM events WHERE stream = ? LIMIT ?"
                removed = connection.execute(
                    f"DELETE FROM events WHERE id IN ({some})",  # noqa: S608
                    (left[1], PURGED_AT_ONCE),
                ).rowcount
                if removed < PURGED_AT_ONCE:
                    connection.execute("UPDATE deletions SET purged = 1 WHERE id = ?", (left[0],))

    def streams(self) -> list[tuple[Place, str, int, int]]:
        """Return every stream that has events, with the times of its first and last."""
        query = """SELECT account, region, groups.name, streams.name,
            (SELECT min(at) FROM events WHERE stream = streams.id),
            (SELECT max(at) FROM events WHERE stream = streams.id)
            FROM streams JOIN groups ON groups.id = grp"""
        with self._lock:
            found = self._connection.execute(query).fetchall()
        return [(Place(*row[:3]), row[3], row[4], row[5]) for row in found if row[4] is not None]

    def close(self) -> None:
        """Close the file, with all that was written moved into it."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, making what is missing."""
    made = not path.exists()
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    if made:
        path.chmod(0o600)
    # A commit reaches the operating system: it outlives this process, though perhaps not a power cut.
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000;")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.executescript(SCHEMA)
    return connection


def sound(message: str) -> tuple[str, int]:
    """Return a message that can be written, and its bytes: halves of surrogate pairs are replaced."""
    try:
        return message, len(message.encode())
    except UnicodeEncodeError:
        whole = message.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole, len(whole.encode())
