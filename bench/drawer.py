"""What the call drawer costs of a page: the bucket list with its drawer, beside the same page with an empty one."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import create_app
from app.drawer import Drawer
from bench.process import running
from bench.report import Figure, ratios, show

PAGES = 40  # in one measurement


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)):
        for line in (Path(folder) / "env").read_text().splitlines():
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").partition("=")
                os.environ[name] = value.strip("'")
        whole, bare = page(Path(folder)), page(Path(folder), Drawer)
        _, _, ratio = ratios(5 if quick else 25, whole, bare)
    return show("The call drawer", [Figure("its share of the bucket list's time", (ratio - 1) * 100, "%", most=10)])


def page(home: Path, empty: Callable[[], Drawer] | None = None) -> Callable[[], float]:
    """Return a function that fetches the page some forty times and gives its seconds."""
    app = create_app({"home": home})
    if empty is not None:
        app.context_processor(lambda: {"drawer": empty})
    client = app.test_client()

    def measured() -> float:
        started = time.perf_counter()
        for _ in range(PAGES):
            if client.get("/s3/", headers={"Host": "127.0.0.1"}).status_code != 200:
                raise RuntimeError("the bucket list was not answered")
        return time.perf_counter() - started

    measured()
    return measured
