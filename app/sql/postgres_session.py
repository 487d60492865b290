"""A session on PostgreSQL.

How reading only holds. The transaction is BEGIN READ ONLY and has taken its snapshot with a first query, after which
the server refuses to make it read-write again. Statements go by the extended protocol, which takes one statement per
text, so nothing can follow a COMMIT. Procedures and DO blocks cannot commit inside a transaction block. Whatever a
function did that the mode does not cover (large objects before version 16) is rolled back with the transaction.
Besides, only classes of statements that read are sent: LOCK and REINDEX would hold up others in a reading transaction
too, and PREPARE TRANSACTION would outlive it.

What no transaction covers: a function that acts elsewhere. pg_terminate_backend() ends sessions of the same user,
dblink reaches a server whose password is given, RDS's aws_s3 and aws_lambda do what the instance's role may. Whoever
must not do that needs a user of the database without those rights.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import pq
from psycopg.rows import tuple_row

from app.sql import errors, postgres_values, values
from app.sql.options import Answer, Options
from app.sql.postgres_errors import translate
from app.sql.statements import Statement, bind
from app.sql.target import Dialect

CURSOR = "DECLARE trellis_{number} NO SCROLL CURSOR FOR "
# What a rolled back transaction leaves behind: prepared statements, advisory locks.
CLEAN = "DEALLOCATE ALL; RESET SESSION AUTHORIZATION; RESET ALL; SELECT pg_advisory_unlock_all()"
INVALID_CURSOR = ("42P11", "42601", "0A000")  # not a plain query after all: SELECT INTO, a changing WITH


class OneStatement(psycopg.RawCursor[Any]):
    """A cursor that always uses the extended protocol: the server itself refuses a second statement."""

    def _execute_send(self, query: Any, **options: Any) -> None:
        super()._execute_send(query, **{**options, "force_extended": True})


class PostgresSession:
    """One transaction on a connection of psycopg's."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Any):
        self._connection = connection
        self._write = False
        self._notices: list[str] = []
        self._number = 0  # of the cursor; an old one stays open until the transaction ends, which saves a round trip
        self._finished = False
        self._alone = False
        self.reusable = True

    def begin(self, options: Options) -> None:
        """Start the transaction, set the time limit and the cancel token, and take a snapshot, in one round trip."""
        self._write = options.write
        mode = "READ WRITE" if options.write else "READ ONLY"
        name = f"trellis {options.token}".strip()
        self._send(f"BEGIN {mode}; {self._limits(options)}; SET LOCAL application_name = '{name}'; SELECT 1")
        self._connection.add_notice_handler(self._notice)

    def begin_alone(self, options: Options) -> None:
        """Make ready for one statement outside of any transaction, as CREATE DATABASE must be; then close it."""
        self._write, self._alone, self.reusable = True, True, False
        limits = self._limits(options).replace("LOCAL", "SESSION")
        name = f"trellis {options.token}".strip()
        self._send(f"SET default_transaction_read_only = off; {limits}; SET application_name = '{name}'")
        self._connection.add_notice_handler(self._notice)

    @staticmethod
    def _limits(options: Options) -> str:
        milliseconds = max(1, round(options.timeout * 1000))
        return f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds}"

    def _notice(self, diagnostic: Any) -> None:
        if len(self._notices) < 20:
            self._notices.append(f"{diagnostic.severity}: {diagnostic.message_primary}")

    def execute(self, statement: Statement, values: Mapping[str, object], options: Options) -> Answer:
        """Run one statement; of a query only one row more than the limit is made by the server."""
        if statement.word == "COPY":
            raise errors.NotHere("COPY moves files or needs a stream.", remedy="Use the export for a whole result.")
        if not (self._write or statement.reads):
            raise errors.NoReading(statement.word or statement.text[:10])
        if self._alone and statement.gives_rows:
            raise errors.NotHere("A query needs no place outside a transaction.", remedy="Run it as usual.")
        text, bound, _ = bind(statement, values, "$")
        self._notices.clear()
        with OneStatement(self._connection, row_factory=tuple_row) as cursor:
            try:
                if statement.gives_rows and self._declare(cursor, text, bound):
                    return self._fetch(cursor, statement.text, options)
                return self._direct(cursor, text, bound, options)
            except psycopg.Error as error:
                self.reusable = self.reusable and not self._connection.closed
                offset = _declared(cursor)
                raise translate(error, statement.text, offset) from error

    @property
    def lent(self) -> Any:
        """The driver's connection, for streams."""
        self.reusable = False
        return self._connection

    def _declare(self, cursor: Any, text: str, bound: list[object]) -> bool:
        """Open a cursor for the query; False where it can only run directly, which only a writing session tries."""
        self._number += 1
        declared = CURSOR.format(number=self._number) + text
        if not self._write:
            cursor.execute(declared, bound or None)
            return True
        self._send("SAVEPOINT trellis")
        try:
            cursor.execute(declared, bound or None)
        except psycopg.Error as error:
            if error.sqlstate not in INVALID_CURSOR:
                raise
            self._send("ROLLBACK TO SAVEPOINT trellis")
            return False
        return True

    def _fetch(self, cursor: Any, text: str, options: Options) -> Answer:
        rows: list[tuple[values.Cell, ...]] = []
        columns: tuple[values.Column, ...] = ()
        shown = text[:500].replace("/*", "/ *").replace("*/", "* /")  # what pg_stat_activity shows while it runs
        if options.skip:
            cursor.execute(f"MOVE FORWARD {options.skip} FROM trellis_{self._number} /* {shown} */")
        cursor.execute(f"FETCH FORWARD {options.limit + 1} FROM trellis_{self._number} /* {shown} */")
        columns = postgres_values.columns(cursor, self._connection)
        for row in cursor:
            rows.append(values.cut(row, options.cell))
        return Answer(columns, tuple(rows[: options.limit]), len(rows) > options.limit, notices=tuple(self._notices))

    def _direct(self, cursor: Any, text: str, bound: list[object], options: Options) -> Answer:
        cursor.execute(text, bound or None)
        ended = self._connection.info.transaction_status == pq.TransactionStatus.IDLE
        if cursor.description is None:
            affected = cursor.rowcount if cursor.rowcount >= 0 else None
            return Answer(None, affected=affected, notices=tuple(self._notices), ended=ended)
        columns = postgres_values.columns(cursor, self._connection)
        found = cursor.fetchmany(options.skip + options.limit)[options.skip :]
        rows = tuple(values.cut(row, options.cell) for row in found)
        changed = cursor.rowcount if (cursor.statusmessage or "").split(" ")[0] not in ("SELECT", "FETCH") else None
        return Answer(columns, rows, cursor.rowcount > options.skip + len(rows), changed, tuple(self._notices), ended)

    def _send(self, text: str) -> None:
        """Run statements of our own, several in one round trip."""
        try:
            self._connection.execute(text.encode())
        except psycopg.Error as error:
            raise translate(error) from error

    def finish(self, commit: bool) -> None:
        """Commit or roll back, and reset what outlives a transaction."""
        if self._finished:
            return
        self._finished = True
        self._connection.remove_notice_handler(self._notice)
        if not self.reusable and not commit:
            self._connection.close()  # it may be in the middle of a stream; the server rolls back
            return
        try:
            if commit:
                self._send("COMMIT")
                self._send("DISCARD ALL")
            else:
                self._send(f"ROLLBACK; {CLEAN}")
        except errors.SqlError:
            self.reusable = False
            raise
        if self._write:
            self.reusable = False  # temporary tables and the like: a session that wrote is not lent again


def _declared(cursor: Any) -> int:
    """Return how many characters of our own stood before the person's text in what was sent last."""
    sent = cursor._query.query if cursor._query else b""
    return sent.index(b" FOR ") + 5 if sent.startswith(b"DECLARE trellis_") else 0
