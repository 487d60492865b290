"""DuckDB's copy of the events: made from the store's file, and brought up to date before each query.

The copy is never the truth: where it does not fit the store it is made anew.
"""

import importlib
import json
import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embedded.overlays.insights.compiling.values import MACROS

logger = logging.getLogger("embedded.insights")
# So many bytes of JSON are loaded at a time.
AT_ONCE = 64 * 1024 * 1024
# Messages as they are: three times the space of compressed ones, but a search need not unpack them.
TABLES = """
CREATE TABLE events (id BIGINT, grp INTEGER, stream INTEGER, ts BIGINT, taken BIGINT, bytes INTEGER, kind UTINYINT,
    doc VARCHAR, message VARCHAR USING COMPRESSION uncompressed);
CREATE TABLE groups (id INTEGER, name VARCHAR);
CREATE TABLE streams (id INTEGER, name VARCHAR);
CREATE TABLE progress (source VARCHAR, version INTEGER, event BIGINT, deletion BIGINT, grp INTEGER, stream INTEGER);
"""
VERSION = 2
_EXPORT = """SELECT events.id, json_object('i', events.id, 'g', streams.grp, 's', stream, 't', at, 'n', taken,
    'm', message, 'l', groups.name LIKE '/aws/lambda/%') || char(10)
    FROM events JOIN streams ON streams.id = stream JOIN groups ON groups.id = streams.grp
    WHERE events.id > ? AND events.id <= ? ORDER BY events.id"""
_FLOW = r"^\d+ (\d{12}|unknown) eni-\w+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \d+ \d+ (ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)$"
_DNS = r"^\d+\.\d+ \d{4}-\d\d-\d\dT\S+Z \S+ \S+ [A-Z0-9]+ [A-Z]+ (UDP|TCP) \S+ \S+ \S+$"
_KIND = f"""CASE WHEN starts_with(m, '{{') AND json_valid(m) THEN 1 WHEN l = 1 THEN 2
    WHEN regexp_matches(m, '{_FLOW}') THEN 3 WHEN regexp_matches(m, '{_DNS}') THEN 4 ELSE 0 END"""
_DOC = r"""CASE WHEN l = 1 AND contains(m, '{') AND json_valid(regexp_extract(m, '(?s)\{.*\}'))
    THEN regexp_extract(m, '(?s)\{.*\}') END"""
# Texts of this file only, no one else's.
_IMPORT = f"""INSERT INTO events SELECT i, g, s, t, n, strlen(m), {_KIND}, {_DOC}, m
    FROM read_json(?, format = 'newline_delimited', maximum_object_size = 33554432,
    columns = {{i: 'BIGINT', g: 'INTEGER', s: 'INTEGER', t: 'BIGINT', n: 'BIGINT', m: 'VARCHAR', l: 'INTEGER'}})"""  # noqa: S608
_NAMES = """INSERT INTO {0} SELECT i, m FROM read_json(?, format = 'newline_delimited',
    columns = {{i: 'INTEGER', m: 'VARCHAR'}})"""


