"""A session on MySQL or MariaDB.

How reading only holds. The transaction is START TRANSACTION READ ONLY: the server refuses every write in it. What could
leave that transaction on this server is a statement of another class (COMMIT, SET, CALL of a procedure that commits,
MariaDB's BEGIN NOT ATOMIC, SET STATEMENT ... FOR). So only the classes that cannot are sent: their text begins with the
very word, no comment before it, one statement per text because the driver's flag for several is off. A stored function
in a SELECT may neither commit nor write in a read-only transaction: the server refuses both.
"""

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pymysql import err
from pymysql.constants import SERVER_STATUS
from pymysql.cursors import SSCursor

from app.sql import errors, mysql_pipe, mysql_values, values
from app.sql.mysql_errors import translate
from app.sql.options import Answer, Options
from app.sql.statements import Statement, bind, words
from app.sql.target import Dialect
from app.sql.values import Column

START = "START TRANSACTION READ {}"
SLACK = 15.0  # seconds after a statement's time limit in which the server may still say that it stopped it
FILES = {"LOAD": "LOAD DATA and LOAD XML move files.", "INSTALL": "Libraries are not installed from here."}

# A reset forgets neither the database that USE chose nor a role: after statements of other classes than these and
# those that read, the connection is closed.
UNMARKING = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})


