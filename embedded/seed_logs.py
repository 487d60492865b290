"""The log events of a first start, put in after the ready line: the same at each first start but for their times.

Each group has a mark of its own in the state directory: one that is deleted does not come back, one that a crash cut
off is made anew at the next start, and one that was there before is left alone.
"""

import contextlib
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOUR = 3_600_000
# PutLogEvents takes 10,000 events and 1 MiB at a time, 26 bytes counted for each beside its message.
MOST, LARGEST, EACH = 10_000, 1_000_000, 26
Event = tuple[int, str, str]
PATHS = ("/", "/cart", "/checkout", "/api/orders", "/api/items", "/api/items/{n}", "/search", "/login")
USERS = ("ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "ken", "margaret", "tim")
ERRORS = (
    ("TimeoutError", "the database did not answer within 3000 ms"),
    ("PaymentDeclined", "the payment provider answered 402"),
    ("OutOfStock", "item is not available any more"),
)
# Hours before now, how long (minutes), and which share of the requests fails then.
BURSTS = ((41.0, 25, 0.35), (17.5, 12, 0.6), (3.2, 40, 0.25))
# The values of AWS's documentation: they open nothing.
ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_NAME": "TestLogs",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
    "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
}


def requests(seeded: random.Random, now: int) -> Iterator[Event]:
    """Yield 100,000 requests of a shop over two days: more of them by day, failing in bursts."""
    count, span = 100_000, 48 * HOUR
    moments = sorted(int(now - span * (1 - (number + seeded.random()) / count)) for number in range(count))
    for at in moments:
        failing = max((share for ago, long, share in BURSTS if 0 <= at - now + ago * HOUR < long * 60_000), default=0.0)
        yield at, f"web-{seeded.randrange(1, 4)}", json.dumps(request(seeded, failing), separators=(",", ":"))


def request(seeded: random.Random, failing: float) -> dict[str, Any]:
    """Return one request as the application logs it."""
    path = seeded.choice(PATHS).format(n=seeded.randrange(1, 900))
    status = seeded.choices((200, 201, 304, 404, 401, 500), (80, 6, 8, 3, 2, 0.4))[0]
    took = round(seeded.lognormvariate(3.4, 0.7), 1)
    found: dict[str, Any] = {"level": "INFO", "requestId": f"{seeded.getrandbits(64):016x}"}
    found |= {"method": "POST" if status == 201 else "GET", "path": path}
    if seeded.random() < failing:
        status, took = seeded.choice((500, 502, 503)), round(took * 8 + 400, 1)
    found |= {"status": status, "durationMs": took, "bytes": seeded.randrange(200, 40_000)}
    if seeded.random() < 0.7:
        found["user"] = {"name": seeded.choice(USERS), "admin": seeded.random() < 0.02}
    if status >= 500:
        kind, words = seeded.choice(ERRORS)
        found |= {"level": "ERROR", "error": {"type": kind, "message": words, "retries": seeded.randrange(4)}}
    elif status in (401, 404) or took > 150:
        found["level"] = "WARN"
    return found


def identifier(seeded: random.Random) -> str:
    """Return a request id."""
    digits = f"{seeded.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def invocation(seeded: random.Random, at: int, lines: tuple[str, ...], took: float, cold: bool) -> Iterator[Event]:
    """Yield what Lambda writes for one run of a function of 128 MB."""
    name, day = identifier(seeded), time.strftime("%Y/%m/%d", time.gmtime(at / 1000))
    stream = f"{day}/[$LATEST]{hashlib.sha256(day.encode()).hexdigest()[:32]}"
    yield at, stream, f"START RequestId: {name} Version: $LATEST"
    for line in lines:
        yield at, stream, line.format(id=name)
    end = at + int(took)
    yield end, stream, f"END RequestId: {name}"
    init = f"Init Duration: {seeded.uniform(120, 300):.2f} ms\t" if cold else ""
    yield (
        end,
        stream,
        f"REPORT RequestId: {name}\tDuration: {took:.2f} ms\tBilled Duration: {int(took) + 1} ms\t"
        f"Memory Size: 128 MB\tMax Memory Used: {seeded.randrange(38, 96)} MB\t{init}",
    )


