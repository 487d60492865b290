"""One small pool of connections per target; forgotten when its credentials change."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.sql import errors, mysql_connect, mysql_pipe, postgres_connect, postgres_pipe
from app.sql.pool import Full, Lent, Pool, close
from app.sql.target import Target

MOST = 15  # connections per target and process
WAIT = 10  # seconds that a request waits for a free one
RECYCLE = 280  # seconds; below the idle timeouts of NAT gateways and proxies
TARGETS = 24  # targets whose pools are kept; the one used longest ago goes first
SILENCE = 45.0  # seconds without a byte from a MySQL server, where no session sets its own, until it is given up


class Engines:
    """The pools of one process, found by target."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[Target, Pool] = OrderedDict()
        self._latest: dict[Target, Target] = {}  # equal targets may bring different password functions: the last counts

    def get(self, target: Target) -> Pool:
        """Return the target's pool, made at its first use."""
        gone = None
        with self._lock:
            self._latest[target] = target
            if target not in self._made:
                self._made[target] = self._make(target)
                if len(self._made) > TARGETS:
                    oldest, gone = self._made.popitem(last=False)
                    self._latest.pop(oldest, None)
            self._made.move_to_end(target)
            pool = self._made[target]
        if gone:
            gone.empty()
        return pool

    def dispose(self, target: Target) -> None:
        """Close the idle connections of the target's login, in every database; those in use close on their return."""
        with self._lock:
            same = [other for other in self._made if replace(other, database=target.database) == target]
            pools = [self._made.pop(other) for other in same]
            for other in [target, *same]:
                self._latest.pop(other, None)
        for pool in pools:
            pool.empty()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            pools = list(self._made.values())
            self._made.clear()
            self._latest.clear()
        for pool in pools:
            pool.empty()

    def dispose_server(self, target: Target) -> None:
        """Close the idle connections to every database of the target's server, which would hinder a DROP DATABASE."""
        with self._lock:
            pools = [pool for other, pool in self._made.items() if _place(other) == _place(target)]
        for pool in pools:
            pool.empty()

    @contextlib.contextmanager
    def own(self, target: Target) -> Iterator[Any]:
        """Lend a new connection that is none of the pool, which may be full of what is to be stopped."""
        connection = self._connect(target)
        try:
            yield connection
        finally:
            close(connection)

    @contextlib.contextmanager
    def connection(self, target: Target) -> Iterator[Lent]:
        """Lend a connection of the driver's own; it goes back into the pool unless it was invalidated."""
        with contextlib.ExitStack() as stack:
            try:
                lent = stack.enter_context(self.get(target).connection())
            except Full as error:
                raise errors.TooManyConnections(
                    f"All {MOST} connections of the dashboard to {target.host} are in use."
                ) from error
            try:
                yield lent
            except errors.SqlError:
                raise  # an answer of the server's; the session says whether the connection is still good
            except BaseException:
                if lent.is_valid:
                    lent.invalidate()
                raise

    def _make(self, target: Target) -> Pool:
        settle = mysql_pipe.receive if target.dialect == "mysql" else postgres_pipe.settle
        return Pool(lambda: self._connect(target), settle, MOST, WAIT, RECYCLE)

    def _connect(self, target: Target) -> Any:
        """Connect; where the password is not accepted ask for a fresh one: the secret may have been rotated."""
        password = self._latest.get(target, target).password
        try:
            return open_connection(target, password(False))
        except errors.WrongPassword:
            with self._lock:
                pool = self._made.get(target)
            if pool:
                pool.empty()
            return open_connection(target, password(True))


def _place(target: Target) -> tuple[str, int]:
    return target.host, target.port


def open_connection(target: Target, password: str) -> Any:
    """Return a new connection of the driver's own, outside of any pool. Raises a ConnectError."""
    if target.dialect == "postgres":
        return postgres_connect.connect(target, password)
    return mysql_connect.connect(target, password, SILENCE)


ENGINES = Engines()
