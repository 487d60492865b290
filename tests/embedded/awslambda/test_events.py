"""Asynchronous calls, several at once, and what becomes of events that nobody took."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded.overlays.awslambda.pool import MOST
from tests.embedded.awslambda.conftest import Bench
from tests.embedded.process import Embedded


def queue(bench: Bench, name: str) -> tuple[str, str]:
    """Make a queue; return its URL and ARN."""
    url = bench.sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{bench.account}:{name}"


def message(bench: Bench, url: str) -> dict[str, Any]:
    """Wait for a message."""

    def received() -> Any:
        return bench.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages")

    found: dict[str, Any] = bench.until(received)[0]
    return found


def test_an_event_is_taken_later(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(event, c):\n    print('took', event['n'], c.aws_request_id)")
    answer = bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 7}')
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    request = answer["ResponseMetadata"]["RequestId"]
    bench.until(lambda: f"took 7 {request}\n" in bench.events(name))


def test_what_fails_is_tried_twice_more_and_then_sent_away(bench: Bench, name: str) -> None:
    url, arn = queue(bench, name)
    code = "def handler(event, c):\n    print('try', c.aws_request_id)\n    raise ValueError('never')"
    bench.function(name, code)
    bench.client.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    answer = bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 7}')
    request = answer["ResponseMetadata"]["RequestId"]
    told = json.loads(message(bench, url)["Body"])
    assert told["requestContext"] == {
        "requestId": request,
        "functionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert told["requestPayload"] == {"n": 7}
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert told["responsePayload"]["errorMessage"] == "never"
    assert bench.events(name).count(f"try {request}\n") == 3


def test_what_succeeds_is_told_where_that_is_wanted(bench: Bench, name: str) -> None:
    url, arn = queue(bench, name)
    bench.function(name, "def handler(event, c):\n    return {'sum': event['a'] + 1}")
    bench.client.put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"a": 1}')
    told = json.loads(message(bench, url)["Body"])
    assert told["requestContext"]["condition"] == "Success"
    assert told["responsePayload"] == {"sum": 2}


def test_a_dead_letter_queue_gets_the_event_itself(bench: Bench, name: str) -> None:
    url, arn = queue(bench, name)
    bench.function(name, "def handler(event, c):\n    raise KeyError('k')", DeadLetterConfig={"TargetArn": arn})
    bench.client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')
    letter = message(bench, url)
    assert json.loads(letter["Body"]) == {"n": 1}
    assert letter["MessageAttributes"]["ErrorMessage"]["StringValue"] == "'k'"


def test_a_bus_is_told(bench: Bench, name: str) -> None:
    url, arn = queue(bench, name)
    events = bench.aws.client("events")
    events.put_rule(Name=name, EventPattern='{"source": ["lambda"]}')
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn}])
    bench.function(name, "def handler(event, c):\n    return 'done'")
    bus = "arn:aws:events:us-east-1:000000000000:event-bus/default"
    bench.client.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": bus}}
    )
    bench.client.invoke(FunctionName=name, InvocationType="Event")
    told = json.loads(message(bench, url)["Body"])
    assert told["detail-type"] == "Lambda Function Invocation Result - Success"
    assert told["detail"]["responsePayload"] == "done"


def test_without_concurrency_an_event_fails_at_once(bench: Bench, name: str) -> None:
    url, arn = queue(bench, name)
    bench.function(name, "def handler(event, c):\n    raise ValueError('x')", Timeout=3)
    bench.client.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    bench.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b"1")
    told = json.loads(message(bench, url)["Body"])
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in told


def test_one_function_follows_another(bench: Bench, name: str) -> None:
    bench.function(f"{name}-2", "def handler(event, c):\n    print('got', event['responsePayload'])")
    bench.function(name, "def handler(event, c):\n    return 'first'")
    second = f"arn:aws:lambda:us-east-1:000000000000:function:{name}-2"
    bench.client.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": second}}
    )
    bench.client.invoke(FunctionName=name, InvocationType="Event")
    bench.until(lambda: "got first\n" in bench.events(f"{name}-2"))


def test_several_at_once_have_environments_of_their_own(bench: Bench, name: str, tmp_path: Path) -> None:
    code = f"""
import os, pathlib, time
here = pathlib.Path({str(tmp_path)!r})
def handler(event, context):
    (here / str(event)).touch()
    while len(list(here.iterdir())) < 4:
        time.sleep(0.01)
    return os.getpid()
"""
    bench.function(name, code)
    with ThreadPoolExecutor(4) as threads:
        pids = list(threads.map(lambda n: bench.invoke(name, n).value, range(4)))
    assert len(set(pids)) == 4


def test_reserved_concurrency_throttles(bench: Bench, name: str, tmp_path: Path) -> None:
    code = f"""
import pathlib, time
go, here = pathlib.Path({str(tmp_path / "go")!r}), pathlib.Path({str(tmp_path / "here")!r})
def handler(event, context):
    here.touch()
    while not go.exists():
        time.sleep(0.01)
"""
    bench.function(name, code)
    bench.client.publish_version(FunctionName=name)
    bench.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    first = threading.Thread(target=bench.invoke, args=(name,))
    first.start()
    bench.until((tmp_path / "here").exists)
    for qualifier in ("$LATEST", "1"):
        with pytest.raises(bench.client.exceptions.TooManyRequestsException) as refused:
            bench.invoke(name, Qualifier=qualifier)
        assert refused.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert refused.value.response["Error"]["Message"] == "Rate Exceeded."
    (tmp_path / "go").touch()
    first.join()
    bench.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(bench.client.exceptions.TooManyRequestsException):
        bench.invoke(name)


def test_the_limit_of_the_account_is_told(bench: Bench) -> None:
    assert bench.client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == MOST


def test_a_function_that_calls_itself_is_stopped(bench: Bench, name: str) -> None:
    code = f"""
import boto3, json
def handler(event, context):
    print("round", event["n"])
    client = boto3.client("lambda")
    client.invoke(FunctionName="{name}", InvocationType="Event", Payload=json.dumps({{"n": event["n"] + 1}}))
"""
    bench.function(name, code)
    bench.client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')
    bench.until(lambda: any("RecursiveInvocationException" in event for event in bench.events(name)), 60)
    assert sum(event.startswith("round ") for event in bench.events(name)) == 16


def test_events_that_wait_survive_a_kill(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lambda.json").write_text('{"seconds_per_minute": 8}')
    aws = fresh()
    bench = Bench(aws)
    go = tmp_path / "go"
    bench.function(
        "waits",
        f"""
import os, pathlib
def handler(event, context):
    print("took", event, context.aws_request_id)
    assert pathlib.Path({str(go)!r}).exists()
""",
    )
    request = bench.client.invoke(FunctionName="waits", InvocationType="Event", Payload=b"5")["ResponseMetadata"]
    told = f"took 5 {request['RequestId']}\n"
    bench.until(lambda: told in bench.events("waits"))
    folder = Path((aws.home / "functions").read_text())
    assert folder.exists()
    bench.until((aws.home / "state" / "lambda.state").exists)
    bench.until(lambda: (aws.home / "state" / "iam.state").exists())
    aws.kill()
    go.touch()
    again = Bench(fresh())
    assert not folder.exists()
    bench_events = again.until(lambda: [e for e in again.events("waits") if e.startswith("took")][1:])
    assert bench_events == [told]


def test_a_deleted_function_gets_nothing(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(e, c):\n    return 1")
    bench.invoke(name)
    bench.client.delete_function(FunctionName=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bench.invoke(name)
