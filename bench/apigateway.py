"""API Gateway on the embedded AWS: what a stage's call costs over the bare function, and 20 uploads at once.

python -m bench apigateway [--quick]

The same function is invoked by boto3 and through a deployed stage, non-proxy and proxy, warm, one after the other in
every round; a stage that answers by itself (MOCK) shows what API Gateway costs without any function.
"""

import json
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.report import Figure, median, ratios, show
from tests.embedded.apigateway.conftest import Api, Gateway
from tests.embedded.process import start

NUMBERS = b'{"Number1": 10, "Number2": 15}'
# A stage asks for the function's policy, and its own records, before it calls.
MOST = 1.5


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    rounds, calls = (5, 5) if quick else (15, 10)
    with tempfile.TemporaryDirectory() as work:
        running = start(Path(work) / "home")
        try:
            gateway = Gateway(running)
            api = made(gateway)
            found = [*overheads(gateway, api, rounds, calls), *alone(api, rounds * calls), parallel(api)]
        finally:
            running.stop()
    return show("API Gateway: a stage's call beside the bare function", found)


def made(gateway: Gateway) -> Api:
    """Make an API with a method of each kind, deployed."""
    api = gateway.create("bench")
    api.function(api.method("/sum"), "add")
    api.function(api.method("/echo"), "echo", "AWS_PROXY")
    api.mock(api.method("/mock", "GET"))
    api.deploy()
    return api


def timed(call: Callable[[], object], times: int) -> float:
    """Return the milliseconds that one call takes, on average."""
    began = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - began) * 1000 / times


def opened(api: Api, path: str, body: bytes | None = None) -> Callable[[], bytes]:
    """Return a call of a stage."""

    def call() -> bytes:
        request = urllib.request.Request(api.url(path), body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    return call


def overheads(gateway: Gateway, api: Api, rounds: int, calls: int) -> list[Figure]:
    """Compare the stage with Lambda's own Invoke, in turn."""
    found = []
    for name, path, handler in (("mapped", "/sum", "add"), ("proxy", "/echo", "echo")):
        stage = opened(api, path, NUMBERS)

        def bare(handler: str = handler) -> bytes:
            answer = gateway.functions.invoke(FunctionName=f"apigateway-{handler}", Payload=NUMBERS)
            return bytes(answer["Payload"].read())

        stage(), bare()
        pair = ratios(rounds, partial(timed, stage, calls), partial(timed, bare, calls))
        note = f"stage {pair[0]:.1f} ms, invoke {pair[1]:.1f} ms"
        found.append(Figure(f"stage call over bare invoke, {name}, warm", pair[2], "times", most=MOST, note=note))
    return found


def alone(api: Api, calls: int) -> list[Figure]:
    """Measure a stage that calls no function."""
    mock = opened(api, "/mock")
    times = [timed(mock, 1) for _ in range(calls)]
    return [Figure("a stage's own answer (MOCK)", median(times), "ms")]


def parallel(api: Api) -> Figure:
    """Count what 20 callers at once get, each a body of a megabyte."""

    def call(number: int) -> bool:
        sent = json.dumps({"number": number, "picture": "x" * 1_000_000}).encode()
        return bool(json.loads(json.loads(opened(api, "/echo", sent)())["body"])["number"] == number)

    with ThreadPoolExecutor(20) as pool:
        answered = sum(pool.map(call, range(20)))
    return Figure("20 callers at once with a megabyte each: answered", float(answered), "calls", least=20)
