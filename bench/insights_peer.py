"""DuckDB alone, as the limit: the same rows in memory, the same questions as SQL (run by the embedded AWS's Python).

Reads the file of events (lines of JSON) that it is given, then answers each name of a question on stdin with the
milliseconds that DuckDB needed, on two threads, all rows fetched.
"""

import importlib
import sys
import time
from typing import Any

CUT = "regexp_extract(message, '(?s)user=(.*?), method:(.*?), latency := (.*?) ms', ['a', 'b', 'c'])"
QUESTIONS = {
    "filter": r"SELECT ts, message FROM events WHERE regexp_matches(message, 'status=5\d\d') "
    "ORDER BY ts DESC LIMIT 10000",
    "bin": "SELECT ts - ts % 300000 AS bin, count(*) FROM events GROUP BY bin",
    "parse": f"SELECT cut['b'], avg(TRY_CAST(cut['c'] AS DOUBLE)) FROM (SELECT {CUT} AS cut FROM events) GROUP BY 1",
}


def main() -> None:
    duckdb: Any = importlib.import_module("duckdb")
    connection = duckdb.connect(config={"threads": 2})
    columns = "{timestamp: 'BIGINT', message: 'VARCHAR'}"
    connection.execute(
        f"CREATE TABLE events AS SELECT timestamp AS ts, message FROM read_json('{sys.argv[1]}', columns = {columns})"
    )
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        connection.execute(QUESTIONS[line.strip()]).fetchall()
        print((time.perf_counter() - started) * 1000, flush=True)


if __name__ == "__main__":
    main()