def quoted(value: object) -> str:
    """Return a value as a literal that holds nothing of the value but digits: numbers, or hexadecimal."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, float):
        return f"{value!r}E0" if "e" not in repr(value) else repr(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return f"_utf8mb4 x'{str(value).encode().hex()}'"


class MysqlSession:
    """One transaction on a connection of PyMySQL's."""

    dialect: Dialect = "mysql"

    def __init__(self, connection: Any):
        self._connection = connection
        self._write = False
        self._settings = ""
        self._ahead = False  # whether the transaction was started ahead, and nobody has heard from the server since
        self._cursor: Any = None
        self._finished = False
        self._marked = False  # whether something was done that a reset does not undo
        self.reusable = True

    def begin(self, options: Options, together: bool = False) -> None:
        """Set limits and the cancel token and start the transaction, in one round trip.

        One that only reads was started when somebody gave the connection back who read with the same limits: then the
        first statement tells whether the connection still lives.
        """
        self._write = options.write
        self._settings = self._limits(options)
        self._connection._read_timeout = options.timeout + SLACK
        try:
            self._ahead = together and mysql_pipe.ready(self._connection) == self._settings
            if not self._ahead:
                mysql_pipe.query(self._connection, (self._settings, START.format("WRITE" if options.write else "ONLY")))
            if options.token:
                mysql_pipe.query(self._connection, (f"SET @trellis=GET_LOCK('trellis:{options.token}',0)",))
        except (err.MySQLError, OSError) as error:
            raise translate(error) from error

    def _limits(self, options: Options) -> str:
        milliseconds = max(1, round(options.timeout * 1000))
        maria = "MariaDB" in self._connection.get_server_info()
        limit = f"max_statement_time={milliseconds / 1000}" if maria else f"max_execution_time={milliseconds}"
        parts = [
            "NAMES utf8mb4",
            f"SESSION {'tx_read_only' if maria else 'transaction_read_only'}={0 if options.write else 1}",
            f"SESSION {limit}",
            f"SESSION innodb_lock_wait_timeout={max(1, round(options.timeout))}",
            f"SESSION sql_select_limit={'DEFAULT' if options.write else options.skip + options.limit + 1}",
        ]
        return "SET " + ", ".join(parts)

    def execute(self, statement: Statement, values: Mapping[str, object], options: Options) -> Answer:
        """Run one statement, reading at most one row more than the limit.

        A session that writes reads on and drops the rest: it needs its connection for what follows, and to commit.
        """
        self._permit(statement)
        self._marked = self._marked or not (statement.reads or statement.word in UNMARKING)
        cursor = self._connection.cursor(SSCursor)
        try:
            self._start(cursor, statement, values)
            answer = self._read(cursor, options, statement.word)
        except (err.MySQLError, RuntimeError, OSError, IndexError, AssertionError) as error:
            self._let_go(cursor)
            raise translate(error, statement.text) from error
        self._let_go(cursor)
        return answer

    def stream(self, statement: Statement, values: Mapping[str, object]) -> tuple[Any, tuple[Column, ...]]:
        """Start a query and leave its rows unread; returns the driver's connection and the columns.

        The caller reads to the end and calls `drained`, or the connection is closed.
        """
        self._permit(statement)
        self.reusable = False
        self._cursor = self._connection.cursor(SSCursor)
        try:
            self._send("SET SESSION net_write_timeout=600")  # a slow browser must not make the server give up
            self._start(self._cursor, statement, values)
        except (err.MySQLError, OSError) as error:
            self.reusable = True
            raise translate(error, statement.text) from error
        if self._cursor.description is None:
            raise errors.StatementError("The statement gives no rows to export.")
        return self._connection, tuple(mysql_values.column(field) for field in self._cursor._result.fields)

    def drained(self, complete: bool) -> None:
        """Tell that the stream was read to its end, or that it is given up."""
        self._let_go(self._cursor)
        self.reusable = complete

    def _permit(self, statement: Statement) -> None:
        if statement.word in FILES:
            raise errors.NotHere(FILES[statement.word])
        if "FILE" in statement.text.upper() and not {"OUTFILE", "DUMPFILE"}.isdisjoint(words(statement)):
            raise errors.NotHere("INTO OUTFILE and INTO DUMPFILE write files of the server, or of S3 on Aurora.")
        measures = statement.text.startswith("ANALYZE FORMAT=JSON ")  # a plan of MariaDB's, which changes nothing
        if not (self._write or measures or statement.reads):
            raise errors.NoReading(statement.word or statement.text[:10])

    def _start(self, cursor: Any, statement: Statement, values: Mapping[str, object]) -> None:
        text, bound, _ = bind(statement, values, "?")
        if self._ahead and not bound:
            self._ahead = False
            mysql_pipe.ask(cursor, text)
            return
        if not bound:
            cursor.execute(text)
            return
        names = [f"@trellis_{number}" for number in range(len(bound))]
        pairs = [f"{name}={quoted(value)}" for name, value in zip(names, bound, strict=True)]
        self._send("SET " + ", ".join([f"@trellis_sql={quoted(text)}", *pairs]))
        self._send("PREPARE trellis FROM @trellis_sql")
        cursor.execute("EXECUTE trellis USING " + ", ".join(names))

    def _read(self, cursor: Any, options: Options, word: str) -> Answer:
        if cursor.description is None:
            ended = self._write and not self._connection.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS
            return Answer(None, affected=cursor.rowcount, notices=self._warnings(cursor), ended=ended)
        columns = tuple(mysql_values.column(field) for field in cursor._result.fields)
        bits = tuple(place for place, column in enumerate(columns) if column.kind == "bit")
        rows: list[tuple[values.Cell, ...]] = []
        for _ in range(options.skip):
            if cursor.fetchone() is None:
                break
        while len(rows) <= options.limit and (raw := cursor.fetchone()) is not None:
            rows.append(values.cut(mysql_values.row(raw, columns, bits), options.cell))
        truncated = len(rows) > options.limit
        if self._write:
            left = mysql_pipe.drain(cursor)
            changed = len(rows) + left if word in UNMARKING else None  # RETURNING gives a row for each
            return Answer(columns, tuple(rows[: options.limit]), truncated, changed, self._warnings(cursor))
        if truncated and cursor.fetchone() is not None:
            self.reusable = False  # the server still sends: closing the connection is what stops it
        return Answer(columns, tuple(rows[: options.limit]), truncated, notices=self._warnings(cursor))

    def _warnings(self, cursor: Any) -> tuple[str, ...]:
        result = cursor._result
        if not self.reusable or not result.warning_count or result.unbuffered_active or result.has_next:
            return ()
        with self._connection.cursor() as other:
            other.execute("SHOW WARNINGS LIMIT 20")
            return tuple(f"{level} {code}: {message}" for level, code, message in other.fetchall())

    def _let_go(self, cursor: Any) -> None:
        """Forget an unread result; the driver would otherwise read it to its end."""
        result = cursor._result
        if result is not None and (result.unbuffered_active or result.has_next):
            result.unbuffered_active, result.has_next, result.connection = False, False, None
            self._connection._result = None
            self.reusable = False
        cursor.connection = None

    def _send(self, text: str) -> None:
        try:
            self._connection.query(text)
        except (err.MySQLError, OSError) as error:
            raise translate(error) from error

    def finish(self, commit: bool) -> None:
        """Commit if asked, then reset: it rolls back and forgets variables, locks, prepared statements and tables."""
        if self._finished:
            return
        self._finished = True
        if self._cursor is not None:
            self._let_go(self._cursor)
        if not self.reusable:
            with contextlib.suppress(errors.SqlError):
                self._connection._force_close()
            if commit and self._write:
                raise errors.Lost("The connection was of no more use: nothing that was not committed before is.")
            return
        if self._marked:
            self._send("COMMIT" if commit else "ROLLBACK")
            self.reusable = False
            return
        if commit:
            self._send("COMMIT")
        try:
            if self._write:  # what is rolled back is so when the person hears of it
                mysql_pipe.reset(self._connection)
                mysql_pipe.receive(self._connection)
            else:
                mysql_pipe.reset(self._connection, self._settings, (self._settings, START.format("ONLY")))
        except (err.MySQLError, OSError) as error:
            self.reusable = False
            raise translate(error) from error
