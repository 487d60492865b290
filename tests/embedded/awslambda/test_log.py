"""What stands in a function's log, and at the end of an Invoke."""

import json
import re

from embedded.overlays.awslambda.story import Events, Story
from tests.embedded.awslambda.conftest import Bench

WRITES = r"""
import logging, os, subprocess, sys
logger = logging.getLogger()
logger.setLevel(logging.INFO)
def handler(event, context):
    logger.info("said at %s", "INFO")
    logger.debug("never seen")
    print("one\ntwo\nthree")
    print("to stderr", file=sys.stderr)
    print("no end", end="")
    sys.stdout.flush()
    subprocess.run(["sh", "-c", "echo a; echo b"], check=True)
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("caught")
"""


def test_every_write_is_an_event(bench: Bench, name: str) -> None:
    bench.function(name, WRITES)
    answer = bench.invoke(name)
    events = bench.events(name)
    request = answer.request_id
    assert re.fullmatch(r"INIT_START Runtime Version: python:3\.12\t\[embedded AWS\] runs on Python 3.*\n", events[0])
    assert events[1] == f"START RequestId: {request} Version: $LATEST\n"
    info = next(event for event in events if "said at" in event)
    assert re.fullmatch(rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{request}\tsaid at INFO\n", info)
    for wanted in ("one\ntwo\nthree\n", "to stderr\n", "no end", "a\n", "b\n"):
        assert wanted in events
    assert not any("never seen" in event for event in events)
    caught = next(event for event in events if "caught" in event)
    assert caught.startswith("[ERROR]\t")
    assert "ZeroDivisionError: division by zero" in caught
    assert events[-2] == f"END RequestId: {request}\n"
    report = re.fullmatch(
        rf"REPORT RequestId: {request}\tDuration: [\d.]+ ms\tBilled Duration: (\d+) ms\tMemory Size: 256 MB\t"
        r"Max Memory Used: (\d+) MB\tInit Duration: ([\d.]+) ms\t\n",
        events[-1],
    )
    assert report is not None
    assert int(report[1]) >= float(report[3])
    assert 5 < int(report[2]) < 256
    assert answer.log == "".join(event if event.endswith("\n") else event + "\n" for event in events)


def test_events_are_stored_in_the_order_in_which_the_result_tells_them() -> None:
    stored: Events = []
    story = Story(stored.extend)
    story.begin()
    story.raw(b"from another program\n")
    story.event(1, "logged")
    story.say("END\n", 2)
    story.flush()
    assert "".join(event["message"] for event in stored) == "from another program\nloggedEND\n"
    assert story.tail == "from another program\nlogged\nEND\n"
    times = [event["timestamp"] for event in stored]
    assert times == sorted(times)


def test_the_result_has_the_last_4_kb_of_the_log(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(e, c):\n    for n in range(500):\n        print(n, 'x' * 50)")
    answer = bench.invoke(name)
    assert len(answer.log.encode()) == 4096
    assert "REPORT RequestId" in answer.log
    assert len(bench.events(name)) == 504
    assert "LogResult" not in bench.client.invoke(FunctionName=name)


def test_a_function_without_a_level_says_warnings_only(bench: Bench, name: str) -> None:
    code = "import logging\ndef handler(e, c):\n    logging.info('low')\n    logging.warning('high')"
    bench.function(name, code)
    log = bench.invoke(name).log
    assert "high" in log
    assert "low" not in log


def test_a_log_in_json(bench: Bench, name: str) -> None:
    code = """
import logging
def handler(event, context):
    logging.getLogger("mine").info("hello", extra={"order": 7})
    logging.debug("never seen")
    raise ValueError("on purpose")
"""
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "LogGroup": f"/own/{name}"}
    bench.function(name, code, LoggingConfig=config)
    request = bench.invoke(name).request_id
    events = [json.loads(event) for event in bench.events(name, f"/own/{name}")]
    kinds = [event.get("type") for event in events]
    assert kinds == ["platform.initStart", "platform.start", None, None, "platform.report"]
    assert events[1]["record"] == {"requestId": request, "version": "$LATEST"}
    said = events[2]
    assert (said["level"], said["message"], said["logger"], said["order"]) == ("INFO", "hello", "mine", 7)
    assert said["requestId"] == request
    assert (events[3]["level"], events[3]["errorType"]) == ("ERROR", "ValueError")
    assert events[4]["record"]["metrics"]["memorySizeMB"] == 256


def test_each_environment_has_a_stream(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(e, c):\n    return 1")
    bench.invoke(name)
    bench.invoke(name)
    bench.client.update_function_configuration(FunctionName=name, Timeout=9, MemorySize=200)
    bench.invoke(name)
    streams = bench.logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"]
    assert len(streams) == 2


def test_calls_are_counted(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(event, c):\n    return 1 / event['by']")
    bench.invoke(name, {"by": 1})
    bench.invoke(name, {"by": 0})
    metrics = bench.aws.client("cloudwatch")
    wanted = {"Namespace": "AWS/Lambda", "Dimensions": [{"Name": "FunctionName", "Value": name}]}
    import datetime

    now = datetime.datetime.now(datetime.UTC)
    span = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now + datetime.timedelta(hours=1)}
    for metric, count in (("Invocations", 2), ("Errors", 1), ("Throttles", 0)):
        found = metrics.get_metric_statistics(MetricName=metric, Period=7200, Statistics=["Sum"], **wanted, **span)
        assert sum(point["Sum"] for point in found["Datapoints"]) == count
