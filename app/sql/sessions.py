"""One session on one connection: begins a transaction that reads or writes, runs statements, and leaves no trace.

Every statement of a person's goes through a session of this module, and a session that writes is made only for a target
that says that it may be written to: a page that forgets to ask cannot write.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.mysql_session import MysqlSession
from app.sql.options import Answer, Options
from app.sql.postgres_session import PostgresSession
from app.sql.statements import Statement
from app.sql.target import Dialect, Target

__all__ = ["Answer", "Options", "Session", "open_alone", "open_session"]

# Seconds from which on somebody may have asked to stop a session. MySQL stops whatever a connection runs when the order
# arrives, which may be the next person's statement: so such a connection is not lent again.
CANCELLED_FROM = 0.5


class Session(Protocol):
    """What both dialects' sessions can do. All errors are SqlError."""

    dialect: Dialect
    reusable: bool  # whether the connection is as it was before, so that the next person may have it

    def begin(self, options: Options, together: bool = False) -> None:
        """Start the transaction; `together` with the first statement, where the dialect can."""

    def execute(self, statement: Statement, values: Mapping[str, object], options: Options) -> Answer:
        """Run one statement."""

    def finish(self, commit: bool) -> None:
        """End the transaction and forget everything that was set in the session."""


def ask(
    target: Target,
    statement: Statement,
    values: Mapping[str, object],
    options: Options,
    engines: Engines = ENGINES,
) -> Answer:
    """Run one statement in a session of its own that only reads, in one round trip with the transaction's start.

    A pooled connection that died while it was idle is replaced once; nothing of the statement ran on it.
    """
    if options.write:
        raise ValueError("write() runs what writes")
    for _ in range(2):
        try:
            with open_session(target, options, engines, together=not statement.parameters) as session:
                return session.execute(statement, values, options)
        except errors.Dead as error:
            engines.get(target).empty()
            dead = error
    raise dead


@contextmanager
def open_session(
    target: Target, options: Options, engines: Engines = ENGINES, *, together: bool = False
) -> Iterator[Session]:
    """Lend a session in which a transaction has begun; without `finish(True)` everything is rolled back.

    A pooled connection that died while it was idle is replaced once, before anything of the person's has run. With
    `together` a session that reads begins with its first statement, which on MySQL raises Dead in that case; on
    PostgreSQL that is seen when the connection is lent.
    Raises NotWritable for a writing session on a target that may only be read.
    """
    _permit(target, options)
    for attempt in (1, 2):
        with engines.connection(target) as lent:
            connection = lent.dbapi_connection
            began = time.monotonic()
            session: Session = PostgresSession(connection) if target.dialect == "postgres" else MysqlSession(connection)
            try:
                session.begin(options, together)
            except errors.SqlError as error:
                lent.invalidate()
                if attempt == 2 or not isinstance(error, errors.Lost):
                    raise
                engines.get(target).empty()  # what stopped one stopped the others
                continue
            try:
                yield session
                session.finish(False)
            except errors.SqlError:
                _abandon(session)
                raise
            except BaseException:  # a reader who left a stream, a bug: the connection may be in any state
                session.reusable = False
                _abandon(session)
                raise
            finally:
                if lent.is_valid and not _lent_again(session, options, began):
                    lent.invalidate()
            return


@contextmanager
def open_alone(target: Target, options: Options, engines: Engines = ENGINES) -> Iterator[Session]:
    """Lend a session of PostgreSQL's outside of any transaction, on its own connection: what runs counts at once."""
    if not options.write or target.dialect != "postgres":
        raise ValueError("only a writing run on PostgreSQL")
    _permit(target, options)
    with engines.own(target) as connection:
        session = PostgresSession(connection)
        session.begin_alone(options)
        yield session


def _lent_again(session: Session, options: Options, began: float) -> bool:
    """Whether the next person may have the connection."""
    asked = options.token and time.monotonic() - began >= CANCELLED_FROM
    return session.reusable and not (asked and session.dialect == "mysql")


def _permit(target: Target, options: Options) -> None:
    if options.write and not target.writable:
        raise errors.NotWritable("Changes are switched off for this account.")


def _abandon(session: Session) -> None:
    """Roll back after an error; what fails now is no news, the connection is thrown away."""
    try:
        session.finish(False)
    except errors.SqlError:
        session.reusable = False
