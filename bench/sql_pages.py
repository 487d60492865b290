"""SQL as a browser gets it: pages of the workbench through gunicorn, drawer and layout included, on both engines.

Beside each page stands the same query as JSON, and the answer that calls nothing, which is what the hop alone costs.
"""

import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from bench.process import PEOPLE, ready, running
from bench.report import Figure, median, percentile, show

POINT = {
    "mariadb": ("database-1", "SELECT * FROM address WHERE id = 1"),
    "postgres": ("shop", "SELECT * FROM customers WHERE id = 7"),
}
ADMINER = 787  # pages a second of the quickest peer, on both processors of the machine that gave the limits
TABLE = "/rds/shop/table?schema=public&table=order_items"


class Reader:
    """One kept connection, read with as little Python as can be: the client is not what is measured."""

    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._cookie = b""

    def get(self, path: str) -> float:
        """Fetch a page and return the milliseconds; raises RuntimeError for any status but 200."""
        started = time.perf_counter()
        self._socket.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n" % (path.encode(), self._cookie))
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._socket.recv(1 << 16)
        head, _, body = data.partition(b"\r\n\r\n")
        length, left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]), [body]
        missing = length - len(body)
        while missing > 0:
            left.append(self._socket.recv(missing))
            missing -= len(left[-1])
        spent = (time.perf_counter() - started) * 1000
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"{path} was answered {head.split(b' ')[1].decode()}")
        if not self._cookie and b"Set-Cookie: " in head:
            self._cookie = b"Cookie: %s\r\n" % head.split(b"Set-Cookie: ")[1].split(b";")[0]
        return spent


def p50(reader: Reader, paths: dict[str, str], rounds: int) -> dict[str, float]:
    """Return the least of the rounds' medians for each page: in a round every page is fetched thirty times."""
    found: dict[str, list[float]] = {name: [] for name in paths}
    for turn in range(rounds + 1):
        for name, path in paths.items():
            value = median([reader.get(path) for _ in range(30)])
            if turn:
                found[name].append(value)
    return {name: min(values) for name, values in found.items()}


def crowd(port: int, path: str, seconds: float) -> tuple[list[float], int]:
    """Return the milliseconds of every page of sixteen people, and how many of them were refused one."""
    times: list[float] = []
    refused: list[Exception] = []

    def person(end: float) -> None:
        try:
            reader = Reader(port)
            while time.perf_counter() < end:
                times.append(reader.get(path))
        except (RuntimeError, OSError) as error:
            refused.append(error)

    end = time.perf_counter() + seconds
    people = [threading.Thread(target=person, args=(end,)) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return times, len(refused)


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    rounds, seconds = (5, 2.0) if quick else (20, 6.0)
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder)) as served:
            found = _figures(served.port, rounds, seconds)
        with running(Path(folder), workers=2) as served:
            found += _many(served.port, seconds)
    return show("SQL through the dashboard", found)


def _pages() -> dict[str, str]:
    return {engine: f"/rds/{name}/query?{urlencode({'sql': text})}" for engine, (name, text) in POINT.items()}


def _many(port: int, seconds: float) -> list[Figure]:
    """Return how many pages two workers serve to sixteen people, as peers of many processes do."""
    told = []
    for engine, path in _pages().items():
        ready(port, path)
        crowd(port, path, 0.5)
        times, refused = crowd(port, path, seconds)
        note = f"{refused} refused; this client takes a part of the processors"
        told.append(Figure(f"{engine}: 16 people on two workers", len(times) / seconds, "/s", least=ADMINER, note=note))
    return told


def _figures(port: int, rounds: int, seconds: float) -> list[Figure]:
    pages = _pages()
    paths = {"hop": "/healthz", "table": TABLE, "table json": f"{TABLE}&format=json"}
    for engine, path in pages.items():
        paths |= {engine: path, f"{engine} json": f"{path}&format=json"}
    for path in paths.values():
        ready(port, path)
    found = p50(Reader(port), paths, rounds)
    told = [Figure("an answer that calls nothing, p50", found["hop"], "ms")]
    for engine in pages:
        note = f"{found[engine] / found['hop']:.1f} times the hop; as JSON {found[f'{engine} json']:.2f} ms"
        told.append(Figure(f"{engine}: point query as a page, p50", found[engine], "ms", most=2, note=note))
    note = f"{found['table'] / found['hop']:.1f} times the hop; as JSON {found['table json']:.2f} ms"
    told.append(Figure("postgres: first 100 rows of a table as a page, p50", found["table"], "ms", most=5, note=note))
    for engine, path in pages.items():
        crowd(port, path, 0.5)
        times, refused = crowd(port, path, seconds)
        middle, slow, note = median(times), percentile(times, 0.99), f"{len(times) / seconds:.0f} pages/s"
        told.append(Figure(f"{engine}: 16 people, p99 over p50", slow / middle, "times", most=4, note=note))
        told.append(Figure(f"{engine}: 16 people, refused", refused, "", most=0))
    return told
