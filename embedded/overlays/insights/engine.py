"""Runs queries in DuckDB: one connection, a cursor for each query, which can be interrupted."""

import importlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedded.overlays.insights.compiling import Context, Plan, compile_query
from embedded.overlays.insights.language import parse
from embedded.overlays.insights.loading import Loader, open_copy

FETCHED = 500
# So many bytes of events are copied into the table of those that passed; of so many a sample is taken.
COPIED, SAMPLE = 64 * 1024 * 1024, 20_000


class Stopped(Exception):
    """The query was stopped."""


class Engine:
    """The events, ready to be queried from several threads."""

    def __init__(self, state: Path) -> None:
        self._results = state / "insights" / "results"
        self._copy = open_copy(state)
        self._results.mkdir(mode=0o700, exist_ok=True)
        self._loader = Loader(self._copy.cursor(), state)
        self._loading = threading.Lock()
        self._stopped: set[str] = set()
        self._cursors: dict[str, Any] = {}

    def close(self) -> None:
        """Close the files."""
        self._loader.close()
        self._copy.close()

    def stop(self, query: str) -> None:
        """Stop a query, or one that is still to come."""
        self._stopped.add(query)
        cursor = self._cursors.get(query)
        if cursor is not None:
            cursor.interrupt()

    def stop_all(self) -> None:
        """Stop what runs."""
        for query in list(self._cursors):
            self.stop(query)

    def run(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Run one query: its rows go to a file, the statistics are returned; Stopped when it was stopped."""
        duckdb: Any = importlib.import_module("duckdb")
        name = str(query["id"])

        def check() -> None:
            if name in self._stopped:
                raise Stopped

        with self._loading:
            check()
            self._loader.catch_up(check)
        cursor = self._cursors[name] = self._copy.cursor()
        try:
            check()
            return self._answered(cursor, query)
        except duckdb.InterruptException as error:
            raise Stopped from error
        finally:
            del self._cursors[name]
            self._stopped.discard(name)
            cursor.close()

    def _answered(self, cursor: Any, query: Mapping[str, Any]) -> dict[str, Any]:
        table = "first_" + str(query["id"]).replace("-", "")
        plan, count, size = _plan(cursor, query, table)
        matched = count
        if plan.first is not None:
            cursor.execute(f"CREATE TEMP TABLE {table} AS {plan.first}")
            matched, passed = cursor.execute(plan.matched).fetchone()
            if plan.all:
                count, size = matched, passed
        rows = self._write(cursor, plan, query)
        return {
            "recordsMatched": float(matched),
            "recordsScanned": float(count),
            "bytesScanned": float(size),
            "resultCount": float(rows),
        }

    def _write(self, cursor: Any, plan: Plan, query: Mapping[str, Any]) -> int:
        found = cursor.execute(plan.final)
        rows = 0
        with (self._results / f"{query['id']}.rows").open("w", encoding="utf-8", errors="replace") as file:
            while some := found.fetchmany(FETCHED):
                file.writelines(line + "\n" for (line,) in some)
                rows += len(some)
        return rows


def _condition(query: Mapping[str, Any]) -> str:
    """Return which events belong to the groups and the time that are asked for."""
    start, end = int(query["start"]), int(query["end"])
    # A group without events has no number, and nothing to give.
    parts = [
        f"(grp = {int(group['number'])} AND ts BETWEEN {max(start, int(group['oldest']))} AND {end})"
        for group in query["groups"]
        if group["number"] is not None
    ]
    return " OR ".join(parts) or "false"


def _plan(cursor: Any, query: Mapping[str, Any], table: str) -> tuple[Plan, int, int]:
    """Return how a query runs, and how many events it reads of how many bytes; zero where its own sums tell.

    A sample tells whether the events that pass its filters are few enough to be copied whole.
    """
    tree, context = parse(query["query"]), Context(query["account"], query["region"], query["now"])
    condition, most = _condition(query), query.get("limit")
    relation = f"(SELECT * FROM events WHERE {condition})"  # noqa: S608
    whole = compile_query(tree, relation, table, context, most, whole=True)
    if whole.first is not None and whole.all:
        return whole, 0, 0
    totals = f"SELECT count(*), coalesce(sum(bytes), 0) FROM events WHERE {condition}"  # noqa: S608
    count, size = cursor.execute(totals).fetchone()
    if not whole.events or size <= COPIED:
        return whole, int(count), int(size)
    some = f"(SELECT * FROM events WHERE {condition} LIMIT {SAMPLE})"  # noqa: S608
    sample = compile_query(tree, some, table, context)
    (passed,) = cursor.execute(f"SELECT count(*) FROM ({sample.first})").fetchone()  # noqa: S608
    if size * passed / SAMPLE > COPIED:
        whole = compile_query(tree, relation, table, context, most)
    return whole, int(count), int(size)
