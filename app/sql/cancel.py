"""Cancel a running statement from any process, by the token that its session carries at the server."""

import time
from typing import Any

import psycopg
from pymysql import err

from app.sql.engines import ENGINES, Engines
from app.sql.mysql_errors import translate as translate_mysql
from app.sql.options import TOKEN
from app.sql.postgres_errors import translate as translate_postgres
from app.sql.target import Target

POSTGRES = (
    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name = 'trellis {token}' AND usename = session_user AND state <> 'idle' "
    "AND pid <> pg_backend_pid()"
)
PATIENCE = 5.0  # seconds in which a statement should be gone
STEP = 0.1


def cancel(target: Target, token: str, engines: Engines = ENGINES) -> bool:
    """Stop the statement with this token and return True when the server no longer runs it; False if it goes on.

    A token that nothing runs with is gone as well. The server ignores a signal that falls between two of its steps, so
    it is repeated. Raises a SqlError, and ValueError for a text that is no token.
    """
    if not token or not TOKEN.fullmatch(token):
        raise ValueError("not a token")
    end = time.monotonic() + PATIENCE
    with engines.connection(target) as lent:
        while _signal(target, lent.cursor(), token):
            if time.monotonic() > end:
                return False
            time.sleep(STEP)
    return True


def _signal(target: Target, cursor: Any, token: str) -> bool:
    """Ask the server to stop it; tells whether it was still there."""
    try:
        if target.dialect == "postgres":
            return bool(_one(cursor, POSTGRES.format(token=token)))
        holder = _one(cursor, f"SELECT IS_USED_LOCK('trellis:{token}')")
        if holder is not None:
            cursor.execute(f"KILL QUERY {int(holder)}")
        return holder is not None
    except psycopg.Error as error:
        raise translate_postgres(error) from error
    except err.MySQLError as error:
        raise translate_mysql(error) from error


def _one(cursor: Any, text: str) -> Any:
    cursor.execute(text)
    return cursor.fetchone()[0]
