"""Cancel a running statement from any process, by the token that its session carries at the server."""

import time
from typing import Any, Literal

import psycopg
from pymysql import err

from app.sql.engines import ENGINES, Engines
from app.sql.mysql_errors import translate as translate_mysql
from app.sql.options import TOKEN
from app.sql.postgres_errors import translate as translate_postgres
from app.sql.target import Target

POSTGRES = (
    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name = 'trellis {token}' AND usename = session_user AND state = 'active' "
    "AND pid <> pg_backend_pid()"
)
MYSQL = (
    "SELECT max(id) FROM information_schema.processlist "
    "WHERE id = IS_USED_LOCK('trellis:{token}') AND command IN ('Query', 'Execute')"
)
GONE = 1094  # MySQL's number for a connection that is no more: it was closed in this moment
Ended = Literal["stopped", "nothing", "goes on"]
PATIENCE = 5.0  # seconds in which a statement should be gone
STEP = 0.1


def cancel(target: Target, token: str, engines: Engines = ENGINES) -> Ended:
    """Stop the statement with this token: "stopped" when the server no longer runs it, "goes on" where it does.

    "nothing" means that nothing ran under the token at that moment: it had ended, or a script was between two of its
    statements. The server ignores a signal that falls between two of its steps, so it is repeated. The connection is
    not one of the pool's. Raises a SqlError, and ValueError for a text that is no token.
    """
    if not token or not TOKEN.fullmatch(token):
        raise ValueError("not a token")
    end, found = time.monotonic() + PATIENCE, False
    with engines.own(target) as connection:
        while _signal(target, connection.cursor(), token):
            if time.monotonic() > end:
                return "goes on"
            found = True
            time.sleep(STEP)
    return "stopped" if found else "nothing"


def _signal(target: Target, cursor: Any, token: str) -> bool:
    """Ask the server to stop it; tells whether it was running."""
    try:
        if target.dialect == "postgres":
            return bool(_one(cursor, POSTGRES.format(token=token)))
        holder = _one(cursor, MYSQL.format(token=token))
        if holder is not None:
            cursor.execute(f"KILL QUERY {int(holder)}")
        return holder is not None
    except psycopg.Error as error:
        raise translate_postgres(error) from error
    except err.MySQLError as error:
        if error.args[:1] == (GONE,):
            return False
        raise translate_mysql(error) from error


def _one(cursor: Any, text: str) -> Any:
    cursor.execute(text)
    return cursor.fetchone()[0]
