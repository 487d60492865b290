"""The demo's functions: they are there without a process of theirs, and do what they say."""

import json
from collections.abc import Callable
from pathlib import Path

import psutil

from embedded.seed_awslambda import DEMOS
from tests.embedded.awslambda.conftest import Bench
from tests.embedded.process import Embedded
from tests.processes import command_of


def test_the_demo_functions_do_what_they_say(fresh: Callable[..., Embedded]) -> None:
    aws = fresh(seed=("lambda",))
    bench = Bench(aws)
    bench.until((aws.home / "state" / "seeded-lambda").exists, 60)
    names = [one["FunctionName"] for one in bench.client.list_functions()["Functions"]]
    assert sorted(names) == sorted(demo.name for demo in DEMOS)
    commands = [" ".join(command_of(child)) for child in psutil.Process(aws.process.pid).children(recursive=True)]
    assert not [command for command in commands if "supervisor" in command]
    hello = bench.invoke("HelloLambda", {"Temperature": 10, "Wind": -5})
    assert hello.value["message"] == "Hello! It is 10 degrees, and feels like 5."
    assert "[INFO]" in hello.log
    assert bench.invoke("SumUpLambda", {"Number1": 10, "Number2": 15}).value["body"] == 25
    read = bench.invoke("FileProcessing")
    assert read.value == {"bucket": "inputforlambda123", "key": "addresses.csv", "rows": 10}
    assert "city: Mountain View" in read.log
    customer = bench.invoke("readFromDynamoDB").value
    assert customer["item"]["address"] == "12 Analytical Row"
    assert bench.invoke("readFromDynamoDB", {"customer_id": "0"}).value == {"found": False, "item": None}
    log = bench.invoke("TestLogs").log
    assert "AWS_SECRET_ACCESS_KEY = (hidden)" in json.dumps(bench.events("TestLogs"))
    assert "REPORT" in log
    bench.s3.put_object(Bucket="inputforlambda123", Key="a b.png", Body=b"x", ContentType="image/png")
    bench.until(lambda: any("CONTENT TYPE of a b.png: image/png" in event for event in bench.events("S3Metadata")))
    bench.client.delete_function(FunctionName="HelloLambda")
    bench.until(lambda: saved(aws.home / "state" / "lambda.state"))
    aws.stop()
    again = Bench(fresh(seed=("lambda",)))
    assert "HelloLambda" not in [one["FunctionName"] for one in again.client.list_functions()["Functions"]]


def saved(path: Path) -> bool:
    """Whether the deletion is on disk."""
    return b"HelloLambda" not in path.read_bytes()
