"""A small pool of one target's connections: the one used last is lent first, and what is old or broken is closed."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from pymysql import err

COMPLAINTS = (err.Error, psycopg.Error, OSError)  # of a connection that its server closed already: it is closed then


class Full(Exception):
    """Every connection is in use, and none came back in time."""


@dataclass
class Lent:
    """A connection of the driver's own while somebody has it; `is_valid` tells whether it goes back into the pool."""

    dbapi_connection: Any
    born: float
    generation: int
    is_valid: bool = True

    def cursor(self) -> Any:
        """Return a cursor of the driver's."""
        return self.dbapi_connection.cursor()

    def invalidate(self) -> None:
        """Close the connection: nobody gets it again."""
        self.is_valid = False
        close(self.dbapi_connection)


@dataclass
class Pool:
    """Connections made by `connect`, at most `most` at once; lending raises Full where none is free within `wait` s.

    `settle` makes an idle connection ready to be lent, and raises where it is no longer good. One that is older than
    `recycle` seconds is replaced. Thread-safe.
    """

    connect: Callable[[], Any]
    settle: Callable[[Any], None]
    most: int
    wait: float
    recycle: float
    clock: Callable[[], float] = time.monotonic
    _idle: list[Lent] = field(default_factory=list)
    _out: int = 0
    _generation: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def lent(self) -> int:
        """How many connections somebody has now."""
        return self._out

    @contextlib.contextmanager
    def connection(self) -> Iterator[Lent]:
        """Lend a connection; it comes back unless it was invalidated or the pool was emptied meanwhile."""
        self._take_place()
        found: Lent | None = None
        try:
            found = self._good() or self._new()
            yield found
        finally:
            self._return(found)

    def empty(self) -> None:
        """Close the idle connections; those in use close on their return."""
        with self._changed:
            self._generation += 1
            idle, self._idle = self._idle, []
        for each in idle:
            close(each.dbapi_connection)

    def _take_place(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._out < self.most, self.wait):
                raise Full
            self._out += 1

    def _new(self) -> Lent:
        generation = self._generation  # as it was before: what is emptied meanwhile empties this one, too
        return Lent(self.connect(), self.clock(), generation)

    def _good(self) -> Lent | None:
        """Return an idle connection that is young and alive, None where there is none."""
        while True:
            with self._changed:
                if not self._idle:
                    return None
                found = self._idle.pop()
            if self.clock() - found.born < self.recycle and self._settled(found):
                return found
            found.invalidate()

    def _settled(self, found: Lent) -> bool:
        try:
            self.settle(found.dbapi_connection)
        except COMPLAINTS:  # it died while it was idle: a new one takes its place
            return False
        return True

    def _return(self, found: Lent | None) -> None:
        with self._changed:
            self._out -= 1
            kept = found is not None and found.is_valid and found.generation == self._generation
            if found is not None and kept:
                self._idle.append(found)
            self._changed.notify()
        if found is not None and not kept and found.is_valid:
            found.invalidate()


def close(connection: Any) -> None:
    """Close a connection of either driver's."""
    with contextlib.suppress(*COMPLAINTS):
        connection.close()