def open_copy(state: Path) -> Any:
    """Open the copy, making it anew where it cannot be opened or is of another kind or store."""
    duckdb: Any = importlib.import_module("duckdb")
    folder = state / "insights"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "events.duckdb"
    settings = {
        "threads": 2,
        "memory_limit": "420MB",
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    for _ in range(2):
        try:
            copy = duckdb.connect(str(path), config=settings)
            _confine(copy, folder)
            if _fits(copy, state):
                return copy
            copy.close()
        except duckdb.Error:
            logger.warning("The copy of the events is made anew.", exc_info=True)
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
    raise RuntimeError(f"{path} cannot be made")


def _confine(copy: Any, folder: Path) -> None:
    """Let no statement of this process reach a file outside the copy's folder, whatever a query should smuggle in."""
    copy.execute("SET allowed_directories = [?]", [str(folder.resolve())])
    copy.execute("SET enable_external_access = false")
    copy.execute("SET lock_configuration = true")


def _fits(copy: Any, state: Path) -> bool:
    source = _source(state)
    (mine,) = source.execute("SELECT value FROM identity").fetchone()
    source.close()
    if copy.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'progress'").fetchone()[0] == 0:
        copy.execute(TABLES)
        copy.execute("INSERT INTO progress VALUES (?, ?, 0, 0, 0, 0)", [mine, VERSION])
    copy.execute(MACROS)
    return bool(copy.execute("SELECT source, version FROM progress").fetchone() == (mine, VERSION))


def _source(state: Path) -> sqlite3.Connection:
    path = (state / "events.db").resolve().as_uri() + "?mode=ro"
    # The threads that run queries take turns with it.
    return sqlite3.connect(path, uri=True, isolation_level=None, timeout=30, check_same_thread=False)


def message_kind(message: str, group: str) -> tuple[int, str | None]:
    """Return the kind of a message, as the loading tells them apart, and the JSON in it."""
    if message.startswith("{") and _is_json(message):
        return 1, message
    if group.startswith("/aws/lambda/"):
        # What _DOC finds. Python's regular expressions would begin anew at each bracket of a text without an end.
        found = message[message.find("{") : message.rfind("}") + 1] if "{" in message else ""
        return 2, found if found and _is_json(found) else None
    return (3 if re.search(_FLOW, message) else 4 if re.search(_DNS, message) else 0), None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class Loader:
    """Brings the copy up to date; one call at a time."""

    def __init__(self, copy: Any, state: Path) -> None:
        self._copy, self._source = copy, _source(state)
        self._file = state / "insights" / "load.json"

    def close(self) -> None:
        """Close the store's file."""
        self._source.close()

    def catch_up(self, check: Callable[[], None]) -> None:
        """Take over what the store has now; `check` raises when it shall not go on."""
        source, copy = self._source, self._copy
        event, deletion, group, stream = copy.execute("SELECT event, deletion, grp, stream FROM progress").fetchone()
        heads = "SELECT (SELECT max(id) FROM events), (SELECT max(id) FROM deletions)"
        last, gone = (value or 0 for value in source.execute(heads).fetchone())
        if (last, gone) == (event, deletion):
            return
        while event < last:
            check()
            event = self._events(event, last)
            copy.execute("UPDATE progress SET event = ?", [event])
        self._names("groups", "grp", group)
        self._names("streams", "stream", stream)
        self._delete(deletion, gone)

    def _events(self, start: int, last: int) -> int:
        """Take over events after a number, as many as are loaded at a time, and return the number of the last."""
        size, found = 0, self._source.execute(_EXPORT, (start, last))
        with self._file.open("w", encoding="utf-8") as file:
            for number, line in found:
                size += file.write(line)
                if size > AT_ONCE:
                    last = number
                    break
        self._take(_IMPORT)
        return last

    def _take(self, statement: str) -> None:
        if self._file.stat().st_size:
            self._copy.execute(statement, [str(self._file)])
        self._file.unlink()

    def _names(self, table: str, mark: str, last: int) -> None:
        export = f"SELECT json_object('i', id, 'm', name) || char(10) FROM {table} WHERE id > ?"  # noqa: S608
        with self._file.open("w", encoding="utf-8") as file:
            file.writelines(line for (line,) in self._source.execute(export, (last,)))
        self._take(_NAMES.format(table))
        self._copy.execute(f"UPDATE progress SET {mark} = greatest({mark}, (SELECT max(id) FROM {table}))")  # noqa: S608

    def _delete(self, last: int, gone: int) -> None:
        found = self._source.execute("SELECT stream FROM deletions WHERE id > ? AND id <= ?", (last, gone)).fetchall()
        if found:
            numbers = ", ".join(str(int(stream)) for (stream,) in found)
            self._copy.execute(f"DELETE FROM events WHERE stream IN ({numbers})")  # noqa: S608
            self._copy.execute(f"DELETE FROM streams WHERE id IN ({numbers})")  # noqa: S608
        self._copy.execute("UPDATE progress SET deletion = ?", [gone])
