"""A page of a hundred items and one item through the dashboard, beside boto3's resource and client asking the same.

python -m bench dynamodb [--quick]

The dashboard's page is whole: layout, builder, table, call drawer. boto3's resource is what scripts use: it makes a
Decimal of each number; the client gives the wire form.
"""

import http.client
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.browser import Client
from bench.free_dynamodb import KEYS, TABLE, item
from bench.measure import dashboard, environment, free_endpoint, free_port, ratio, rounds
from bench.process import crowd
from bench.report import Figure, median, percentile, show
from tests.embedded.process import start

ITEMS = 1000
KEY = {"customer_id": "customer-00000", "order_id": 0}


@dataclass
class Lane:
    """One endpoint with a dashboard in front of it; the limits are ratios to boto3's resource."""

    name: str
    client: Any
    table: Any
    port: int
    page_limit: float
    item_limit: float


def repeated(run: Callable[[], object], count: int) -> Callable[[], float]:
    """Return a subject for rounds(): the median milliseconds of so many runs."""

    def measured() -> float:
        found = []
        for _ in range(count):
            started = time.perf_counter()
            run()
            found.append((time.perf_counter() - started) * 1000)
        return median(found)

    return measured


def page(connection: http.client.HTTPConnection, path: str, cookie: str, wanted: str) -> None:
    """Fetch a page on a connection that is kept, and see that it is the right one."""
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or wanted.encode() not in body:
        raise RuntimeError(f"{path} was answered {answer.status}, without {wanted}")


def measure(lane: Lane, count: int, each: int) -> Iterator[Figure]:
    """Yield the figures of a lane."""
    browser = Client(lane.port)
    browser.sign_on()
    connection = http.client.HTTPConnection("127.0.0.1", lane.port, timeout=60)
    items, one = f"/dynamodb/{TABLE}/items", f"/dynamodb/{TABLE}/item?pk=customer-00000&sk=0"
    key = {"customer_id": {"S": "customer-00000"}, "order_id": {"N": "0"}}
    subjects: dict[str, tuple[float, dict[str, Callable[[], object]]]] = {
        "a page of 100 items": (
            lane.page_limit,
            {
                "resource": lambda: lane.table.scan(Limit=100),
                "client": lambda: lane.client.scan(TableName=TABLE, Limit=100),
                "ours": lambda: page(connection, items, browser.cookie, "Load more"),
            },
        ),
        "one item": (
            lane.item_limit,
            {
                "resource": lambda: lane.table.get_item(Key=KEY),
                "client": lambda: lane.client.get_item(TableName=TABLE, Key=key),
                "ours": lambda: page(connection, one, browser.cookie, "customer-00000"),
            },
        ),
    }
    for name, (limit, runs) in subjects.items():
        found = rounds(count, {who: repeated(run, each) for who, run in runs.items()})
        ours, resource, client = (median(found[who]) for who in ("ours", "resource", "client"))
        note = f"{ours:.2f} ms, boto3 {resource:.2f}, its client {client:.2f}"
        yield Figure(f"{lane.name}: {name}", ratio(found["ours"], found["resource"]), "x boto3", most=limit, note=note)
    durations, failed = crowd(lane.port, items, each)
    slow = f"p99 {percentile(durations, 0.99) * 1000:.0f} ms"
    yield Figure(f"{lane.name}: a page, 16 people, p50", median(durations) * 1000, "ms", note=slow)
    yield Figure(f"{lane.name}: a page, 16 people, answers that were 5xx", failed, "", most=0)


@contextmanager
def embedded_lane(work: Path) -> Iterator[Lane]:
    """Run the dashboard over an embedded AWS of its own."""
    running = start(work / "embedded")
    try:
        client = running.client("dynamodb")
        client.create_table(TableName=TABLE, BillingMode="PAY_PER_REQUEST", **KEYS)
        for first in range(0, ITEMS, 25):
            puts = [{"PutRequest": {"Item": item(number)}} for number in range(first, first + 25)]
            client.batch_write_item(RequestItems={TABLE: puts})
        env = {name: value for name, value in running.env.items() if name.startswith("AWS_")}
        session = boto3.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1")
        resource = session.resource("dynamodb", endpoint_url=env["AWS_ENDPOINT_URL"])
        port = free_port()
        with dashboard(work / "home", port, env):
            yield Lane("embedded AWS", client, resource.Table(TABLE), port, 1.1, 1.8)
    finally:
        running.stop()


@contextmanager
def free_lane(work: Path) -> Iterator[Lane]:
    """Run the dashboard over an endpoint that costs next to nothing."""
    port = free_port()
    with free_endpoint("bench.free_dynamodb") as endpoint:
        session = boto3.Session("000000000000", "none", region_name="us-east-1")
        client = session.client("dynamodb", endpoint_url=endpoint)
        resource = session.resource("dynamodb", endpoint_url=endpoint)
        with dashboard(work / "free-home", port, environment(endpoint)):
            yield Lane("free endpoint", client, resource.Table(TABLE), port, 1.5, 1.8)


def figures(quick: bool) -> list[Figure]:
    """Measure every lane."""
    count, each = (3, 30) if quick else (9, 100)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for lane_of in (free_lane, embedded_lane):
            with lane_of(Path(folder)) as lane:
                found += measure(lane, count, each)
    return show("DynamoDB: pages of items", found)
