"""The SQL core beside the drivers and the databases' own clients, on MariaDB and PostgreSQL, a million rows.

Adminer and the others are not run here; their figures, measured once beside the same clients, give the limits:
Adminer writes a table's CSV at 0.76 of `mariadb --quick`, so 1.2 times Adminer is 0.92 of that client.
"""

import contextlib
import csv
import io
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
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
from bench.measure import watch
from bench.report import Figure, median, percentile, ratios, show
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
POINT = "SELECT * FROM t WHERE id = {id}"


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
        (statement,) = split("SELECT * FROM t ORDER BY id", self.target.dialect)
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


def timed(run: Callable[[], object]) -> float:
    """Return the seconds of one run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def p50(run: Callable[[], object], seconds: float) -> float:
    """Return the median milliseconds of as many runs as fit."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(found) < 5:
        found.append(timed(run) * 1000)
    return median(found)


def latencies(bed: Bed, rounds: int, seconds: float) -> Iterator[Figure]:
    name, middle = bed.target.engine, (bed.rows * 9 // 10,)
    deep = f"SELECT * FROM t ORDER BY id LIMIT 100 OFFSET {bed.rows * 9 // 10}"
    point, driver, over = ratios(
        rounds, lambda: p50(lambda: bed.mine(bed.text), seconds), lambda: p50(lambda: bed.driver(bed.text), seconds)
    )
    yield Figure(f"{name}: point query, p50", point, "ms", most=1.2, note=f"driver {driver:.2f} ms, {over:.1f} times")
    first = p50(lambda: bed.page(Query(bed.schema, "t")), seconds)
    yield Figure(f"{name}: first page of the table, p50", first, "ms", most=5)
    key, offset, over = ratios(
        rounds,
        lambda: p50(lambda: bed.page(Query(bed.schema, "t", "after", middle)), seconds),
        lambda: p50(lambda: bed.driver(deep), seconds),
    )
    yield Figure(f"{name}: OFFSET over a page by key at nine tenths", 1 / over, "times", least=10 * bed.rows / 1e6,
                 note=f"{key:.2f} ms, driver with OFFSET {offset:.1f} ms")  # fmt: skip
    whole = p50(lambda: bed.mine("SELECT * FROM t"), seconds)
    yield Figure(f"{name}: SELECT * FROM t typed, first 100 rows, p50", whole, "ms", most=15)
    fresh = p50(lambda: open_connection(bed.target, servers.PASSWORD).close(), seconds)
    yield Figure(f"{name}: a connection that is not pooled, p50", fresh, "ms")


def exports(bed: Bed, rounds: int) -> Iterator[Figure]:
    name, client = bed.target.engine, bed.client()
    megabytes = bed.table_csv() / 1e6
    least = 0.85 if bed.target.dialect == "postgres" else 0.92
    if client:
        mine, theirs, over = ratios(rounds, lambda: timed(bed.table_csv), lambda: timed(client))
        note = f"{megabytes / mine:.0f} against {megabytes / theirs:.0f} MB/s"
        yield Figure(f"{name}: table as CSV, speed to the client's", 1 / over, "times", least=least, note=note)
        mine, theirs, over = ratios(rounds, lambda: timed(bed.typed), lambda: timed(client))
        note = f"{megabytes / mine:.0f} against {megabytes / theirs:.0f} MB/s"
        least = 0.85 if bed.target.dialect == "postgres" else 0.57
        yield Figure(f"{name}: typed query as CSV, speed to the client's", 1 / over, "times", least=least, note=note)
    if bed.target.dialect == "mysql":
        mine, theirs, over = ratios(max(1, rounds // 2), lambda: timed(bed.typed), lambda: timed(bed.loop))
        yield Figure(f"{name}: typed query as CSV, speed to a loop", 1 / over, "times", least=5)
    for form, most in (("csv", 8.0), ("ndjson", 48.0), ("parquet", 48.0)):
        with watch(os.getpid()) as usage:
            spent = timed(lambda form=form: bed.typed(form))  # type: ignore[misc]
        if usage.growth is not None:
            note = f"{megabytes / spent:.0f} MB/s of the plain CSV"
            yield Figure(f"{name}: growth while {form} is written", usage.growth, "MiB", most=most, note=note)


def together(bed: Bed, seconds: float) -> Iterator[Figure]:
    """Point queries while an export runs in the same process, and sixteen people at once."""
    alone = p50(lambda: bed.mine(bed.text), seconds)
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            bed.typed()

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    during = p50(lambda: bed.mine(bed.text), seconds * 2)
    over.set()
    thread.join()
    name = bed.target.engine
    note = f"{during:.2f} against {alone:.2f} ms"
    yield Figure(f"{name}: point query while an export runs, over alone", during / alone, "times", most=3, note=note)
    times, lost = crowd(bed, seconds)
    middle, worst = median(times), percentile(times, 0.99)
    yield Figure(f"{name}: 16 people, p99 over p50", worst / middle, "times", most=4,
                 note=f"{middle:.2f} ms, {len(times) / seconds:.0f} queries/s")  # fmt: skip
    yield Figure(f"{name}: 16 people, refused", lost, "", most=0)


def crowd(bed: Bed, seconds: float) -> tuple[list[float], int]:
    """Return the milliseconds of every query of sixteen threads, and how many failed."""
    times: list[float] = []
    lost: list[Exception] = []
    end = time.perf_counter() + seconds

    def person() -> None:
        while time.perf_counter() < end:
            try:
                times.append(timed(lambda: bed.mine(bed.text)) * 1000)
            except Exception as error:  # counted: nothing may be refused
                lost.append(error)

    people = [threading.Thread(target=person) for _ in range(16)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return times, len(lost)


def figures(quick: bool) -> list[Figure]:
    """Measure on both servers; a server that is not installed is said and left out."""
    rows, rounds, seconds = (100_000, 2, 0.5) if quick else (1_000_000, 5, 2.0)
    found: list[Figure] = []
    starts = (("mariadb", servers.mariadb, "--innodb-buffer-pool-size=512M"), ("postgres", servers.postgres, ""))
    for engine, start, option in starts:
        try:
            with start(*([option] if option else [])) as port:
                found += _measure(engine, port, rows, rounds, seconds)
        except servers.NoServer as error:
            print(f"\nSQL on {engine}: {error}; not measured")
    return found


def _measure(engine: str, port: int, rows: int, rounds: int, seconds: float) -> list[Figure]:
    target = Target(
        "postgres" if engine == "postgres" else "mariadb",
        "127.0.0.1",
        port,
        servers.MASTER,
        lambda _fresh: servers.PASSWORD,
        "shop",
    )
    bed = Bed(target, rows)
    try:
        bed.fill()
        parts = (latencies(bed, rounds, seconds), exports(bed, rounds), together(bed, seconds))
        return [figure for part in parts for figure in show(f"SQL on {engine}, {rows:,} rows", part)]
    finally:
        bed.close()


if __name__ == "__main__":
    print(Path(__file__).name, sum(not figure.holds for figure in figures(False)), "outside their limit")
