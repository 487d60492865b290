"""A real embedded AWS with buckets, a role and jobs, for the tests of Glue's pages."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.embedded.process import Embedded, start
from tests.over_embedded import application

BUCKET = "glue-tests"
ROLE = "glue-tests"
ADDRESSES = f"s3://{BUCKET}/in/addresses.csv"
CSV = (
    "id,location_id,address_1,city,state_province\n"
    "1,1,2600 Middlefield Road,Redwood City,CA\n"
    '2,2,"24 Second Avenue, ""Annex""",San Mateo,CA\n'
    "3,3,24 Second\u2028Avenue,San Mateo,CA\n"
)
COPY = """import sys

import boto3
from awsglue.utils import getResolvedOptions

given = getResolvedOptions(sys.argv, ["INPUT", "OUTPUT"])
s3 = boto3.client("s3")
parts = [given[name].removeprefix("s3://").partition("/") for name in ("INPUT", "OUTPUT")]
body = s3.get_object(Bucket=parts[0][0], Key=parts[0][2])["Body"].read()
print("1 of 2")
s3.put_object(Bucket=parts[1][0], Key=parts[1][2], Body=body)
print("2 of 2")
"""
FAIL = """import csv


def amount(row):
    return int(row["amount"])


for row in csv.DictReader(['amount', '7', '"1,250"']):
    print("row", row)
    amount(row)
"""
WAIT = "import time\nprint('waiting 10 %', flush=True)\ntime.sleep(600)\n"


def make_role(client: Any) -> None:
    """Make a role that Glue may assume, with a policy that allows a part of what jobs need."""
    service = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    client.create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [service]})
    )
    allowed = {"Effect": "Allow", "Action": "s3:Get*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    client.put_role_policy(
        RoleName=ROLE,
        PolicyName="reads",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )


def make_job(embedded: Embedded, name: str, script: str, arguments: dict[str, str], **more: Any) -> None:
    """Store a script and make a Python shell job of it."""
    key = f"scripts/{name}_job.py"  # one named copy.py would stand in the way of the standard library's
    embedded.client("s3").put_object(Bucket=BUCKET, Key=key, Body=script.encode())
    embedded.client("glue").create_job(
        Name=name,
        Role=ROLE,
        Command={"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/{key}", "PythonVersion": "3.9"},
        DefaultArguments=arguments,
        Timeout=5,
        **more,
    )


def fill(embedded: Embedded) -> None:
    """Make the bucket, the role and the jobs."""
    s3 = embedded.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="in/addresses.csv", Body=CSV.encode())
    make_role(embedded.client("iam"))
    out = f"s3://{BUCKET}/out/copy.csv"
    secret = {"--API_TOKEN": "hush-hush", "--VERBOSE": "true", "--LIMIT": "10"}
    make_job(embedded, "copy", COPY, {"--INPUT": ADDRESSES, "--OUTPUT": out, **secret}, Description="Copies a file")
    make_job(embedded, "fail", FAIL, {})
    make_job(embedded, "wait", WAIT, {})
    make_job(embedded, "never", COPY, {"--INPUT": ADDRESSES, "--OUTPUT": ADDRESSES})


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with jobs."""
    running = start(tmp_path_factory.mktemp("glue"))
    try:
        fill(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    with application(embedded, tmp_path_factory.mktemp("shared"), "glue", "s3", "logs", "iam", "sts") as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
