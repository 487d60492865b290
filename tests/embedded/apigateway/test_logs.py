"""Execution logs and access logs in CloudWatch Logs, once the account has a role for them."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.apigateway.conftest import ACCOUNT, REGION, Api, Gateway
from tests.embedded.process import Embedded

ROLE = "apigateway-logs"


def trusted(gateway: Gateway, service: str) -> str:
    """Make a role that a service may assume; return its ARN."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = f"{ROLE}-{service.partition('.')[0]}"
    iam = gateway.aws.client("iam")
    if name not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def set_role(gateway: Gateway, arn: str) -> Any:
    return gateway.client.update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    )


@pytest.fixture
def role(gateway: Gateway) -> None:
    set_role(gateway, trusted(gateway, "apigateway.amazonaws.com"))


def change(api: Api, **paths: str) -> Any:
    operations = [{"op": "replace", "path": path, "value": value} for path, value in paths.items()]
    return api.client.update_stage(restApiId=api.id, stageName="prod", patchOperations=operations)


def messages(aws: Embedded, group: str, wanted: str) -> list[str]:
    """Return a group's messages, once one of them has a text; AWS writes them a little later, too."""
    logs = aws.client("logs")
    for _ in range(200):
        try:
            found = [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
        except logs.exceptions.ResourceNotFoundException:
            found = []
        if any(wanted in message for message in found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{wanted} was not logged")


def test_logging_needs_a_role_that_api_gateway_may_assume(gateway: Gateway, api: Api) -> None:
    set_role(gateway, "")
    api.mock(api.method("/", "GET"))
    api.deploy()
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set in account settings"):
        change(api, **{"/*/*/logging/loglevel": "INFO"})
    for arn in (f"arn:aws:iam::{ACCOUNT}:role/nobody", trusted(gateway, "lambda.amazonaws.com")):
        with pytest.raises(ClientError, match="does not have required permissions"):
            set_role(gateway, arn)
    good = trusted(gateway, "apigateway.amazonaws.com")
    assert set_role(gateway, good)["cloudwatchRoleArn"] == good
    assert gateway.client.get_account()["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}
    assert change(api, **{"/*/*/logging/loglevel": "INFO"})["methodSettings"]["*/*"]["loggingLevel"] == "INFO"


@pytest.mark.usefixtures("role")
def test_the_execution_log(api: Api) -> None:
    api.function(api.method("/"), "add")
    api.deploy()
    change(api, **{"/*/*/logging/loglevel": "INFO", "/*/*/logging/dataTrace": "true"})
    got = api.call("/", '{"Number1": 1, "Number2": 2}')
    request = got.headers["x-amzn-RequestId"]
    group = f"API-Gateway-Execution-Logs_{api.id}/prod"
    found = messages(api.gateway.aws, group, "Method completed with status: 200")
    assert f"({request}) Successfully completed execution" in found
    assert f"({request}) Endpoint response body before transformations: 3" in found


@pytest.mark.usefixtures("role")
def test_errors_only_and_no_bodies(api: Api) -> None:
    place = api.method("/")
    api.function(place, "answer", "AWS_PROXY")
    api.deploy()
    change(api, **{"/*/*/logging/loglevel": "ERROR"})
    api.call("/", '"secret"')
    group = f"API-Gateway-Execution-Logs_{api.id}/prod"
    found = messages(api.gateway.aws, group, "Malformed Lambda proxy response")
    assert len(found) == 1


@pytest.mark.usefixtures("role")
def test_the_access_log(api: Api) -> None:
    api.mock(api.method("/pets/{id}", "GET"))
    api.deploy()
    group = f"access-{api.id}"
    api.gateway.aws.client("logs").create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    layout = json.dumps(
        {
            "id": "$context.requestId",
            "ip": "$context.identity.sourceIp",
            "verb": "$context.httpMethod",
            "path": "$context.resourcePath",
            "status": "$context.status",
            "error": "$context.error.message",
            "user": "$context.identity.user",
        }
    )
    change(api, **{"/accessLogSettings/destinationArn": arn, "/accessLogSettings/format": layout})
    got = api.call("/pets/1")
    api.call("/nowhere")
    lines = [json.loads(line) for line in messages(api.gateway.aws, group, "Missing Authentication Token")]
    assert lines[0] == {
        "id": got.headers["x-amzn-RequestId"],
        "ip": "127.0.0.1",
        "verb": "GET",
        "path": "/pets/{id}",
        "status": "200",
        "error": "-",
        "user": "-",
    }
    assert (lines[1]["status"], lines[1]["error"]) == ("403", "Missing Authentication Token")


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    ("arn", "layout", "sentence"),
    [
        ("arn:aws:firehose:us-east-1:000000000000:deliverystream/x", "$context.requestId", "Invalid ARN"),
        (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x", "$context.status", "must contain"),
        (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x", "$context.requestId\n$context.status", "single line"),
    ],
)
def test_access_logs_that_cannot_be(api: Api, arn: str, layout: str, sentence: str) -> None:
    api.mock(api.method("/", "GET"))
    api.deploy()
    with pytest.raises(ClientError, match=sentence):
        change(api, **{"/accessLogSettings/destinationArn": arn, "/accessLogSettings/format": layout})
