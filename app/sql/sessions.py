"""One session on one connection: begins a transaction that reads or writes, runs statements, and leaves no trace."""

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

__all__ = ["Answer", "Options", "Session", "open_session"]


class Session(Protocol):
    """What both dialects' sessions can do. All errors are SqlError."""

    dialect: Dialect
    reusable: bool  # whether the connection is as it was before, so that the next person may have it

    def begin(self, options: Options) -> None:
        """Start the transaction."""

    def execute(self, statement: Statement, values: Mapping[str, object], options: Options) -> Answer:
        """Run one statement."""

    def finish(self, commit: bool) -> None:
        """End the transaction and forget everything that was set in the session."""


@contextmanager
def open_session(target: Target, options: Options, engines: Engines = ENGINES) -> Iterator[Session]:
    """Lend a session in which a transaction has begun; without `finish(True)` everything is rolled back.

    A pooled connection that died while it was idle is replaced once, before anything of the person's has run.
    """
    for attempt in (1, 2):
        with engines.connection(target) as lent:
            connection = lent.dbapi_connection
            session: Session = PostgresSession(connection) if target.dialect == "postgres" else MysqlSession(connection)
            try:
                session.begin(options)
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
                if not session.reusable and lent.is_valid:
                    lent.invalidate()
            return


def _abandon(session: Session) -> None:
    """Roll back after an error; what fails now is no news, the connection is thrown away."""
    try:
        session.finish(False)
    except errors.SqlError:
        session.reusable = False
