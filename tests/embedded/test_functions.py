"""Lambda code runs for real, sees nothing of the host, and reaches this AWS with a session of its own."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded

CODE = """
import json, os, subprocess, sys
import boto3

def environment(event, context):
    shell = subprocess.run(["env"], capture_output=True, text=True).stdout
    with open(f"/proc/{os.getppid()}/environ") as parent:
        return {"own": dict(os.environ), "shell": shell, "parent": parent.read()}

def reads(event, context):
    s3 = boto3.client("s3")
    return s3.get_object(Bucket=event["bucket"], Key="k")["Body"].read().decode()

def whoami(event, context):
    return {"account": boto3.client("sts").get_caller_identity()["Account"],
            "keys": {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}}

def fails(event, context):
    raise ValueError("on purpose")
"""


def create(aws: Embedded, handler: str, **options: Any) -> Any:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", CODE)
    client = aws.client("lambda", **options)
    client.create_function(
        FunctionName=handler,
        Runtime="python3.12",
        Role=aws.role("functions", **options),
        Handler=f"m.{handler}",
        Timeout=20,
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"MINE": "1"}},
    )
    return client


def result(client: Any, name: str, event: Any = None) -> Any:
    return json.loads(client.invoke(FunctionName=name, Payload=json.dumps(event or {}))["Payload"].read())


def test_a_function_sees_nothing_of_the_host(fresh: Callable[..., Embedded]) -> None:
    canary = {"TRELLIS_CANARY": "canary-value", "AWS_SECRET_ACCESS_KEY": "canary-key", "PYTHONPATH": "/canary-path"}
    aws = fresh(extra_env=canary)
    seen = result(create(aws, "environment"), "environment")
    assert seen["own"]["MINE"] == "1"
    text = json.dumps(seen)
    for hidden in ("canary", str(aws.ready["secret_key"])):
        assert hidden not in text
    for hidden in (str(aws.home), "MINISTACK_ACCOUNT_ID", "GATEWAY_PORT", "STATE_DIR"):
        assert hidden not in json.dumps([seen["own"], seen["shell"]])


def test_a_function_reaches_this_aws(embedded_aws: Embedded, bucket: str) -> None:
    embedded_aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"from s3")
    assert result(create(embedded_aws, "reads"), "reads", {"bucket": bucket}) == "from s3"


def test_a_functions_session_is_its_accounts_and_needs_its_token(embedded_aws: Embedded) -> None:
    other = create(embedded_aws, "whoami", aws_access_key_id="222233334444")
    answer = result(other, "whoami")
    assert answer["account"] == "222233334444"
    keys = {
        "aws_access_key_id": answer["keys"]["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": answer["keys"]["AWS_SECRET_ACCESS_KEY"],
    }
    token = answer["keys"]["AWS_SESSION_TOKEN"]
    options: dict[str, Any] = {"endpoint_url": embedded_aws.endpoint, "region_name": "us-east-1"}
    mine = boto3.client("sts", aws_session_token=token, **keys, **options)
    assert mine.get_caller_identity()["Account"] == "222233334444"
    for wrong in (None, "other"):
        with pytest.raises(ClientError):
            boto3.client("sts", aws_session_token=wrong, **keys, **options).get_caller_identity()


def test_an_error_is_an_error(embedded_aws: Embedded) -> None:
    client = create(embedded_aws, "fails")
    answer = client.invoke(FunctionName="fails", LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorMessage"] == "on purpose"
