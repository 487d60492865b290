"""Logs Insights on the embedded AWS beside DuckDB over the same rows in memory, and beside grep over a file of them.

Ours is measured from StartQuery to the answer that says Complete, over HTTP, with boto3; the rows of a page are fetched
apart. Putting events is measured beside the emulator as it comes, without any of our layers.
"""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from bench.measure import MIB, child, free_port, ratio, wait_for
from bench.report import Figure, median, show
from tests.embedded.process import PYTHON, ROOT, Embedded, start

GROUP, STREAM, BATCH = "bench", "one", 5000
QUERIES = {
    "filter": r"filter @message like /status=5\d\d/",
    "bin": "stats count(*) by bin(5m)",
    "parse": 'parse @message "user=*, method:*, latency := * ms" as user, method, latency '
    "| stats avg(latency) by method",
}
TITLES = {
    "filter": "filter @message like /regex/",
    "bin": "stats count(*) by bin(5m)",
    "parse": "parse, stats avg(x) by y",
}


def events(count: int) -> Iterator[dict[str, Any]]:
    """Yield events of about 150 bytes over the last two days, always the same but for their time."""
    seeded = random.Random(5)
    begin = time.time_ns() // 1_000_000 - 2 * 86_400_000
    for number in range(count):
        status = 500 + seeded.randrange(4) if seeded.random() < 0.02 else seeded.choice((200, 200, 201, 304, 404))
        yield {
            "timestamp": begin + number * 172_000_000 // count,
            "message": f"INFO user=u{seeded.randrange(500):03d}, method:{seeded.choice(('GET', 'PUT', 'POST'))}, "
            f"latency := {seeded.randrange(1, 5000)} ms path=/api/v1/items/{seeded.randrange(100_000):06d} "
            f"status={status} trace={seeded.getrandbits(128):032x} zone=eu-central-1a",
        }


def batches(found: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for begin in range(0, len(found), BATCH):
        yield found[begin : begin + BATCH]


def put(client: Any, found: Sequence[dict[str, Any]], stream: str = STREAM) -> float:
    """Put events and return the seconds."""
    client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    started = time.perf_counter()
    for batch in batches(found):
        client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=batch)
    return time.perf_counter() - started


def asked(client: Any, query: str) -> float:
    """Run a query and return the milliseconds until it is complete."""
    now = int(time.time())
    started = time.perf_counter()
    name = client.start_query(logGroupName=GROUP, startTime=now - 7 * 86_400, endTime=now + 60, queryString=query)[
        "queryId"
    ]
    while (found := client.get_query_results(queryId=name, maxItems=1))["status"] in ("Scheduled", "Running"):
        time.sleep(0.004)
    if found["status"] != "Complete":
        raise RuntimeError(f"{query}: {found['status']}")
    return (time.perf_counter() - started) * 1000


@contextmanager
def alone(work: Path) -> Iterator[Any]:
    """Run the emulator as it comes and yield a client of it."""
    port = free_port()
    quiet = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "LOG_LEVEL": "WARNING", "HOME": str(work)}
    off = {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
    with child(str(PYTHON.parent / "ministack"), env={**quiet, **off}):
        wait_for(f"http://127.0.0.1:{port}/_ministack/health")
        session: Any = boto3.session.Session()
        keys = {"aws_access_key_id": "000000000000", "aws_secret_access_key": "any", "region_name": "us-east-1"}
        yield session.client("logs", endpoint_url=f"http://127.0.0.1:{port}", config=Config(read_timeout=60), **keys)


@contextmanager
def duckdb(file: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run DuckDB over a file of events."""
    command = [str(PYTHON), "-m", "bench.insights_peer", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process
        finally:
            process.terminate()


def limit(process: "subprocess.Popen[str]", question: str) -> float:
    """Return the milliseconds that DuckDB needs."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(question + "\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def speeds(running: Embedded, file: Path, rounds: int) -> Iterator[Figure]:
    """Measure the three queries."""
    client = running.client("logs")
    first = asked(client, QUERIES["bin"])
    yield Figure("the first query, which loads the events", first / 1000, "s")
    with duckdb(file) as peer:
        for name, query in QUERIES.items():
            ours, theirs = [], []
            for turn in range(rounds + 1):
                pair = asked(client, query), limit(peer, name)
                if turn:
                    ours.append(pair[0])
                    theirs.append(pair[1])
            note = f"{median(ours):.0f} ms, DuckDB {median(theirs):.0f} ms"
            yield Figure(f"{TITLES[name]}, times DuckDB", ratio(ours, theirs), "times", most=3, note=note)
    started = time.perf_counter()
    subprocess.run(["grep", "-c", "status=5[0-9][0-9]", str(file)], stdout=subprocess.PIPE, check=True)
    yield Figure("grep -c over the same events in a file", (time.perf_counter() - started) * 1000, "ms")


def memory(running: Embedded) -> Iterator[Figure]:
    """Report the memory of the processes after all that."""
    server = psutil.Process(running.process.pid)
    yield Figure("embedded AWS, resident, after all queries", server.memory_info().rss / MIB, "MiB", most=600)
    workers = [p for p in server.children() if "embedded.overlays.insights.worker" in p.cmdline()]
    peak = max(_peak(worker.pid) for worker in workers)
    yield Figure("the query process, highest", peak, "MiB", most=600)


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text() if Path("/proc").exists() else "VmHWM: 0"
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def putting(running: Embedded, work: Path, found: Sequence[dict[str, Any]], rounds: int) -> Figure:
    """Measure PutLogEvents beside the emulator as it comes."""
    client = running.client("logs")
    with alone(work) as other:
        other.create_log_group(logGroupName=GROUP)
        ours, theirs = [], []
        for turn in range(rounds + 1):
            pair = put(client, found, f"more-{turn}"), put(other, found, f"more-{turn}")
            if turn:
                ours.append(pair[0])
                theirs.append(pair[1])
    note = f"{len(found) / median(ours):.0f} events/s, without us {len(found) / median(theirs):.0f}"
    return Figure("putting events, times without us", ratio(ours, theirs), "times", most=1.3, note=note)


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    count, rounds = (100_000, 3) if quick else (1_000_000, 7)
    found = list(events(count))
    with tempfile.TemporaryDirectory() as folder:
        work, file = Path(folder), Path(folder) / "events.json"
        file.write_text("".join(json.dumps(event) + "\n" for event in found))
        running = start(work / "home")
        try:
            client = running.client("logs")
            client.create_log_group(logGroupName=GROUP)
            put(client, found)
            size = file.stat().st_size / count
            shown = [
                Figure("events", count, "", note=f"{size:.0f} bytes a line of JSON"),
                *speeds(running, file, rounds),
            ]
            shown += [*memory(running), putting(running, work, found[:50_000], rounds)]
        finally:
            running.stop()
    return show("Logs Insights", shown)
