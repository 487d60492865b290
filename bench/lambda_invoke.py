"""Lambda on the embedded AWS: a warm invoke beside the emulator's own and beside a bare pipe; cold; many at once.

python -m bench lambda_invoke [--quick]

The emulator alone runs without guard, overlays and log store: what the embedded AWS adds is what the ratio shows. The
pipe is a child that answers a line with a line: what a call to another process costs at least.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil

from bench.measure import MIB, child, free_port, ratio, rounds, wait_for
from bench.report import Figure, median, percentile, show
from tests.embedded.process import PYTHON, Embedded, start

CODE = "def handler(event, context):\n    return {'sum': event['a'] + event['b']}\n"
EVENT = b'{"a": 10, "b": 15}'
ECHO = "import sys\nfor line in sys.stdin:\n    sys.stdout.write(line)\n    sys.stdout.flush()\n"
AT_ONCE = 20


def packed(code: str) -> bytes:
    """Return a zip of one module."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("m.py", code)
    return out.getvalue()


def make(client: Any, name: str, role: str) -> None:
    """Make a function and wait until it is there."""
    fields = {"Runtime": "python3.12", "Role": role, "Handler": "m.handler", "MemorySize": 256}
    client.create_function(FunctionName=name, Code={"ZipFile": packed(CODE)}, **fields)
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


@contextmanager
def emulator() -> Iterator[Any]:
    """Run the emulator as it is shipped, and yield a client."""
    port = free_port()
    with tempfile.TemporaryDirectory() as work:
        settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
        folders = {"STATE_DIR": work, "DOCKER_HOST": "unix:///nonexistent", "LAMBDA_EXECUTOR": "local"}
        with child(str(PYTHON), "-m", "ministack", env={**settings, **folders, "LOG_LEVEL": "ERROR"}):
            wait_for(f"http://127.0.0.1:{port}/_ministack/health")
            keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
            yield boto3.client("lambda", endpoint_url=f"http://127.0.0.1:{port}", **keys)


def invoked(client: Any, count: int, **fields: Any) -> Callable[[], float]:
    """Return what calls the function so often and gives the median of the seconds."""

    def run() -> float:
        return median([once(client, "sum", **fields) for _ in range(count)])

    return run


def once(client: Any, name: str, **fields: Any) -> float:
    """Return the seconds of one call."""
    began = time.perf_counter()
    answer = client.invoke(FunctionName=name, Payload=EVENT, **fields)
    value = json.loads(answer["Payload"].read())
    seconds = time.perf_counter() - began
    if value != {"sum": 25}:
        raise ValueError(f"the function answered {value}")
    return seconds


def piped(count: int) -> Callable[[], float]:
    """Return what sends a line to a child so often and gives the median of the seconds."""

    def run() -> float:
        found = []
        command = [sys.executable, "-c", ECHO]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for _ in range(count + 1):
                began = time.perf_counter()
                process.stdin.write(EVENT + b"\n")
                process.stdout.readline()
                found.append(time.perf_counter() - began)
            process.stdin.close()
        return median(found[1:])

    return run


def cold(aws: Embedded, role: str, count: int) -> list[float]:
    """Return the seconds of first calls."""
    client = aws.client("lambda")
    for number in range(count):
        make(client, f"cold-{number}", role)
    return [once(client, f"cold-{number}") for number in range(count)]


def together(aws: Embedded, role: str) -> tuple[int, float]:
    """Call one function many times at once; return how many answered, and the memory of an environment in MiB."""
    make(aws.client("lambda"), "sum-many", role)
    clients = [aws.client("lambda") for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(lambda client: once(client, "sum-many"), clients))
    children = psutil.Process(int(aws.ready["pid"])).children(recursive=True)
    groups = [one for one in children if "supervisor.py" in " ".join(one.cmdline())]
    used = sum(one.memory_full_info().pss for one in groups)
    return len(found), used / MIB / (len(groups) / 3)


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    count = 50 if quick else 300
    with tempfile.TemporaryDirectory() as work, emulator() as shipped:
        aws = start(Path(work) / "home")
        try:
            role = aws.role("bench")
            rest = psutil.Process(int(aws.ready["pid"])).memory_info().rss / MIB
            make(aws.client("lambda"), "sum", role)
            make(shipped, "sum", role)
            mine = aws.client("lambda")
            subjects = {"embedded": invoked(mine, count), "tail": invoked(mine, count, LogType="Tail")}
            found = rounds(2 if quick else 5, {**subjects, "emulator": invoked(shipped, count), "pipe": piped(count)})
            first = cold(aws, role, 5)
            answered, each = together(aws, role)
        finally:
            aws.stop()
    return show(
        f"Lambda, {count} calls a round",
        [
            Figure("warm invoke, median", median(found["embedded"]) * 1000, "ms"),
            Figure("the same with LogType Tail", median(found["tail"]) * 1000, "ms"),
            Figure("the emulator's own, median", median(found["emulator"]) * 1000, "ms"),
            Figure("warm invoke to the emulator's own", ratio(found["embedded"], found["emulator"]), "x", most=1.5),
            Figure("a line through a bare pipe", median(found["pipe"]) * 1000, "ms"),
            Figure("first invoke (cold), median", median(first) * 1000, "ms", most=1500),
            Figure("first invoke, slowest", percentile(first, 1.0) * 1000, "ms"),
            Figure(f"{AT_ONCE} at once that answered", answered, "calls", least=AT_ONCE),
            Figure("memory of one environment", each, "MiB", most=40),
            Figure("embedded AWS at rest", rest, "MiB", most=120),
        ],
    )
