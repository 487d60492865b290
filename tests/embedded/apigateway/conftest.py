"""APIs on the embedded AWS: made by a few lines, called as curl calls them."""

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

import pytest

from tests.embedded.process import Embedded

ACCOUNT = "000000000000"
REGION = "us-east-1"
FUNCTIONS = '''
import base64, json, time

def add(event, context):
    return event["Number1"] + event["Number2"]

def echo(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}

def raw(event, context):
    return event

def answer(event, context):
    """Answer what the body says."""
    return json.loads(event["body"])

def fails(event, context):
    raise ValueError("bad input: " + str(event))

def slow(event, context):
    time.sleep(20)

def text(event, context):
    return base64.b64encode(bytes(range(256))).decode()

def authorize(event, context):
    token = event.get("authorizationToken") or event["headers"].get("X-Who")
    if token == "nobody":
        raise Exception("Unauthorized")
    effect = "Allow" if token == "ada" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": token, "policyDocument": document, "context": {"level": 7}}
'''
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def http(
    url: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None, method: str | None = None
) -> Got:
    """Call an address without any signature."""
    data = body.encode() if isinstance(body, str) else body
    request = urllib.request.Request(url, data, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


@dataclass
class Api:
    """One API, and what makes it."""

    gateway: "Gateway"
    id: str
    root: str

    def resource(self, path: str) -> str:
        """Return the resource of a path, made where it is missing."""
        here, found = self.root, ""
        known = {one["path"]: one["id"] for one in self.client.get_resources(restApiId=self.id, limit=500)["items"]}
        for part in filter(None, path.split("/")):
            found += f"/{part}"
            made = (
                known.get(found) or self.client.create_resource(restApiId=self.id, parentId=here, pathPart=part)["id"]
            )
            here = made
        return here

    def _child(self, parent: str, part: str) -> str:
        return str(self.client.create_resource(restApiId=self.id, parentId=parent, pathPart=part)["id"])

    @property
    def client(self) -> Any:
        return self.gateway.client

    def method(self, path: str, verb: str = "POST", **fields: Any) -> dict[str, str]:
        """Make a method; return the arguments that name it."""
        place = {"restApiId": self.id, "resourceId": self.resource(path), "httpMethod": verb}
        self.client.put_method(**place, **{"authorizationType": "NONE", **fields})
        return place

    def function(self, place: dict[str, str], handler: str, kind: str = "AWS", **fields: Any) -> None:
        """Integrate a function, with a 200 as the only response where it is no proxy."""
        uri = self.gateway.uri(handler)
        self.client.put_integration(**place, type=kind, integrationHttpMethod="POST", uri=uri, **fields)
        if kind == "AWS":
            self.client.put_method_response(**place, statusCode="200")
            self.client.put_integration_response(**place, statusCode="200")

    def mock(self, place: dict[str, str], status: int = 200, **response: Any) -> None:
        """Answer without calling anything."""
        templates = {"application/json": json.dumps({"statusCode": status})}
        self.client.put_integration(**place, type="MOCK", requestTemplates=templates)
        declared = {name: False for name in response.get("responseParameters", {})}
        self.client.put_method_response(**place, statusCode=str(status), responseParameters=declared)
        self.client.put_integration_response(**place, statusCode=str(status), **response)

    def deploy(self, stage: str = "prod", **fields: Any) -> str:
        """Deploy; return the deployment's identifier."""
        return str(self.client.create_deployment(restApiId=self.id, stageName=stage, **fields)["id"])

    def url(self, path: str = "/", stage: str = "prod") -> str:
        """Return the address of a path of a stage."""
        return f"{self.gateway.aws.endpoint}/_aws/execute-api/{self.id}/{stage}{path}"

    def call(
        self, path: str = "/", body: bytes | str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Got:
        """Call a stage as curl does."""
        stage = more.pop("stage", "prod")
        kind = {"Content-Type": "application/json"} if body is not None else {}
        return http(self.url(path, stage), body, {**kind, **(headers or {})}, **more)

    def test(self, place: dict[str, str], **fields: Any) -> dict[str, Any]:
        """Test a method as the console does."""
        made: dict[str, Any] = self.client.test_invoke_method(**place, **fields)
        return made


class Gateway:
    """An embedded AWS whose functions any API may call."""

    def __init__(self, aws: Embedded) -> None:
        self.aws = aws
        self.client, self.functions = aws.client("apigateway"), aws.client("lambda")
        self._made: set[str] = set()

    def create(self, name: str, **fields: Any) -> Api:
        """Make an API."""
        made = self.client.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]}, **fields)
        return Api(self, made["id"], made["rootResourceId"])

    def make_function(self, handler: str, *, name: str = "", permitted: bool = True) -> str:
        """Make one of the functions above; return its ARN."""
        name = name or f"apigateway-{handler}"
        if name not in self._made:
            self._made.add(name)
            self._create(name, handler)
            if permitted:
                self.permit(name)
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"

    def permit(self, name: str, source: str = "*", statement: str = "apis") -> None:
        """Let APIs call a function: those whose ARN is `arn:aws:execute-api:REGION:ACCOUNT:source`."""
        self.functions.add_permission(
            FunctionName=name,
            StatementId=statement,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{source}",
        )

    def uri(self, handler: str, **options: Any) -> str:
        """Return the address by which an integration calls one of the functions."""
        return uri_of(self.make_function(handler, **options))

    def _create(self, name: str, handler: str) -> None:
        iam = self.aws.client("iam")
        if "apigateway-functions" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
            iam.create_role(RoleName="apigateway-functions", AssumeRolePolicyDocument=json.dumps(TRUST))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("lambda_function.py", FUNCTIONS)
        self.functions.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=f"arn:aws:iam::{ACCOUNT}:role/apigateway-functions",
            Handler=f"lambda_function.{handler}",
            Code={"ZipFile": packed.getvalue()},
            Timeout=30,
        )


def uri_of(arn: str) -> str:
    """Return the address by which an integration calls a function."""
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"


@pytest.fixture(scope="session")
def gateway(embedded_aws: Embedded) -> Gateway:
    """API Gateway on the embedded AWS of these tests."""
    return Gateway(embedded_aws)


@pytest.fixture
def api(gateway: Gateway, request: pytest.FixtureRequest) -> Api:
    """A new API named after the test."""
    return gateway.create(request.node.name)
