"""API Gateway as a whole: from the command line, in parallel, over ends of any kind, and what it stands on."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.embedded.apigateway.conftest import REGION, Api, Gateway
from tests.embedded.process import Embedded

UPLOAD = """
import base64, boto3, json

def handler(event, context):
    asked = json.loads(event["body"])
    body = base64.b64decode(asked["image_base64"])
    boto3.client("s3").put_object(Bucket=asked["bucket"], Key=asked["name"], Body=body, ContentType="image/png")
    return {"statusCode": 201, "body": json.dumps({"bytes": len(body)})}
"""


def aws(running: Embedded, *arguments: str) -> str:
    """Run the AWS CLI against the embedded AWS."""
    program = Path(sys.executable).parent / "aws"
    done = subprocess.run(
        [str(program), "--endpoint-url", running.endpoint, *arguments],
        env=running.env,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_command_line_makes_and_curl_calls(gateway: Gateway) -> None:
    running = gateway.aws
    uri = gateway.uri("add")
    made = json.loads(aws(running, "apigateway", "create-rest-api", "--name", "cli"))
    api = Api(gateway, made["id"], made["rootResourceId"])
    place = ["--rest-api-id", api.id, "--resource-id", api.root, "--http-method", "POST"]
    integration = ["--type", "AWS", "--integration-http-method", "POST", "--uri", uri]
    aws(running, "apigateway", "put-method", *place, "--authorization-type", "NONE")
    aws(running, "apigateway", "put-integration", *place, *integration)
    aws(running, "apigateway", "put-method-response", *place, "--status-code", "200")
    aws(running, "apigateway", "put-integration-response", *place, "--status-code", "200")
    tested = json.loads(
        aws(running, "apigateway", "test-invoke-method", *place, "--body", '{"Number1": 1, "Number2": 2}')
    )
    assert (tested["status"], tested["body"]) == (200, "3")
    aws(running, "apigateway", "create-deployment", "--rest-api-id", api.id, "--stage-name", "prod")
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    sent = ["-s", "-H", "Content-Type: application/json", "-d", '{"Number1": 10, "Number2": 15}']
    said = subprocess.run([curl, *sent, api.url("/")], check=True, capture_output=True, text=True)
    assert said.stdout == "25"


def test_twenty_uploads_at_once_lose_none(api: Api, bucket: str) -> None:
    import io
    import zipfile

    api.gateway.make_function("add")  # the role
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("upload.py", UPLOAD)
    api.gateway.functions.create_function(
        FunctionName="apigateway-upload",
        Runtime="python3.12",
        Role="arn:aws:iam::000000000000:role/apigateway-functions",
        Handler="upload.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    api.gateway.permit("apigateway-upload")
    place = api.method("/")
    uri = f"arn:aws:lambda:{REGION}:000000000000:function:apigateway-upload"
    api.client.put_integration(
        **place,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{uri}/invocations",
    )
    api.deploy()
    pictures = {f"{number}.png": bytes([number]) * (100_000 + number) for number in range(20)}

    def upload(name: str) -> int:
        image = base64.b64encode(pictures[name]).decode()
        return api.call("/", json.dumps({"image_base64": image, "bucket": bucket, "name": name})).status

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(upload, pictures)) == [201] * 20
    s3 = api.gateway.aws.client("s3")
    for name, content in pictures.items():
        found = s3.get_object(Bucket=bucket, Key=name)
        assert (found["Body"].read(), found["ContentType"]) == (content, "image/png")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_survives_an_end(fresh: Callable[..., Embedded], end: str) -> None:
    running = fresh()
    api = Gateway(running).create("lasting")
    place = api.method("/", "GET", apiKeyRequired=True)
    api.mock(place, responseTemplates={"application/json": '"deployed"'})
    api.deploy()
    key = api.client.create_api_key(name="k", enabled=True)
    quota = {"limit": 3, "period": "MONTH"}
    stages = [{"apiId": api.id, "stage": "prod"}]
    plan = api.client.create_usage_plan(name="p", apiStages=stages, quota=quota)["id"]
    api.client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    headers = {"x-api-key": key["value"]}
    assert api.call("/", headers=headers).json == "deployed"
    operations = [{"op": "replace", "path": "/responseTemplates/application~1json", "value": '"later"'}]
    api.client.update_integration_response(**place, statusCode="200", patchOperations=operations)
    getattr(running, end)()
    again = Api(Gateway(fresh()), api.id, api.root)
    assert again.call("/", headers=headers).json == "deployed"
    assert again.test(place)["body"] == '"later"'
    assert again.call("/", headers=headers).status == 200
    assert again.call("/", headers=headers).status == 429, "what was used before the end is counted"


def test_contract_lambda_answers_what_is_relied_on(gateway: Gateway) -> None:
    gateway.make_function("fails")
    answer = gateway.functions.invoke(FunctionName="apigateway-fails", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorMessage"].startswith("bad input")
    policy = json.loads(gateway.functions.get_policy(FunctionName="apigateway-fails")["Policy"])
    statement = policy["Statement"][0]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"].startswith("arn:aws:execute-api:")
    with pytest.raises(gateway.functions.exceptions.ResourceNotFoundException):
        gateway.functions.get_policy(FunctionName="nobody")


def test_contract_a_role_says_whom_it_trusts(gateway: Gateway) -> None:
    gateway.make_function("add")
    role = gateway.aws.client("iam").get_role(RoleName="apigateway-functions")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