def environments(seeded: random.Random, now: int) -> Iterator[Event]:
    """Yield the runs of the function that prints its environment: the values are made up."""
    for number in range(36):
        at = now - 47 * HOUR + number * 76 * 60_000 + seeded.randrange(60_000)
        printed = f"environ({ENVIRONMENT})".replace("{", "{{").replace("}", "}}")
        yield from invocation(seeded, at, (printed,), seeded.uniform(1, 4), cold=number % 4 == 0)


def checkouts(seeded: random.Random, now: int) -> Iterator[Event]:
    """Yield the runs of a function that takes its time now and then."""
    for number in range(2000):
        at = now - 48 * HOUR + number * 86_000 + seeded.randrange(80_000)
        took = min(seeded.lognormvariate(4.5, 0.9), 3000.0)
        line = f"[INFO]\t{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(at / 1000))}.000Z\t{{id}}\torder accepted"
        slow = (f"{{id}} Task timed out after {took / 1000:.2f} seconds",) if took >= 3000 else ()
        yield from invocation(seeded, at, (line, *slow), took, cold=seeded.random() < 0.03)


@dataclass(frozen=True)
class Demo:
    """One group of the demo data."""

    group: str
    events: Callable[[random.Random, int], Iterator[Event]]
    number: int

    def mark(self, state: Path) -> Path:
        """Return the file that says that it was made."""
        return state / f"seeded-logs-{self.number}"

    def begun(self, state: Path) -> Path:
        """Return the file that says that it was begun."""
        return state / f"seeding-logs-{self.number}"


DEMOS = (
    Demo("/aws/lambda/TestLogs", environments, 1),
    Demo("/aws/lambda/checkout", checkouts, 2),
    Demo("/shop/requests", requests, 3),
)


def due(state: Path) -> list[Demo]:
    """Return what is still to be made."""
    return [demo for demo in DEMOS if not demo.mark(state).exists()]


def make(demo: Demo, logs: Any, state: Path) -> None:
    """Make a group with its events; what a crash left of it is deleted first."""
    if demo.begun(state).exists():
        with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_log_group(logGroupName=demo.group)
    try:
        logs.create_log_group(logGroupName=demo.group)
    except logs.exceptions.ResourceAlreadyExistsException:
        return
    demo.begun(state).touch()
    fill(demo, logs, time.time_ns() // 1_000_000)


def fill(demo: Demo, logs: Any, now: int) -> None:
    """Put the events in, oldest first, each stream in batches."""
    streams: dict[str, list[Event]] = {}
    for event in demo.events(random.Random(demo.number), now):  # noqa: S311 - the same each time, no secret
        streams.setdefault(event[1], []).append(event)
    for stream, events in streams.items():
        logs.create_log_stream(logGroupName=demo.group, logStreamName=stream)
        for batch in batches(sorted(events)):
            entries = [{"timestamp": at, "message": message} for at, _, message in batch]
            logs.put_log_events(logGroupName=demo.group, logStreamName=stream, logEvents=entries)


def batches(events: list[Event]) -> Iterator[list[Event]]:
    """Yield events in as many at a time as one call takes: also no more than a day apart."""
    batch: list[Event] = []
    size = 0
    for event in events:
        length = len(event[2].encode()) + EACH
        if batch and (len(batch) == MOST or size + length > LARGEST or event[0] - batch[0][0] > 23 * HOUR):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    yield batch


def main(state: Path) -> int:
    """Make what is due; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    if hasattr(os, "nice"):
        # Whoever works with the embedded AWS already goes first.
        os.nice(10)
    session: Any = boto3.session.Session()
    logs = session.client("logs")
    for demo in due(state):
        make(demo, logs, state)
        demo.mark(state).touch()
        demo.begun(state).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
