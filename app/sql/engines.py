"""One small pool of connections per target, through SQLAlchemy; forgotten when its credentials change."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy
from pymysql import err
from sqlalchemy import exc
from sqlalchemy.pool import PoolProxiedConnection

from app.sql import errors, mysql_connect, postgres_connect
from app.sql.target import Target

DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "postgres": "postgresql+psycopg"}
KEPT = 15  # connections that stay open per target and process
MOST = 15  # connections per target and process
WAIT = 10  # seconds that a request waits for a free one
RECYCLE = 280  # seconds; below the idle timeouts of NAT gateways and proxies
TARGETS = 24  # targets whose pools are kept; the one used longest ago goes first
SILENCE = 45.0  # seconds without a byte from a MySQL server after which it is given up


class Engines:
    """The engines of one process, found by target."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[Target, sqlalchemy.Engine] = OrderedDict()
        self._latest: dict[Target, Target] = {}  # equal targets may bring different password functions: the last counts

    def get(self, target: Target) -> sqlalchemy.Engine:
        """Return the target's engine, made at its first use."""
        gone = None
        with self._lock:
            self._latest[target] = target
            if target not in self._made:
                self._made[target] = self._make(target)
                if len(self._made) > TARGETS:
                    oldest, gone = self._made.popitem(last=False)
                    self._latest.pop(oldest, None)
            self._made.move_to_end(target)
            engine = self._made[target]
        if gone:
            gone.dispose()
        return engine

    def dispose(self, target: Target) -> None:
        """Close the idle connections of the target's login, in every database; those in use close on their return."""
        with self._lock:
            same = [other for other in self._made if replace(other, database=target.database) == target]
            engines = [self._made.pop(other) for other in same]
            for other in [target, *same]:
                self._latest.pop(other, None)
        for engine in engines:
            engine.dispose()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            engines = list(self._made.values())
            self._made.clear()
            self._latest.clear()
        for engine in engines:
            engine.dispose()

    def dispose_server(self, target: Target) -> None:
        """Close the idle connections to every database of the target's server, which would hinder a DROP DATABASE."""
        with self._lock:
            engines = [engine for other, engine in self._made.items() if _place(other) == _place(target)]
        for engine in engines:
            engine.dispose()

    @contextlib.contextmanager
    def own(self, target: Target) -> Iterator[Any]:
        """Lend a new connection that is none of the pool, which may be full of what is to be stopped."""
        connection = self._connect(target)
        try:
            yield connection
        finally:
            with contextlib.suppress(err.Error):  # PyMySQL complains of one that the server closed already
                connection.close()

    @contextlib.contextmanager
    def connection(self, target: Target) -> Iterator[PoolProxiedConnection]:
        """Lend a connection of the driver's own; it goes back into the pool unless it was invalidated."""
        try:
            proxied = self.get(target).raw_connection()
        except exc.TimeoutError as error:
            raise errors.TooManyConnections(
                f"All {MOST} connections of the dashboard to {target.host} are in use."
            ) from error
        try:
            yield proxied
        except errors.SqlError:
            raise  # an answer of the server's; the session says whether the connection is still good
        except BaseException:
            if proxied.is_valid:
                proxied.invalidate()
            raise
        finally:
            proxied.close()

    def _make(self, target: Target) -> sqlalchemy.Engine:
        url = sqlalchemy.URL.create(
            DRIVERS[target.engine],
            username=target.user,
            host=target.host,
            port=target.port,
            database=target.database or None,
        )
        return sqlalchemy.create_engine(
            url,
            creator=lambda: self._connect(target),
            pool_size=KEPT,
            max_overflow=MOST - KEPT,
            pool_timeout=WAIT,
            pool_recycle=RECYCLE,
            pool_use_lifo=True,
            pool_reset_on_return=None,  # every run ends with a reset of the whole session, which does more
            _initialize=False,  # nothing here needs what SQLAlchemy would ask a new server about itself
        )

    def _connect(self, target: Target) -> Any:
        """Connect; where the password is not accepted ask for a fresh one: the secret may have been rotated."""
        password = self._latest.get(target, target).password
        try:
            return open_connection(target, password(False))
        except errors.WrongPassword:
            with self._lock:
                engine = self._made.get(target)
            if engine:
                engine.pool.dispose()
            return open_connection(target, password(True))


def _place(target: Target) -> tuple[str, int]:
    return target.host, target.port


def open_connection(target: Target, password: str) -> Any:
    """Return a new connection of the driver's own, outside of any pool. Raises a ConnectError."""
    if target.dialect == "postgres":
        return postgres_connect.connect(target, password)
    return mysql_connect.connect(target, password, SILENCE)


ENGINES = Engines()
