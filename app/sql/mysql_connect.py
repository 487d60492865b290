"""Connect to MySQL and MariaDB with PyMySQL, and say why when it fails."""

import errno
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql import err
from pymysql.constants import CLIENT
from pymysql.constants import FIELD_TYPE as FIELD

from app.sql import errors, tls
from app.sql.target import Target

if TYPE_CHECKING:
    from pymysql.connections import Connection

CONNECT_SECONDS = 8
# A server may be silent for as long as a statement may take: whether its computer is still there, TCP finds out.
ALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 30_000))
# Rights with which SQL reaches the server's files: LOAD DATA INFILE, INTO OUTFILE, LOAD_FILE(), and libraries loaded.
POWERS = ("FILE", "SUPER", "ALL PRIVILEGES", "SHUTDOWN")
NUMBERS = {FIELD.TINY: int, FIELD.SHORT: int, FIELD.LONG: int, FIELD.LONGLONG: int, FIELD.INT24: int, FIELD.YEAR: int}
# Only numbers become Python values; dates stay the server's text, so that year 0 and 25:00:00 are what they are.
DECODERS: Any = {**NUMBERS, FIELD.FLOAT: float, FIELD.DOUBLE: float}


def connect(target: Target, password: str, seconds: float | None = None) -> "Connection[Any]":
    """Return a new connection; `seconds` is the longest silence of the server that is waited for.

    Raises a ConnectError. The driver's flag for several statements in one text stays off, and LOCAL INFILE too.
    """
    try:
        connection = pymysql.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=password,
            database=target.database or None,
            charset="utf8mb4",
            conv=DECODERS,
            autocommit=None,
            local_infile=False,
            client_flag=CLIENT.FOUND_ROWS,  # UPDATE counts the rows that it met, as on PostgreSQL
            connect_timeout=CONNECT_SECONDS,
            read_timeout=seconds,
            write_timeout=seconds,
            program_name="trellis",
            **_tls(target),
        )
    except (err.MySQLError, OSError, RuntimeError) as error:
        raise explain(error, target) from error
    _stay_alive(connection)
    if not target.powerful:
        _refuse_powers(connection, target)
    return connection


def _stay_alive(connection: "Connection[Any]") -> None:
    held: Any = connection._sock  # type: ignore[attr-defined]  # the driver's own
    for name, value in ALIVE:
        if hasattr(socket, name):  # what an operating system lacks, it goes without
            held.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _tls(target: Target) -> dict[str, Any]:
    found = tls.context(target)
    return {"ssl": found} if found else {"ssl_disabled": True}


def _refuse_powers(connection: "Connection[Any]", target: Target) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS")
        grants = [str(row[0]) for row in cursor.fetchall()]
    found = sorted({power for grant in grants for power in _global_rights(grant) if power in POWERS})
    if found:
        connection.close()
        raise errors.TooPowerful(
            f"The user {target.user} has {', '.join(found)} on the whole server: "
            "SQL typed with it could read and write the server's own files or stop it."
        )


def _global_rights(grant: str) -> list[str]:
    rights, found, _ = grant.removeprefix("GRANT ").partition(" ON *.* TO ")
    return [right.strip() for right in rights.split(",")] if found else []


def explain(error: BaseException, target: Target) -> errors.ConnectError:
    """Return why the connection failed, from the server's number or from the operating system's."""
    number = error.args[0] if isinstance(error, err.MySQLError) and error.args else 0
    said = str(error.args[1]) if len(error.args) > 1 else str(error)
    kinds: dict[int, type[errors.ConnectError]] = {
        1045: errors.WrongPassword,
        1698: errors.WrongPassword,
        1053: errors.NotReady,
        1130: errors.WrongPassword,
        1044: errors.UnknownDatabase,
        1049: errors.UnknownDatabase,
        1040: errors.TooManyConnections,
        1203: errors.TooManyConnections,
        1226: errors.TooManyConnections,
        2026: errors.TlsFailed,
        3159: errors.TlsFailed,
    }
    if number in kinds:
        return kinds[number](f"{target.host} on port {target.port} answers: {said}.", code=str(number))
    cause = getattr(error, "original_exception", None) or error.__context__ or error
    return network(cause, target) or errors.ConnectError(said, code=str(number or ""))


def network(cause: BaseException, target: Target) -> errors.ConnectError | None:
    """Return what the operating system's error means for the target, None for what is no network error."""
    where = f"{target.host} on port {target.port}"
    if isinstance(cause, ssl.SSLError):
        return errors.TlsFailed(f"TLS with {where} failed: {cause.reason or cause}")
    if isinstance(cause, socket.gaierror):
        return errors.Unreachable(f"The name {target.host} is not known.")
    if isinstance(cause, TimeoutError):
        return errors.Unreachable(f"{where} did not answer within {CONNECT_SECONDS} seconds.")
    if isinstance(cause, ConnectionRefusedError):
        return errors.Refused(f"{where} refused the connection.")
    if isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return errors.Unreachable(f"There is no way to {where} from here.")
    return errors.TlsFailed(str(cause)) if isinstance(cause, RuntimeError) else None
