"""What AWS itself answers, as its reference documents it: lists over several pages, exports, policies, logs."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from app import execute_api
from app.blueprints.apigateway.service import apis, cors, difference, explain, functions, keys, making, tree, trying
from app.blueprints.apigateway.service.explain import Seen
from app.blueprints.apigateway.service.functions import Caller

URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:SumUpLambda/invocations"
)
POST: dict[str, Any] = {
    "httpMethod": "POST",
    "authorizationType": "NONE",
    "apiKeyRequired": True,
    "requestParameters": {"method.request.querystring.who": True},
    "methodResponses": {"200": {"statusCode": "200", "responseModels": {"application/json": "Empty"}}},
    "methodIntegration": {
        "type": "AWS",
        "httpMethod": "POST",
        "uri": URI,
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": "abc",
        "cacheKeyParameters": [],
        "integrationResponses": {"200": {"statusCode": "200", "responseTemplates": {"application/json": ""}}},
    },
}
# What GetExport gives for the method above (oas30, extensions=apigateway).
SERVED: dict[str, Any] = {
    "openapi": "3.0.1",
    "paths": {
        "/": {
            "post": {
                "parameters": [{"name": "who", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "200 response", "content": {}}},
                "security": [{"api_key": []}],
                "x-amazon-apigateway-integration": {
                    "type": "aws",
                    "httpMethod": "POST",
                    "uri": URI,
                    "responses": {"default": {"statusCode": "200"}},
                    "passthroughBehavior": "when_no_match",
                },
            }
        }
    },
}


def client(service: str, region: str = "us-east-1") -> Any:
    return boto3.client(service, region_name=region, aws_access_key_id="x", aws_secret_access_key="x")


def resources(*items: dict[str, Any]) -> tuple[tree.Resource, ...]:
    made = client("apigateway")
    with Stubber(made) as stub:
        asked = {"restApiId": "a1b2c3d4e5", "embed": ["methods"], "limit": 500}
        stub.add_response("get_resources", {"items": list(items)}, asked)
        return tree.resources(made, "a1b2c3d4e5")


def root(**methods: dict[str, Any]) -> dict[str, Any]:
    return {"id": "r", "path": "/", "resourceMethods": methods}


def test_all_pages_of_the_list_are_read() -> None:
    made = client("apigateway")
    with Stubber(made) as stub:
        first = {
            "items": [{"id": "b", "name": "beta", "endpointConfiguration": {"types": ["REGIONAL"]}}],
            "position": "p",
        }
        stub.add_response("get_rest_apis", first, {"limit": 500})
        stub.add_response("get_rest_apis", {"items": [{"id": "a", "name": "Alpha"}]}, {"limit": 500, "position": "p"})
        found = apis.listed(made).apis
    assert [(one.name, one.endpoint) for one in found] == [("Alpha", "EDGE"), ("beta", "REGIONAL")]


def test_the_tree_is_read_with_its_methods() -> None:
    child = {"id": "c", "parentId": "r", "pathPart": "{id}", "path": "/things/{id}"}
    parent = {"id": "p", "parentId": "r", "pathPart": "things", "path": "/things"}
    found = resources(child, root(POST=POST), parent)
    assert [one.path for one in found] == ["/", "/things", "/things/{id}"]
    method = tree.find(found, "r", "POST")
    assert method is not None and method.integration is not None
    assert method.integration.function == "SumUpLambda" and not method.integration.proxy


def test_what_is_served_is_what_is_there() -> None:
    made = client("apigateway")
    body = json.dumps(SERVED).encode()
    with Stubber(made) as stub:
        stub.add_response("get_export", {"body": StreamingBody(io.BytesIO(body), len(body))})
        served = difference.exported(made, "a1b2c3d4e5", "dev")
    assert difference.compare("dev", resources(root(POST=POST)), served).changes == ()


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"apiKeyRequired": False}, "API key"),
        ({"requestParameters": {}}, "parameters"),
        ({"requestModels": {"application/json": "M"}}, "models of the body"),
        ({"methodIntegration": {**POST["methodIntegration"], "timeoutInMillis": 5000}}, "timeout"),
        ({"methodIntegration": {**POST["methodIntegration"], "uri": "arn:other"}}, "what is called"),
        ({"methodIntegration": {**POST["methodIntegration"], "requestTemplates": {"a/b": "x"}}}, "mapping templates"),
    ],
)
def test_each_part_that_differs_is_named(changed: dict[str, Any], what: str) -> None:
    found = difference.compare("dev", resources(root(POST={**POST, **changed})), SERVED).changes
    assert [(one.kind, one.label, one.what) for one in found] == [("changed", "POST /", (what,))]


def test_methods_added_and_removed() -> None:
    found = difference.compare("dev", resources(root(ANY=POST)), SERVED)
    assert [one.label for one in found.of("added")] == ["ANY /"] and [one.label for one in found.of("removed")] == [
        "POST /"
    ]


def policy(arn: str, **more: Any) -> dict[str, Any]:
    condition = {"ArnLike": {"AWS:SourceArn": arn}}
    principal = {"Service": "apigateway.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Condition": condition}
    return {"Policy": json.dumps({"Statement": [{**statement, **more}]})}


ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (policy(f"{ARN}/*/POST/sum"), "yes"),
        (policy(f"{ARN}/*/*/*"), "yes"),
        (policy(f"{ARN}/*"), "yes"),
        (policy(f"{ARN}/*/GET/sum"), "no"),
        (policy("arn:aws:execute-api:us-east-1:123456789012:other/*/POST/sum"), "no"),
        (policy(f"{ARN}/*/POST/sum", Principal={"Service": "s3.amazonaws.com"}), "no"),
        (policy(f"{ARN}/*/POST/sum", Effect="Deny"), "no"),
    ],
)
def test_whether_a_policy_lets_a_method_in(found: dict[str, Any], answer: str) -> None:
    made = client("lambda")
    caller = Caller("us-east-1", "123456789012", "a1b2c3d4e5", "POST", "/sum")
    with Stubber(made) as stub:
        stub.add_response("get_policy", found, {"FunctionName": "f"})
        assert functions.allowed(made, "f", caller) == answer


def test_a_function_without_a_policy_and_none_at_all() -> None:
    caller = Caller("us-east-1", "123456789012", "a1b2c3d4e5", "POST", "/")
    for there, answer in ((True, "no"), (False, "gone")):
        made = client("lambda")
        with Stubber(made) as stub:
            stub.add_client_error("get_policy", "ResourceNotFoundException")
            if there:
                stub.add_response("get_function_configuration", {})
            else:
                stub.add_client_error("get_function_configuration", "ResourceNotFoundException")
            assert functions.allowed(made, "f", caller) == answer


def test_the_arn_of_a_method_has_stars_for_values_of_its_path() -> None:
    assert Caller("eu-west-1", "1", "a", "ANY", "/t/{id}/x").arn == "arn:aws:execute-api:eu-west-1:1:a/*/*/t/*/x"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "a.execute-api.eu-west-1.amazonaws.com"),
        ("cn-north-1", "a.execute-api.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_where_a_stage_answers_on_aws(region: str, host: str) -> None:
    assert execute_api.base(client("apigateway", region), "a", "dev") == f"https://{host}/dev"


LOG = """Execution log for request 5fb0
Tue Nov 24 10:00:00 UTC 2026 : Starting execution for request: 5fb0
Tue Nov 24 10:00:00 UTC 2026 : HTTP Method: POST, Resource Path: /
Tue Nov 24 10:00:00 UTC 2026 : Endpoint request body after transformations: {
  "Number1": 10
}
Tue Nov 24 10:00:00 UTC 2026 : Sending request to https://lambda.us-east-1.amazonaws.com/
Tue Nov 24 10:00:00 UTC 2026 : Received response. Status: 200, Integration latency: 12 ms
Tue Nov 24 10:00:00 UTC 2026 : Execution failed due to configuration error: Malformed Lambda proxy response
Tue Nov 24 10:00:00 UTC 2026 : Method completed with status: 502
"""


def test_a_log_is_read_box_by_box() -> None:
    found = trying.steps(LOG)
    assert [one.box for one in found] == [
        *["Method request"] * 3, *["Integration request"] * 2, *["Integration"] * 2, "Method response"
    ]  # fmt: skip
    assert found[3].text.endswith('"Number1": 10\n}') and [one.failed for one in found].index(True) == 6
    assert trying.steps("") == ()


@pytest.mark.parametrize(
    ("seen", "title"),
    [
        (Seen(413, '{"message":"request too long"}'), "The body is over 10 MB"),
        (Seen(413, '{"message":"request too long"}', sent=7 << 20), "The event is over Lambda's 6 MB"),
        (Seen(413, '{"message":"request too long"}', sent=11 << 20), "The body is over 10 MB"),
        (Seen(400, "could not parse request body into json: unexpected character"), "The body is not JSON"),
        (Seen(500, "internal server error", permission="no"), "API Gateway may not call the function"),
        (
            Seen(502, '{"message": "internal server error"}', permission="yes"),
            "The function's answer has not the shape",
        ),
        (Seen(403, '{"message":"missing authentication token"}', key_required=True), "No such path on this stage"),
        (Seen(403, '{"message":"forbidden"}', key_required=True), "The API key is missing"),
        (Seen(403, '{"message":"forbidden"}', stage=True), "Forbidden"),
        (Seen(415, ""), "The content type fits no mapping template"),
        (Seen(429, '{"message":"limit exceeded"}'), "Too many requests"),
        (Seen(504, '{"message": "endpoint request timed out"}'), "The function took too long"),
        (Seen(400, "missing required request parameters: [who]"), "A required parameter is missing"),
    ],
)
def test_failures_are_explained(seen: Seen, title: str) -> None:
    told = explain.explain(seen)
    assert told is not None and told.title.startswith(title)


def test_what_is_right_is_not_explained() -> None:
    assert explain.explain(Seen(200, "25")) is None


def test_use_of_a_plan_is_summed() -> None:
    made = client("apigateway")
    with Stubber(made) as stub:
        stub.add_response("get_usage", {"items": {"k": [[3, 997], [2, 995]]}})
        stub.add_response("get_usage_plan_keys", {"items": [{"id": "k", "name": "class"}, {"id": "n"}]})
        found = keys.usage(made, "p")
    assert [(one.name, one.used, one.left) for one in found] == [("class", 5, 995), ("n", 0, None)]


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (403, {}, "answered with 403"),
        (200, {}, "no Access-Control-Allow-Origin"),
        (200, {"Access-Control-Allow-Origin": "https://a.example"}, "the browser sends nothing"),
        (200, {"access-control-allow-origin": "*"}, "does not name Content-Type"),
        (200, {"access-control-allow-origin": "*", "access-control-allow-headers": "Content-Type"}, ""),
    ],
)
def test_preflights_are_judged_as_browsers_do(status: int, headers: dict[str, str], said: str) -> None:
    found = cors.judge("https://b.example", "POST", status, headers)
    assert said in found and bool(found) == bool(said)


@pytest.mark.parametrize(
    ("template", "name", "word"),
    [
        ("sum", "any", "Number1"),
        ("upload", "any", "image_base64"),
        ("", "SumUp", "Number1"),
        ("", "UploadImageToS3", "image_base64"),
    ],
)
def test_a_body_to_begin_with(template: str, name: str, word: str) -> None:
    assert word in json.loads(making.sample(template, name))


def test_an_api_that_is_not_known_begins_with_nothing() -> None:
    assert making.sample("own", "mine") == making.sample("", "") == "{}"
