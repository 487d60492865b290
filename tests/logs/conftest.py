"""A real embedded AWS with log groups, for the tests of the pages of CloudWatch Logs."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.embedded.process import Embedded, start
from tests.over_embedded import application

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_NAME": "TestLogs",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "ASIAABCDEFGHIJKLMNOP",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLETOKEN",
}
TEST_LOGS = "/aws/lambda/TestLogs"
STREAM = "2026/11/24/[$LATEST]0123abcd"
SHOP = "/app/shop"
ODD = "/app/odd"
EMPTY = "/app/empty"
EVENTS = 600


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with four groups."""
    running = start(tmp_path_factory.mktemp("logs"))
    try:
        fill(running.client("logs"))
        yield running
    finally:
        running.stop()


def put(client: Any, group: str, stream: str, events: list[tuple[int, str]]) -> None:
    """Write events of (milliseconds, message) into a stream of a group, which are made where they are missing."""
    for make, names in (
        (client.create_log_group, {"logGroupName": group}),
        (client.create_log_stream, {"logGroupName": group, "logStreamName": stream}),
    ):
        try:
            make(**names)
        except client.exceptions.ResourceAlreadyExistsException:
            continue
    for first in range(0, len(events), 1000):
        part = [{"timestamp": at, "message": text} for at, text in events[first : first + 1000]]
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=part)


def shop_events(now: int, count: int = EVENTS) -> list[tuple[int, str]]:
    """Return events a second apart up to now: of ten one is an error, two are warnings."""
    levels = ("ERROR", "WARN", "WARN", *["INFO"] * 7)
    users = ("ada", "grace", "lin")
    lines = (
        {"level": levels[at % 10], "user": users[at % 3], "took": at % 100, "message": "order"} for at in range(count)
    )
    return [(now - (count - at) * 1000, json.dumps(line)) for at, line in enumerate(lines)]


def fill(client: Any) -> None:
    """Make the groups: the book's function that prints its environment, a shop, what is odd, and an empty one."""
    now = int(time.time() * 1000)
    lines = [
        "START RequestId: 1 Version: $LATEST",
        f"environ({ENVIRONMENT!r})",
        "[ERROR] KeyError: 'name'",
        "END RequestId: 1",
    ]
    put(client, TEST_LOGS, STREAM, [(now - 60_000 + at * 10, line) for at, line in enumerate(lines)])
    put(client, SHOP, "web-1", shop_events(now))
    deep: object = "end"
    for _ in range(30):
        deep = {"d": deep}
    odd = [
        "\x1b[31mred\x1b[0m \u202egnp.exe nul\x00 bell\x07",
        "<script>alert(1)</script> & <b>",
        json.dumps(deep),
        "x" * 250_000 + " the end",
        "postgres://ada:opensesame@db/shop password=hunter2",
    ]
    put(client, ODD, "one", [(now - 50_000 + at * 1000, line) for at, line in enumerate(odd)])
    client.create_log_group(logGroupName=EMPTY)


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    with application(embedded, tmp_path_factory.mktemp("shared"), "logs", "sts", "dynamodb") as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
