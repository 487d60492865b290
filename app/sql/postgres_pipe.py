"""Statements to PostgreSQL in one trip, below the driver's cursors: those cost more time than a small query does.

A server reads from its connection in order, whether or not somebody has waited for the answers in between. So what
cleans up after a person costs them nothing: its answer is read when the connection is lent again. What a person typed
goes by the extended protocol alone, in which one text is one statement. Touches the driver's private parts.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import Any

import psycopg
from psycopg import adapt, errors, generators, pq

GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
# What a rolled back transaction leaves behind: prepared statements, advisory locks, connections of dblink's, which only
# its own functions can see; they are in the schema that the last column names.
CLEAN = (
    b"ROLLBACK; DEALLOCATE ALL; RESET SESSION AUTHORIZATION; RESET ALL; SELECT pg_catalog.pg_advisory_unlock_all(), "
    b"(SELECT extnamespace::regnamespace FROM pg_catalog.pg_extension WHERE extname = 'dblink')"
)
_UNREAD = "trellis_unread"  # the attribute that tells of answers which nobody has read yet


class OneStatement(psycopg.RawCursor[Any]):
    """A cursor that always uses the extended protocol: the server itself refuses a second statement in a text."""

    def _execute_send(self, query: Any, **options: Any) -> None:
        super()._execute_send(query, **{**options, "force_extended": True})

    failed = 0  # the place, among the texts that were sent together, of the one that failed

    def execute_all(self, texts: Sequence[str]) -> None:
        """Run statements without parameters in one trip; the cursor holds the last one's rows.

        After the first that fails the server does none of the others. Raises its error, and notes its place.
        """
        libpq = self.connection.pgconn
        libpq.enter_pipeline_mode()
        for text in texts:
            libpq.send_query_params(text.encode(), None)
        libpq.pipeline_sync()
        found: list[Any] = []
        try:
            self.connection.wait(_answers(libpq, len(texts), found))
            libpq.exit_pipeline_mode()
            _check(found)
        except psycopg.Error:
            self.failed = next((place for place, one in enumerate(found) if one.status not in GOOD), len(found))
            raise
        self._tx, self._results[:] = adapt.Transformer(self), found[-1:]
        self._select_current_result(0)


def _answers(libpq: Any, count: int, found: list[Any]) -> Generator[Any, Any, None]:
    """Read the answers of statements that were sent together, and the end of the trip."""
    for _ in range(count):
        found.append((yield from generators.fetch_many(libpq))[-1])
    yield from generators.fetch_many(libpq)


def run(connection: Any, text: str) -> None:
    """Run statements of our own, several in one text, and wait for them. Raises the driver's error of the first."""
    settle(connection)
    connection.pgconn.send_query(text.encode())
    _check(connection.wait(generators.execute(connection.pgconn)))


def clean(connection: Any) -> None:
    """Roll back, and forget what outlives that, without waiting; `settle` reads the answer."""
    connection.pgconn.send_query(CLEAN)
    connection.pgconn.flush()
    setattr(connection, _UNREAD, True)


def settle(connection: Any) -> None:
    """Read the answer that is due, if any. Raises the driver's error: the connection is then of no use.

    So is one that its server closed while nobody had it: that is known here, before anything is sent. Should it break
    afterwards, a statement may have run, and is not sent again.
    """
    if getattr(connection, _UNREAD, False):
        setattr(connection, _UNREAD, False)
        found = connection.wait(generators.execute(connection.pgconn))
        _check(found)
        if schema := found[-1].get_value(0, 1):
            _demand_no_links(connection, schema)
    for _ in range(2):  # what the server said at last, then that it is gone; without either this reads nothing
        connection.pgconn.consume_input()


def _demand_no_links(connection: Any, schema: bytes) -> None:
    """Refuse a connection over which dblink, which the database has, is still connected elsewhere."""
    found = connection.pgconn.exec_(b"SELECT " + schema + b".dblink_get_connections() IS NOT NULL")
    _check([found])
    if found.get_value(0, 0) != b"f":
        raise psycopg.OperationalError("dblink is still connected elsewhere")


def _check(results: Iterable[Any]) -> None:
    for result in results:
        if result.status not in GOOD:
            raise errors.error_from_result(result)
