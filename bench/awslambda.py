"""Lambda's pages: a warm invocation through the page beside boto3's own, and what the page holds on to.

python -m bench awslambda [--quick]
"""

import gc
import os
import statistics
import tempfile
import time
from pathlib import Path

from bench.measure import ratio, rounds, watch
from bench.report import Figure, show
from tests.awslambda.conftest import make, make_role
from tests.embedded.process import Embedded, start
from tests.over_embedded import application

CODE = "def lambda_handler(event, context):\n    return event\n"
PAYLOAD = '{"Number1": 10, "Number2": 15}'


def invoked(aws: Embedded, count: int) -> float:
    """Return the seconds of an invocation by boto3."""
    client, began = aws.client("lambda"), time.perf_counter()
    for _ in range(count):
        client.invoke(FunctionName="warm", Payload=PAYLOAD.encode(), LogType="Tail")["Payload"].read()
    return (time.perf_counter() - began) / count


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    count, times = (10, 3) if quick else (20, 8)
    with tempfile.TemporaryDirectory() as folder:
        aws = start(Path(folder) / "aws")
        try:
            make_role(aws.client("iam"))
            make(aws, "warm", CODE)
            with application(aws, Path(folder), "lambda", "iam", "sts") as app, app.test_client() as client:
                client.environ_base["HTTP_HOST"] = "127.0.0.1"
                text = client.get("/lambda/new").get_data(as_text=True)
                token = text.split('name="csrf_token" value="')[1].split('"')[0]

                def page() -> float:
                    began = time.perf_counter()
                    for _ in range(count):
                        fields = {"csrf_token": token, "payload": PAYLOAD}
                        answer = client.post("/lambda/warm/invoke?format=json", data=fields)
                        if answer.status_code != 200:
                            raise RuntimeError(answer.get_data(as_text=True))
                    return (time.perf_counter() - began) / count

                found = rounds(times, {"boto3": lambda: invoked(aws, count), "page": page})
                gc.collect()
                with watch(os.getpid()) as used:
                    page()
        finally:
            aws.stop()
    bare, through = (statistics.median(found[name]) * 1000 for name in ("boto3", "page"))
    over = statistics.median(p - 1.5 * b for p, b in zip(found["page"], found["boto3"], strict=True)) * 1000
    note = f"{through:.1f} ms, boto3 {bare:.1f} ms"
    return show(
        "Lambda's pages",
        [
            Figure("a warm invocation, to boto3's", ratio(found["page"], found["boto3"]), "x", note=note),
            Figure("what it takes beyond 1.5 times boto3's", over, "ms", most=10),
            Figure("memory that invocations leave", used.growth or 0.0, "MiB", most=8),
        ],
    )
