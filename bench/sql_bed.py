"""A server with a table of a million rows, and each way to read it: ours, the driver's, the database's own client."""

import contextlib
import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import psycopg
import pymysql
from pymysql.cursors import SSCursor

from app.sql.engines import Engines, open_connection
from app.sql.export import export
from app.sql.options import Options
from app.sql.page import Query, fetch
from app.sql.run import read
from app.sql.statements import split
from app.sql.table_export import export_table
from app.sql.target import Target
from tests.sql import servers

COLUMNS = (
    "id int PRIMARY KEY, address varchar(120) NOT NULL, city varchar(40) NOT NULL, state char(2) NOT NULL, "
    "amount numeric(12,2) NOT NULL, created_at {stamp} NOT NULL"
)
FILL = {
    "mariadb": "INSERT INTO t SELECT seq, concat(seq * 7919 % 99999, ' Maple Street, Building ', seq % 400, "
    "', Apartment ', seq * 31 % 9999), elt(1 + seq % 4, 'Springfield', 'Georgetown', 'Salem', 'Madison'), 'CA', "
    "seq * 7919 % 10000000 / 100, '2024-01-01' + INTERVAL seq MINUTE FROM seq_1_to_{rows}",
    "postgres": "INSERT INTO t SELECT seq, concat(seq::bigint * 7919 % 99999, ' Maple Street, Building ', seq % 400, "
    "', Apartment ', seq::bigint * 31 % 9999), (ARRAY['Springfield', 'Georgetown', 'Salem', 'Madison'])[1 + seq % 4], "
    "'CA', seq::bigint * 7919 % 10000000 / 100.0, '2024-01-01'::timestamp + seq * interval '1 minute' "
    "FROM generate_series(1, {rows}) AS seq",
}


class Bed:
    """One server with its table, and everything that is measured on it."""

    def __init__(self, target: Target, rows: int):
        self.target, self.rows, self.engines = target, rows, Engines()
        self.schema = "public" if target.dialect == "postgres" else "shop"
        self.text = f"SELECT * FROM t WHERE id = {rows // 2}"
        self._kept: Any = None

    def fill(self) -> None:
        stamp = "timestamp" if self.target.dialect == "postgres" else "datetime"
        charset = "" if self.target.dialect == "postgres" else " DEFAULT CHARSET utf8mb4"
        with contextlib.closing(open_connection(self.target, servers.PASSWORD)) as connection:
            cursor = connection.cursor()
            if self.target.dialect == "postgres":
                cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(f"CREATE TABLE t ({COLUMNS.format(stamp=stamp)}){charset}")
            cursor.execute(FILL[self.target.engine].format(rows=self.rows))
            connection.commit()
            cursor.execute("ANALYZE TABLE t" if self.target.dialect == "mysql" else "ANALYZE t")
            cursor.fetchall() if self.target.dialect == "mysql" else None

    def close(self) -> None:
        self.engines.close()
        if self._kept:
            self._kept.close()

    def mine(self, text: str, limit: int = 100) -> None:
        (statement,) = split(text, self.target.dialect)
        answer = read(self.target, statement, None, Options(limit=limit), self.engines).answer
        if not answer.rows:
            raise RuntimeError("no rows")

    def driver(self, text: str) -> None:
        """The driver alone, on a connection that it keeps."""
        if self._kept is None:
            self._kept = self._plain()
        cursor = self._kept.cursor()
        cursor.execute(text)
        cursor.fetchall()
        cursor.close()

    def _plain(self) -> Any:
        target = self.target
        if target.dialect == "mysql":
            return pymysql.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                password=servers.PASSWORD,
                database="shop",
                ssl_disabled=True,
                autocommit=True,
            )
        return psycopg.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=servers.PASSWORD,
            dbname="shop",
            autocommit=True,
        )

    def page(self, query: Query) -> None:
        if len(fetch(self.target, query, engines=self.engines).answer.rows) != query.size:
            raise RuntimeError("a page too short")

    def table_csv(self) -> int:
        return sum(map(len, export_table(self.target, self.schema, "t", "csv", engines=self.engines)))

    def typed(self, form: Any = "csv") -> int:
        (statement,) = split("SELECT * FROM t", self.target.dialect)
        return sum(map(len, export(self.target, statement, form, engines=self.engines)))

    def loop(self) -> None:
        """What one would write: the driver's rows through Python's csv."""
        connection = self._plain()
        cursor = connection.cursor(SSCursor)
        cursor.execute("SELECT * FROM t")
        while rows := cursor.fetchmany(1000):
            csv.writer(io.StringIO()).writerows(rows)
        connection.close()

    def client(self) -> Callable[[], None] | None:
        """The database's own client writing the table, None where it is not installed."""
        target, mysql = self.target, self.target.dialect == "mysql"
        program = shutil.which("mariadb") if mysql else shutil.which("psql")
        if not program:
            return None
        address = ["-h", target.host, f"-{'P' if mysql else 'p'}{target.port}"]
        login = [f"-u{target.user}"] if mysql else ["-U", target.user, "shop"]
        query = ["shop", "--quick", "-B", "-e", "SELECT * FROM t"] if mysql else ["-c", "\\copy t to stdout csv header"]
        secret = {"MYSQL_PWD": servers.PASSWORD, "PGPASSWORD": servers.PASSWORD}

        def run() -> None:
            subprocess.run(
                [program, *address, *login, *query], env={**os.environ, **secret}, stdout=subprocess.DEVNULL, check=True
            )

        return run
