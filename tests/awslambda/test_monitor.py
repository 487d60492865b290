"""The invocations of a function, read from the REPORT lines of its log."""

from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber

from app.blueprints.awslambda.service import functions, monitor
from app.blueprints.awslambda.service.functions import Function
from tests.embedded.process import Embedded

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
END = int(NOW.timestamp() * 1000)


def report(number: int) -> str:
    used = "Duration: 2.00 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t"
    return f"REPORT RequestId: {number}\t{used}"


def event(at: int, text: str) -> dict[str, Any]:
    return {"timestamp": at, "message": text, "logStreamName": "one", "eventId": f"{at}{text[:6]}"}


def test_the_newest_are_asked_for_and_told_oldest_first(embedded: Embedded) -> None:
    function: Function = functions.get(embedded.client("lambda"), "hello")
    client: Any = boto3.client("logs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    # Newest first; an error and the end of its invocation carry the same time.
    lines = [event(END - n, text) for n in range(monitor.MOST // 2) for text in (report(n), "[ERROR] KeyError")]
    lines[-1] = event(END - monitor.MOST // 2, "[ERROR] of an invocation that is not read")
    asked = {
        "logGroupName": "/aws/lambda/hello", "startTime": END - 3_600_000, "startFromHead": False,
        "filterPattern": '?REPORT ?ERROR ?"Task timed out"', "limit": monitor.MOST,
    }  # fmt: skip
    with Stubber(client) as stub:
        stub.add_response("filter_log_events", {"events": lines, "nextToken": "more"}, asked)
        seen = monitor.look(client, function, 1, NOW)
        stub.assert_no_pending_responses()
    assert seen.more and len(seen.invocations) == monitor.SHOWN
    assert [one.report.request_id for one in seen.invocations] == [str(n) for n in range(monitor.SHOWN - 1, -1, -1)]
    assert all(one.failed for one in seen.invocations)
