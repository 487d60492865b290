"""Long work and how far it is: kept in the state table, so that any instance can tell, stop it, and go on with it."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from app.aws import ReadOnly
from app.store import Store

KEPT = 7 * 86400  # seconds
EVERY = 1.0  # seconds between two notes of progress
SILENT = 20  # seconds without a note after which work that runs is thought to be lost
CHUNK = 500  # refused lines of one note
MOST_REFUSED = 100_000  # lines of a report
LONGEST_REASON = 300


@dataclass
class Facts:
    """What is known of one piece of work.

    `kind` is check, import or delete; `state` running, done, failed or cancelled. `records` were read, `written` and
    `refused` of them dealt with, `settled` is the number of records after which it can go on; `bytes` of `total`.
    """

    kind: str
    table: str
    name: str = ""
    state: str = "running"
    records: int = 0
    written: int = 0
    refused: int = 0
    chunks: int = 0  # notes that the refused lines fill
    replaced: int = 0
    settled: int = 0
    retried: int = 0
    waited: float = 0.0
    bytes: int = 0
    total: int = 0
    seconds: float = 0.0
    units: float = 0.0
    started: int = 0
    updated: int = 0
    fingerprint: str = ""
    reason: str = ""
    title: str = ""
    code: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether it says that it runs and has said nothing for long."""
        return self.state == "running" and time.time() - self.updated > SILENT

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds if self.seconds else 0.0


class Cancelled(Exception):
    """Somebody asked that the work stops."""


class Work:
    """One piece of work while it is done: counts, notes itself, hears that it was cancelled."""

    def __init__(self, store: Store, id: str, facts: Facts):
        self._store, self.id, self.facts, self.kept = store, id, facts, True
        self._begun = time.monotonic() - facts.seconds
        self._noted = 0.0
        self._held: list[tuple[int, str]] = []
        facts.started = facts.started or int(time.time())
        self.note()

    def tick(self) -> None:
        """Note the progress where it is time to. Raises Cancelled."""
        now = time.monotonic()
        if now - self._noted < EVERY:
            return
        self.note()
        if self.kept and self._store.get(f"{self.id}:cancel") is not None:
            raise Cancelled

    def note(self) -> None:
        """Write down how far it is."""
        self._write_refused()
        self._noted = time.monotonic()
        self.facts.seconds = self._noted - self._begun
        self.facts.updated = int(time.time())
        self._keep(asdict(self.facts), self.id)

    def _keep(self, value: dict[str, Any], id: str) -> None:
        """Put it into the state table; a real account that is read-only has none: the work then goes on unnoted."""
        try:
            if self.kept:
                self._store.put(value, id, KEPT)
        except ReadOnly:
            self.kept = False

    def refuse(self, line: int, reason: str) -> None:
        """Note a refused line and its reason."""
        self.facts.refused += 1
        if self.facts.refused <= MOST_REFUSED:
            self._held.append((line, reason[:LONGEST_REASON]))
        if len(self._held) >= CHUNK:
            self._write_refused()

    def _write_refused(self) -> None:
        if self._held:
            self._keep({"lines": self._held}, f"{self.id}:{self.facts.chunks:06d}")
            self.facts.chunks += 1
            self._held = []

    def end(self, state: str, title: str = "", reason: str = "", code: str = "") -> None:
        """Write down how it ended."""
        facts = self.facts
        facts.state, facts.title, facts.reason, facts.code = state, title, reason[:2000], code
        self.note()


def facts_of(store: Store, id: str) -> Facts | None:
    """Return what is known of a piece of work, None for one that is not (or no longer) there."""
    found = store.get(id) if id else None
    if found is None or "kind" not in found:
        return None
    known = {one.name for one in fields(Facts)}  # another version of the dashboard may have noted more
    return Facts(**{name: value for name, value in found.items() if name in known})


def cancel(store: Store, id: str) -> None:
    """Ask a piece of work to stop: it hears of it within about a second."""
    store.put({"cancel": True}, f"{id}:cancel", KEPT)


def resume(store: Store, id: str) -> None:
    """Take back what cancelled it, before it goes on."""
    store.delete(f"{id}:cancel")


def refused_lines(store: Store, id: str) -> Iterator[tuple[int, str]]:
    """Yield the refused lines of a piece of work with their reasons."""
    chunk = 0
    while (found := store.get(f"{id}:{chunk:06d}")) is not None:
        yield from found["lines"]
        chunk += 1
