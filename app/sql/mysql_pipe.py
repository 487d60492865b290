"""Several commands to MySQL or MariaDB in one trip: sent together, their answers read one after the other.

A server reads commands from its connection in order, whether or not somebody has waited for the answers in between.
So to reset a connection costs a person nothing: the answer is read when the next one begins. Only commands of our own,
whose answer is OK or an error, go this way. Like app.sql.wire it touches the driver's private parts.
"""

import struct
from collections.abc import Sequence
from typing import Any

from pymysql import err
from pymysql.constants import COMMAND, CR

from app.sql import errors

RESET = 0x1F  # COM_RESET_CONNECTION
_READY = "trellis_ready"  # the attribute that tells for what a connection was made ready ahead
_UNREAD = "trellis_unread"  # the attribute that counts answers which nobody has read yet


def send(connection: Any, *commands: tuple[int, bytes]) -> None:
    """Send commands without waiting. Raises the driver's errors."""
    if not connection.open:
        raise err.InterfaceError(0, "the connection is closed")
    texts = [struct.pack("<iB", len(text) + 1, command) + text for command, text in commands]  # all are short
    connection._result = None
    connection._write_bytes(b"".join(texts))
    setattr(connection, _UNREAD, getattr(connection, _UNREAD, 0) + len(commands))


def query(connection: Any, texts: Sequence[str]) -> None:
    """Run statements that give no rows, in one trip. Raises the driver's errors: the connection is then of no use."""
    setattr(connection, _READY, "")
    send(connection, *((COMMAND.COM_QUERY, text.encode()) for text in texts))
    receive(connection)


def ready(connection: Any) -> str:
    """Return the key under which a connection was made ready for its next use, empty for none."""
    return getattr(connection, _READY, "")


def ask(cursor: Any, text: str) -> None:
    """Run a query on an unbuffered cursor behind a ping, in one trip.

    Raises Dead where the ping already finds no server: then the query has not run. Else the driver's errors.
    """
    connection = cursor.connection
    try:
        send(connection, (COMMAND.COM_PING, b""), (COMMAND.COM_QUERY, text.encode()))
        setattr(connection, _UNREAD, 1)  # that of the query is read below
        receive(connection)
    except (err.MySQLError, OSError) as error:
        raise errors.Dead(str(error)) from error
    connection._next_seq_id = 1
    connection._read_query_result(unbuffered=True)
    cursor._do_get_result()
    cursor._executed = text


def reset(connection: Any, key: str = "", texts: Sequence[str] = ()) -> None:
    """Reset a connection and run statements that make it ready for its next use, without waiting.

    Raises the driver's errors.
    """
    send(connection, (RESET, b""), *((COMMAND.COM_QUERY, text.encode()) for text in texts))
    setattr(connection, _READY, key)


def receive(connection: Any) -> None:
    """Read every answer that is due. Raises the first error among them: the connection is then of no use."""
    while left := getattr(connection, _UNREAD, 0):
        if not connection.open:
            raise err.InterfaceError(0, "the connection is closed")
        setattr(connection, _UNREAD, left - 1)
        connection._next_seq_id = 1
        if not connection._read_packet().is_ok_packet():
            raise err.OperationalError(CR.CR_COMMANDS_OUT_OF_SYNC, "The answers do not match what was asked.")


def drain(cursor: Any) -> int:
    """Read what an unbuffered cursor's statement still sends, further results too; returns its first result's rows.

    Nothing is made of the rows, so this is as quick as they come. Raises the driver's errors.
    """
    connection, result, count = cursor.connection, cursor._result, 0
    while result.unbuffered_active:
        if result._check_packet_is_eof(connection._read_packet()):
            result.unbuffered_active, result.connection = False, None
        else:
            count += 1
    while result.has_next:  # a procedure's
        connection.next_result()
        result = connection._result
    cursor._result.has_next = False
    return count
