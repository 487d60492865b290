"""The APIs of a first start, put in after the ready line: the book's sum, and its upload written safely.

A mark in the state directory says that they were made: what is deleted does not come back.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from embedded.seed_awslambda import DEMOS, Demo, make_function

BUCKET = "python-book-image"
STAGE = "prod"
ACCOUNT, REGION = "000000000000", "us-east-1"
SUM = next(demo for demo in DEMOS if demo.name == "SumUpLambda")
UPLOAD = Demo(
    *("UploadImageToS3", "upload_image.py", f"Puts a picture that arrives as base64 into {BUCKET}"),
    (("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*"),),
    {"BUCKET": BUCKET},
)
_HEADER = "method.response.header.Access-Control-Allow-"
_CORS = {
    f"{_HEADER}Headers": "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
    f"{_HEADER}Methods": "'OPTIONS,POST'",
    f"{_HEADER}Origin": "'*'",
}
_ORIGIN = {f"{_HEADER}Origin": "'*'"}
_MODEL = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Picture",
    "type": "object",
    "required": ["image_base64", "s3_file_name"],
    "properties": {name: {"type": "string"} for name in ("image_base64", "s3_file_name", "bucket")},
}
# All that does not begin with [4, or does with [4 and no 0: AWS's patterns look ahead, the embedded AWS's do not.
_ELSE = r"[^\[](\n|.)*|\[[^4](\n|.)*|\[4[^0](\n|.)*"
_BAD = {"application/json": "{\"message\": $input.json('$.errorMessage')}"}


def mark(state: Path) -> Path:
    """Return the file that says that everything was made."""
    return state / "seeded-apigateway"


def due(state: Path) -> bool:
    """Whether it is still to be made."""
    return not mark(state).exists()


def make_api(session: Any, name: str, description: str, demo: Demo, *, picture: bool = False) -> None:
    """Make an API with a POST to a function, its answers mapped, with CORS, on a stage; unless there is one."""
    client = session.client("apigateway")
    if name in [api["name"] for api in client.get_rest_apis(limit=500)["items"]]:
        return
    kind = {"types": ["REGIONAL"]}
    api = client.create_rest_api(name=name, description=description, endpointConfiguration=kind)
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "POST"}
    client.put_method(**place, authorizationType="NONE", **(_validated(client, api["id"]) if picture else {}))
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{demo.name}"
    address = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=address)
    _respond(client, place, "200", _ORIGIN)
    if picture:
        _respond(client, place, "400", _ORIGIN, selectionPattern=r"\[400\].*", responseTemplates=_BAD)
        # Whatever else the function says is no picture stored: never a 200.
        _respond(client, place, "500", _ORIGIN, selectionPattern=_ELSE, responseTemplates=_BAD)
    enable_cors(client, {**place, "httpMethod": "OPTIONS"})
    permit(session.client("lambda"), function, api["id"])
    client.create_deployment(restApiId=api["id"], stageName=STAGE, description="The first")


def _validated(client: Any, api: str) -> dict[str, Any]:
    """Make a model and a validator; return what a method says of them."""
    schema = json.dumps(_MODEL, indent=2)
    client.create_model(restApiId=api, name="Picture", contentType="application/json", schema=schema)
    validator = client.create_request_validator(restApiId=api, name="body", validateRequestBody=True)
    return {"requestModels": {"application/json": "Picture"}, "requestValidatorId": validator["id"]}


def _respond(client: Any, place: dict[str, str], status: str, headers: dict[str, str], **mapped: Any) -> None:
    declared = {name: False for name in headers}
    models = {"application/json": "Empty" if status == "200" else "Error"}
    client.put_method_response(**place, statusCode=status, responseParameters=declared, responseModels=models)
    client.put_integration_response(**place, statusCode=status, responseParameters=headers, **mapped)


def enable_cors(client: Any, place: dict[str, str]) -> None:
    """Make the OPTIONS method that the console's Enable CORS makes, and let API Gateway's own errors be read."""
    client.put_method(**place, authorizationType="NONE")
    client.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    _respond(client, place, "200", _CORS)
    parameters = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    for family in ("DEFAULT_4XX", "DEFAULT_5XX"):
        client.put_gateway_response(restApiId=place["restApiId"], responseType=family, responseParameters=parameters)


def permit(client: Any, function: str, api: str) -> None:
    """Let the API's POST call the function, and nothing else of it."""
    with contextlib.suppress(client.exceptions.ResourceConflictException):
        client.add_permission(
            FunctionName=function,
            StatementId=f"apigateway-{api}",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*/POST/",
        )


def main(state: Path) -> int:
    """Make everything; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    session: Any = boto3.session.Session()
    client, iam = session.client("lambda"), session.client("iam")
    for demo in (SUM, UPLOAD):
        make_function(client, iam, demo)
    make_api(session, "SumUp", "The book's sum of two numbers", SUM)
    make_api(session, "UploadImageToS3", "The book's picture, sent as base64", UPLOAD, picture=True)
    mark(state).touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
