"""Save what changed, within seconds, without holding up a request: a forked child writes, the parent commits."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Protocol

from embedded.state import Store, checksum

logger = logging.getLogger("embedded.state")
PAUSE = 1.0
# A save that takes long makes the next pause so many times as long, up to the longest: saving never takes a core.
PAUSES, LONGEST_PAUSE = 8.0, 3.0
TIMERS = 60.0
LONGEST = 60.0
# States below this size are cheap enough to write anew at any change anywhere.
SMALL = 256 * 1024
CAN_FORK = hasattr(os, "fork")


class Source(Protocol):
    """Where state comes from: the emulator."""

    def state_names(self) -> list[str]:
        """Return the services that hold state."""

    def serialise(self, name: str) -> bytes | None:
        """Return one service's state as bytes, None when it has nothing to keep."""

    def changed_names(self) -> list[str]:
        """Return the states that are known to have changed, whatever is marked."""

    def saved(self, names: Iterable[str]) -> list[str]:
        """Note which of them were written; return those that are to be written once more."""

    def enter_child(self) -> None:
        """Prepare a forked child, which may spoil its copy of the state."""

    def acts_by_itself(self) -> bool:
        """Whether timers may change state without any request."""


class Saver:
    """Knows what changed and writes it."""

    def __init__(self, source: Source, store: Store) -> None:
        self._source, self._store = source, store
        self._marked: set[str] = set()
        self._all = False
        self._wake = asyncio.Event()
        self._sizes: dict[str, int] = {}
        self._overtaken: set[str] = set()
        self._took = 0.0

    def mark(self, names: Iterable[str] | None) -> None:
        """Note that these services changed, or (None) that any may have; safe from any thread that holds no loop."""
        if names is None:
            self._all = True
        else:
            self._marked.update(names)
        self._wake.set()

    async def run(self) -> None:
        """Save again and again, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TIMERS)
            await asyncio.sleep(min(max(PAUSE, PAUSES * self._took), LONGEST_PAUSE))
            if self._source.acts_by_itself():
                self._all = True
            await self.save()

    async def save(self) -> None:
        """Write everything that is marked; what fails is tried again."""
        try:
            await self._save()
        except Exception:
            logger.exception("Saving failed; it is tried again.")
            self.mark(None)

    async def _save(self) -> None:
        self._wake.clear()
        names, marked, everything = self._due(), self._marked, self._all
        self._marked, self._all = set(), False
        if not names:
            return
        self._overtaken.clear()
        started = time.monotonic()
        if not await (self._in_child(names) if CAN_FORK else self._in_thread(names)):
            self._marked |= marked
            self._all = self._all or everything
            self._wake.set()
        self._took = time.monotonic() - started
        logger.debug("saved %d services in %.3f s", len(names), self._took)

    def save_now(self, name: str) -> None:
        """Write one service's state before going on: for what must be durable once it is answered."""
        payload = self._source.serialise(name)
        if payload is not None:
            self._overtaken.add(name)
            self._store.current[name] = self._store.write(name, payload)

    def _due(self) -> list[str]:
        changed = self._source.changed_names()
        if not self._marked and not self._all:
            return changed
        names = self._source.state_names()
        due = [n for n in names if self._all or n in self._marked or self._sizes.get(n, 0) < SMALL]
        # Large tables first: the state of their service says that they are there.
        return [*changed, *due]

    async def _in_child(self, names: list[str]) -> bool:
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            _child(self._source, self._store, names, writable)
        os.close(writable)
        try:
            with os.fdopen(readable, "r") as pipe:
                status = await _ended(child)
                report = pipe.read()
        except TimeoutError:
            logger.error("Saving took longer than %d s and was given up; it is tried again.", LONGEST)
            return False
        if status != 0 or not report:
            logger.error("Saving failed (status %d); it is tried again.", status)
            return False
        return self._commit(json.loads(report))

    async def _in_thread(self, names: list[str]) -> bool:
        """Where there is no fork: the interpreter's threads take turns, so requests go on in between."""
        return self._commit(await asyncio.to_thread(write_candidates, self._source, self._store, names))

    def _commit(self, report: Mapping[str, list[str | int]]) -> bool:
        for name, (digest, size) in report.items():
            if name == "":
                continue
            self._sizes[name] = int(size)
            if not digest:
                continue
            if name in self._overtaken:
                self._store.discard(name)
            else:
                self._store.commit(name)
                self._store.current[name] = str(digest)
        if again := self._source.saved(name for name in report if name):
            self.mark(again)
        return "" not in report


def write_candidates(source: Source, store: Store, names: Iterable[str]) -> dict[str, list[str | int]]:
    """Write what differs from what was written; return checksum ("" when nothing changed) and size by service.

    A service that cannot be written is logged and reported under the empty name: the others are still saved.
    """
    report: dict[str, list[str | int]] = {}
    for name in names:
        try:
            payload = source.serialise(name)
            if payload is None:
                continue
            digest = checksum(payload)
            changed = store.current.get(name) != digest
            if changed:
                store.write_candidate(name, payload, digest)
            report[name] = [digest if changed else "", len(payload)]
        except Exception:
            logger.exception("The state of %s could not be written.", name)
            report[""] = [name, 0]
    return report


def _child(source: Source, store: Store, names: list[str], writable: int) -> None:
    """Write in the forked child and end it, whatever happens: it must never run the parent's code."""
    status = 1
    try:
        source.enter_child()
        report = write_candidates(source, store, names)
        with os.fdopen(writable, "w") as pipe:
            pipe.write(json.dumps(report))
        status = 0
    finally:
        os._exit(status)


async def _ended(child: int) -> int:
    """Wait for the child; TimeoutError, and the child is killed, when it takes too long (a lock held at fork).

    Nor does it go on when nobody waits any more: the next save, the last one, writes the same files.
    """
    deadline = time.monotonic() + LONGEST
    try:
        while time.monotonic() < deadline:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return status
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        _kill(child)
        raise
    _kill(child)
    raise TimeoutError


def _kill(child: int) -> None:
    if sys.platform != "win32":
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
