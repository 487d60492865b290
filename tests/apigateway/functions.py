"""Functions to stand behind APIs, their role and their bucket, for tests and benches."""

import io
import json
import zipfile
from typing import Any

from tests.embedded.process import SOON, Embedded

SUM = """def lambda_handler(event, context):
    return event["Number1"] + event["Number2"]
"""
PROXY = """import json


def lambda_handler(event, context):
    body = json.loads(event["body"] or "{}")
    return {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}, "body": json.dumps({"got": body})}
"""
MALFORMED = "def lambda_handler(event, context):\n    return 25\n"
UPLOAD = """import base64

import boto3


def lambda_handler(event, context):
    content = base64.b64decode(event["image_base64"])
    kind = "image/png" if content.startswith(b"\\x89PNG") else "image/jpeg"
    boto3.client("s3").put_object(Bucket=event["bucket"], Key=event["s3_file_name"], Body=content, ContentType=kind)
    return {"key": event["s3_file_name"], "bytes": len(content)}
"""
FUNCTIONS = {"SumUpLambda": SUM, "proxied": PROXY, "malformed": MALFORMED, "UploadImageToS3": UPLOAD}
BUCKET = "python-book-image"


def make_function(embedded: Embedded, name: str, code: str, role: str) -> None:
    """Make a function of one module."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lambda_function.py", code)
    embedded.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=20,
        MemorySize=512,
    )
    embedded.client("lambda").get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=SOON)


def make_role(client: Any) -> str:
    """Make the functions' role; returns its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made: str = client.create_role(
        RoleName="apigateway-tests",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    client.put_role_policy(RoleName="apigateway-tests", PolicyName="writes", PolicyDocument=policy)
    return made


def fill(embedded: Embedded) -> None:
    """Make the role, the functions and the bucket."""
    role = make_role(embedded.client("iam"))
    for name, code in FUNCTIONS.items():
        make_function(embedded, name, code, role)
    embedded.client("s3").create_bucket(Bucket=BUCKET)
