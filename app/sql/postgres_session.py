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

from app.sql import errors, postgres_pipe, postgres_values, values
from app.sql.options import Answer, Options
from app.sql.postgres_errors import translate
from app.sql.postgres_pipe import OneStatement
from app.sql.statements import Statement, bind
from app.sql.target import Dialect

CURSOR = "DECLARE trellis_{number} NO SCROLL CURSOR FOR "
INVALID_CURSOR = ("42P11", "42601", "0A000")  # not a plain query after all: SELECT INTO, a changing WITH


class PostgresSession:
    """One transaction on a connection of psycopg's."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Any):
        self._connection = connection
        self._write = False
        self._opening: tuple[str, ...] = ()  # what starts the transaction and is not sent yet
        self._notices: list[str] = []
        self._number = 0  # of the cursor; an old one stays open until the transaction ends, which saves a round trip
        self._before = 0  # characters of our own before the person's text in what was sent last
        self._finished = False
        self._alone = False
        self._links = False  # whether dblink was named: its connections outlive the transaction
        self.reusable = True

    def begin(self, options: Options, together: bool = False) -> None:
        """Start the transaction, set the time limit and the cancel token, and take a snapshot.

        Together with the first query that is one round trip: should the start fail, the server does nothing of the
        rest.
        """
        self._write = options.write
        mode = "READ WRITE" if options.write else "READ ONLY"
        self._opening = (f"BEGIN {mode}", self._settings(options, local=True))  # a query: it takes the snapshot
        if not together or options.write:
            self._open()
        self._connection.add_notice_handler(self._notice)

    def begin_alone(self, options: Options) -> None:
        """Make ready for one statement outside of any transaction, as CREATE DATABASE must be; then close it."""
        self._write, self._alone, self.reusable = True, True, False
        self._send(f"SET default_transaction_read_only = off; {self._settings(options, local=False)}")
        self._connection.add_notice_handler(self._notice)

    @staticmethod
    def _settings(options: Options, local: bool) -> str:
        """Return the query that sets the time limits and the token's name, for the session or one transaction."""
        milliseconds = max(1, round(options.timeout * 1000))
        name = f"trellis {options.token}".strip()
        given = {"statement_timeout": milliseconds, "lock_timeout": milliseconds, "application_name": name}
        return "SELECT " + ", ".join(
            f"pg_catalog.set_config('{word}', '{value}', {str(local).lower()})" for word, value in given.items()
        )

    def _open(self) -> None:
        """Start the transaction now, where that is still to be done."""
        if self._opening:
            text, self._opening = "; ".join(self._opening), ()
            self._send(text)

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
        self._links = self._links or "dblink" in text.lower()
        self._notices.clear()
        if bound or not statement.gives_rows:
            self._open()
        with OneStatement(self._connection, row_factory=tuple_row) as cursor:
            try:
                if statement.gives_rows and self._query(cursor, text, bound, options, statement.text):
                    return self._rows(cursor, options)
                return self._direct(cursor, text, bound, options)
            except psycopg.Error as error:
                self.reusable = self.reusable and not self._connection.closed
                raise self._told(error, statement, cursor.failed) from error

    def _told(self, error: psycopg.Error, statement: Statement, place: int) -> errors.SqlError:
        """Return what an error means; one at a place before the statement's came while the transaction started."""
        if error.sqlstate == "0A000" and not self._write and self._before and statement.word == "WITH":
            return errors.WouldWrite("WITH holds an INSERT, UPDATE, DELETE or MERGE here, which changes data.")
        started, self._opening = place >= len(self._opening), ()
        return translate(error, statement.text, self._before) if started else translate(error)

    @property
    def lent(self) -> Any:
        """The driver's connection, for streams."""
        self._open()
        self.reusable = False
        return self._connection

    def _query(self, cursor: OneStatement, text: str, bound: list[object], options: Options, shown: str) -> bool:
        """Open a cursor for the query and fetch its rows; False where it can only run directly.

        That only a writing session tries. Without parameters the declaration and the rows come in one trip.
        """
        self._number += 1
        start = CURSOR.format(number=self._number)
        self._before = len(start)
        fetching = self._fetching(shown, options)
        if self._write:
            self._send("SAVEPOINT trellis")
        try:
            if bound:
                cursor.execute(start + text, bound)
            else:
                cursor.execute_all([*self._opening, start + text, *fetching])
                self._opening = ()
        except psycopg.Error as error:
            if not self._write or error.sqlstate not in INVALID_CURSOR:
                raise
            self._send("ROLLBACK TO SAVEPOINT trellis")
            return False
        if bound:
            cursor.execute_all(fetching)
        return True

    def _fetching(self, shown: str, options: Options) -> list[str]:
        """Return the statements that skip and fetch rows, with the beginning of the text for pg_stat_activity."""
        words = shown[:500].replace("/*", "/ *").replace("*/", "* /")
        place = f"FROM trellis_{self._number} /* {words} */"
        # What was skipped may have called set_config(): the limits hold for what follows, too.
        skipping = [f"MOVE FORWARD {options.skip} {place}", self._settings(options, local=True)] if options.skip else []
        return [*skipping, f"FETCH FORWARD {options.limit + 1} {place}"]

    def _rows(self, cursor: OneStatement, options: Options) -> Answer:
        columns = postgres_values.columns(cursor, self._connection)
        rows = [values.cut(row, options.cell) for row in cursor.fetchall()]
        return Answer(columns, tuple(rows[: options.limit]), len(rows) > options.limit, notices=tuple(self._notices))

    def _direct(self, cursor: Any, text: str, bound: list[object], options: Options) -> Answer:
        self._before = 0
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
            postgres_pipe.run(self._connection, text)
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
        if self._write:  # temporary tables and the like: a session that wrote is not lent again
            self.reusable = False
            self._send("COMMIT" if commit else "ROLLBACK")
            return
        if self._links:
            self.reusable = False
            self._connection.close()
            return
        try:
            postgres_pipe.clean(self._connection)
        except psycopg.Error as error:
            self.reusable = False
            raise translate(error) from error
