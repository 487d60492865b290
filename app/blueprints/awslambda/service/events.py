"""Test events: the shapes in which other services call a function, with data that is made up.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Template:
    """One event to begin with."""

    key: str
    label: str
    value: Any

    @property
    def text(self) -> str:
        """The event as JSON."""
        return json.dumps(self.value, indent=2)


def _s3() -> dict[str, Any]:
    bucket = {
        "name": "inputforlambda123",
        "arn": "arn:aws:s3:::inputforlambda123",
        "ownerIdentity": {"principalId": "A1"},
    }
    thing = {
        "key": "in/my+first+file.csv",
        "size": 1024,
        "eTag": "0123456789abcdef0123456789abcdef",
        "sequencer": "0A1B",
    }
    record = {
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Put", "userIdentity": {"principalId": "A1"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": "EXAMPLE123456789", "x-amz-id-2": "EXAMPLE"},
        "s3": {"s3SchemaVersion": "1.0", "configurationId": "created", "bucket": bucket, "object": thing},
    }  # fmt: skip
    return {"Records": [record]}


def _proxy() -> dict[str, Any]:
    identity = {"sourceIp": "127.0.0.1", "userAgent": "test"}
    return {
        "resource": "/sum", "path": "/sum", "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"}, "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": {"unit": "m"}, "multiValueQueryStringParameters": {"unit": ["m"]},
        "pathParameters": None, "stageVariables": None,
        "requestContext": {"stage": "test", "httpMethod": "POST", "identity": identity, "requestId": "test"},
        "body": json.dumps({"Number1": 10, "Number2": 15}), "isBase64Encoded": False,
    }  # fmt: skip


def _sqs() -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"}
    record = {
        "messageId": "11111111-2222-3333-4444-555555555555", "receiptHandle": "handle", "body": "Hello",
        "attributes": attributes, "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
    }  # fmt: skip
    return {"Records": [record]}


def _scheduled() -> dict[str, Any]:
    return {
        "version": "0", "id": "11111111-2222-3333-4444-555555555555", "detail-type": "Scheduled Event",
        "source": "aws.events", "account": "000000000000", "time": "2026-01-01T00:00:00Z", "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/every-hour"], "detail": {},
    }  # fmt: skip


TEMPLATES = (
    Template("weather", "The book's weather", {"Temperature": 10, "Wind": -5}),
    Template("empty", "Nothing: {}", {}),
    Template("s3", "S3: an object was put", _s3()),
    Template("proxy", "API Gateway: proxy", _proxy()),
    Template("sum", "The book's two numbers", {"Number1": 10, "Number2": 15}),
    Template("sqs", "SQS: a message", _sqs()),
    Template("scheduled", "EventBridge: a schedule", _scheduled()),
)
BY_KEY = {one.key: one for one in TEMPLATES}
