"""The SQL core beside the drivers and the databases' own clients, on MariaDB and PostgreSQL, a million rows.

Adminer and the others are not run here; their figures, measured once beside the same clients, give the limits:
Adminer writes a table's CSV at 0.76 of `mariadb --quick`, so 1.2 times Adminer is 0.92 of that client.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator

from app.sql.engines import open_connection
from app.sql.page import Query
from app.sql.target import Target
from bench.measure import watch
from bench.report import Figure, median, percentile, ratios, show
from bench.sql_bed import Bed
from tests.sql import servers


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
    yield Figure(
        f"{name}: first page of the table, p50", first, "ms", most=5, note=f"{first / driver:.1f} driver queries"
    )
    key, offset, over = ratios(
        rounds,
        lambda: p50(lambda: bed.page(Query(bed.schema, "t", "after", middle)), seconds),
        lambda: p50(lambda: bed.driver(deep), seconds),
    )
    yield Figure(f"{name}: OFFSET over a page by key at nine tenths", 1 / over, "times", least=10 * bed.rows / 1e6,
                 note=f"{key:.2f} ms, driver with OFFSET {offset:.1f} ms")  # fmt: skip
    whole = p50(lambda: bed.mine("SELECT * FROM t"), seconds)
    note = f"{whole / driver:.1f} driver queries"
    yield Figure(f"{name}: SELECT * FROM t typed, first 100 rows, p50", whole, "ms", most=15, note=note)
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
    crowd(bed, 0.5)  # opens the connections
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
