"""A real embedded AWS with functions, for the tests of Lambda's pages."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.embedded.process import SOON, Embedded, start
from tests.over_embedded import application

ROLE = "lambda-tests"
BUCKET = "lambda-tests-input"
HANDLER = "lambda_function.lambda_handler"
HELLO = """import os


def lambda_handler(event, context):
    print("event", event)
    if event.get("boom"):
        raise KeyError("boom")
    return {"got": event, "stage": os.environ.get("STAGE")}
"""
SERVICES = ("lambda", "s3", "logs", "iam", "sts", "cloudwatch", "dynamodb", "apigateway")


def packed(files: dict[str, str]) -> bytes:
    """Return a zip of texts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def make_role(client: Any) -> str:
    """Make a role that Lambda may assume and that may read one bucket."""
    service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [service]})
    arn: str = client.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    client.put_role_policy(RoleName=ROLE, PolicyName="reads", PolicyDocument=policy)
    return arn


def make(embedded: Embedded, name: str, files: dict[str, str] | str = HELLO, **more: Any) -> None:
    """Make a function; a text is its one file."""
    role = embedded.client("iam").get_role(RoleName=ROLE)["Role"]["Arn"]
    code = {"ZipFile": packed({"lambda_function.py": files} if isinstance(files, str) else files)}
    given = {"Runtime": "python3.12", "Handler": HANDLER, **more}
    client = embedded.client("lambda")
    client.create_function(FunctionName=name, Role=role, Code=code, **given)
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=SOON)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with a bucket, a role and a function."""
    running = start(tmp_path_factory.mktemp("lambda"))
    try:
        running.client("s3").create_bucket(Bucket=BUCKET)
        make_role(running.client("iam"))
        secret = {"Variables": {"STAGE": "test", "API_KEY": "hush-hush"}}
        make(running, "hello", Description="Says hello", Environment=secret, Tags={"team": "one"})
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    with application(embedded, tmp_path_factory.mktemp("shared"), *SERVICES) as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
