"""The process itself: start, memory, and the overview under sixteen people."""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.report import Figure, median, percentile, show

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
PEOPLE = 16
# A page of each kind, of every blueprint: after them the process holds all that it ever loads.
EVERYWHERE = (
    "/s3/",
    "/s3/trellis-photos/",
    "/s3/trellis-photos/objects/coffee.jpg",
    "/rds/",
    "/rds/shop/",
    "/rds/database-1/query?sql=SELECT+1",
    "/rds/shop/query?sql=SELECT+1",
    "/rds/shop/table?schema=public&table=orders",
    "/dynamodb/",
    "/dynamodb/partiql",
    "/logs/",
    "/logs/insights",
    "/glue/",
    "/glue/runs",
    "/glue/catalog",
    "/lambda/",
    "/lambda/HelloLambda/",
    "/lambda/HelloLambda/test",
    "/lambda/HelloLambda/monitor",
    "/lambda/new",
    "/apigateway/",
    "/apigateway/new",
    "/elasticbeanstalk/",
    "/people/",
    "/people/audit",
)
API = re.compile(rb'href="(/apigateway/[a-z0-9]{10}/)"')  # whose ids are new in each home


@dataclass(frozen=True)
class Server:
    """A running `python -m app up`: its port, and how long its first page took from the command on, in seconds."""

    process: psutil.Process
    port: int
    first_page: float

    def embedded(self) -> psutil.Process:
        """Return the embedded AWS's process."""
        return next(p for p in self.process.children() if "embedded" in p.cmdline())

    def dashboard(self) -> list[psutil.Process]:
        """Return the dashboard's processes: gunicorn's arbiter and its workers."""
        arbiter = next(p for p in self.process.children() if "gunicorn" in p.cmdline())
        return [arbiter, *arbiter.children()]


@contextmanager
def running(home: Path, workers: int = 1) -> Iterator[Server]:
    """Start everything on a state directory and stop it at the end."""
    port = free_port()
    command = [sys.executable, "-m", "app", "up", "--port", str(port), "--workers", str(workers)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "TRELLIS_HOME": str(home)}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            while not answers(port):
                time.sleep(0.02)
            yield Server(psutil.Process(process.pid), port, time.perf_counter() - started)
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether the first page is served."""
    try:
        return get(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/") == 200
    except OSError:
        return False


def ready(port: int, path: str) -> None:
    """Wait until a page is there: the sample databases are filled, and come back, after the first page."""
    end = time.monotonic() + 120
    while get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), path) != 200:
        if time.monotonic() > end:
            raise RuntimeError(f"{path} is not there after two minutes")
        time.sleep(0.2)


def get(connection: http.client.HTTPConnection, path: str) -> int:
    """Fetch a page on an open connection and return its status."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def everywhere(port: int) -> tuple[str, ...]:
    """Return a page of each kind, once all of them are there."""
    for path in EVERYWHERE:
        ready(port, path)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/apigateway/")
    found = API.search(connection.getresponse().read())
    if found is None:
        raise RuntimeError("the list of APIs is empty")
    return (*EVERYWHERE, found[1].decode())


def crowd(port: int, path: str, each: int) -> tuple[list[float], int]:
    """Let sixteen people fetch a page `each` times; return every duration in seconds, and how many answers were 5xx."""
    durations: list[float] = []
    failed = [0]

    def person() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(each):
            started = time.perf_counter()
            failed[0] += get(connection, path) >= 500
            durations.append(time.perf_counter() - started)

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return durations, failed[0]


def private(processes: list[psutil.Process]) -> float:
    """Return the proportional memory of processes in MiB: what is shared is counted once."""
    return sum(process.memory_full_info().pss for process in processes) / MIB


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    each = 20 if quick else 100
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with running(home) as first:
            resting = first.embedded().memory_info().rss / MIB
            cold = first.first_page
        starts = []
        for _ in range(2 if quick else 5):
            with running(home) as again:
                starts.append(again.first_page)
        with running(home, workers=2) as served:
            crowd(served.port, "/", 5)
            durations, failed = crowd(served.port, "/", each)
            pages = everywhere(served.port)
            for path in pages:
                failed += crowd(served.port, path, 5)[1]
            used = private(served.dashboard())
    middle, slow = median(durations), percentile(durations, 0.99)
    return show(
        "The process",
        [
            Figure("first start, with the sample data, to the first page", cold, "s"),
            Figure("second start to the first page", median(starts), "s", most=3),
            Figure("embedded AWS at rest, resident", resting, "MiB", most=120),
            Figure("two workers after every page, proportional", used, "MiB", most=190),
            Figure("overview, 16 people, p50", middle * 1000, "ms"),
            Figure("overview, 16 people, p99 over p50", slow / middle, "times", most=5),
            Figure(f"16 people on {len(pages) + 1} pages, answers that were 5xx", failed, "", most=0),
        ],
    )
