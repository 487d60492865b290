"""What a request must pass: keys, plans, limits, parameters, bodies, sizes, authorizers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.embedded.apigateway.conftest import REGION, Api, uri_of

SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["Number1", "Number2"],
    "properties": {"Number1": {"type": "integer"}, "Number2": {"type": "integer"}},
}


def with_key(api: Api, **plan: Any) -> tuple[str, str, str]:
    """Deploy a method that needs a key; return plan, key and its value."""
    api.mock(api.method("/", "GET", apiKeyRequired=True))
    api.deploy()
    key = api.client.create_api_key(name=api.id, enabled=True)
    made = api.client.create_usage_plan(name=api.id, apiStages=[{"apiId": api.id, "stage": "prod"}], **plan)
    api.client.create_usage_plan_key(usagePlanId=made["id"], keyId=key["id"], keyType="API_KEY")
    return made["id"], key["id"], key["value"]


def test_a_key_is_needed(api: Api) -> None:
    plan, key, value = with_key(api)
    for headers in ({}, {"x-api-key": "wrong"}):
        got = api.call("/", headers=headers)
        assert (got.status, got.json) == (403, {"message": "Forbidden"})
        assert got.headers["x-amzn-ErrorType"] == "ForbiddenException"
    assert api.call("/", headers={"X-API-Key": value}).status == 200
    api.client.update_api_key(apiKey=key, patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}])
    assert api.call("/", headers={"x-api-key": value}).status == 403
    api.client.update_api_key(apiKey=key, patchOperations=[{"op": "replace", "path": "/enabled", "value": "true"}])
    api.client.delete_usage_plan_key(usagePlanId=plan, keyId=key)
    assert api.call("/", headers={"x-api-key": value}).status == 403


def test_a_quota_is_counted(api: Api) -> None:
    plan, key, value = with_key(api, quota={"limit": 2, "period": "MONTH"})
    statuses = [api.call("/", headers={"x-api-key": value}).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert api.call("/", headers={"x-api-key": value}).json == {"message": "Limit Exceeded"}
    today = datetime.now(UTC).date().isoformat()
    usage = api.client.get_usage(usagePlanId=plan, startDate=today, endDate=today)
    assert usage["items"] == {key: [[2, 0]]}
    patch = [{"op": "replace", "path": "/remaining", "value": "1"}]
    api.client.update_usage(usagePlanId=plan, keyId=key, patchOperations=patch)
    assert api.call("/", headers={"x-api-key": value}).status == 200
    assert api.call("/", headers={"x-api-key": value}).status == 429


def test_a_plans_burst_ends(api: Api) -> None:
    _, _, value = with_key(api, throttle={"burstLimit": 2, "rateLimit": 0.0001})
    answers = [api.call("/", headers={"x-api-key": value}) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].json == {"message": "Too Many Requests"}
    assert answers[-1].headers["x-amzn-ErrorType"] == "TooManyRequestsException"


def test_a_methods_own_limit(api: Api) -> None:
    api.mock(api.method("/slow", "GET"))
    api.mock(api.method("/free", "GET"))
    api.deploy()
    settings = [("burstLimit", "1"), ("rateLimit", "0.0001")]
    patch = [{"op": "replace", "path": f"/~1slow/GET/throttling/{name}", "value": value} for name, value in settings]
    stage = api.client.update_stage(restApiId=api.id, stageName="prod", patchOperations=patch)
    assert stage["methodSettings"]["slow/GET"]["throttlingBurstLimit"] == 1
    assert [api.call("/slow").status for _ in range(2)] == [200, 429]
    assert [api.call("/free").status for _ in range(3)] == [200] * 3


def validated(api: Api, **fields: Any) -> dict[str, str]:
    made = api.client.create_request_validator(restApiId=api.id, name="all", **fields)
    return {"requestValidatorId": made["id"]}


def test_parameters_that_are_required(api: Api) -> None:
    validator = validated(api, validateRequestParameters=True)
    needed = {"querystring.a": True, "header.B": True, "querystring.c": False}
    parameters = {f"method.request.{name}": required for name, required in needed.items()}
    api.mock(api.method("/", "GET", requestParameters=parameters, **validator))
    api.deploy()
    got = api.call("/")
    assert (got.status, got.json) == (400, {"message": "Missing required request parameters: [a, B]"})
    assert api.call("/?a=1", headers={"b": "2"}).status == 200


def test_bodies_against_a_model(api: Api) -> None:
    api.client.create_model(restApiId=api.id, name="Sum", contentType="application/json", schema=json.dumps(SCHEMA))
    reference = f"https://apigateway.amazonaws.com/restapis/{api.id}/models/Sum"
    several = json.dumps({"type": "array", "items": {"$ref": reference}})
    api.client.create_model(restApiId=api.id, name="Sums", contentType="application/json", schema=several)
    validator = validated(api, validateRequestBody=True)
    place = api.method("/", requestModels={"application/json": "Sum"}, **validator)
    api.function(place, "add")
    api.mock(api.method("/many", requestModels={"application/json": "Sums"}, **validator))
    api.deploy()
    for body in ('{"Number1": 1}', '{"Number1": 1, "Number2": "2"}', "nothing", ""):
        got = api.call("/", body)
        assert (got.status, got.json) == (400, {"message": "Invalid request body"})
    assert api.call("/", '{"Number1": 1, "Number2": 2}').body == b"3"
    log = api.test(place, body='{"Number1": 1}')["log"]
    assert 'application/json: [object has missing required properties (["Number2"])]' in log
    assert api.call("/many", '[{"Number1": 1}]').status == 400
    assert api.call("/many", '[{"Number1": 1, "Number2": 2}]').status == 200


def test_what_leads_nowhere(api: Api) -> None:
    api.mock(api.method("/here", "GET"))
    api.deploy()
    for path, verb in (("/", "GET"), ("/nowhere", "GET"), ("/here", "POST")):
        got = api.call(path, method=verb)
        assert (got.status, got.json) == (403, {"message": "Missing Authentication Token"})
        assert got.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert api.call("/here", stage="other").json == {"message": "Forbidden"}


def test_ten_megabytes_are_the_end(api: Api) -> None:
    api.mock(api.method("/", "POST"))
    api.deploy()
    got = api.call("/", b"x" * (10 * 1024 * 1024 + 1))
    assert (got.status, got.json) == (413, {"message": "Request Too Long"})
    assert api.call("/", b'{"statusCode": 200}'.ljust(10 * 1024 * 1024)).status == 200


def authorized(api: Api, kind: str, source: str) -> None:
    uri = api.gateway.uri("authorize")
    made = api.client.create_authorizer(
        restApiId=api.id,
        name="who",
        type=kind,
        authorizerUri=uri,
        identitySource=source,
        authorizerResultTtlInSeconds=0,
    )
    place = api.method("/", "GET", authorizationType="CUSTOM", authorizerId=made["id"])
    api.function(place, "echo", "AWS_PROXY")
    api.deploy()


@pytest.mark.parametrize(("kind", "header"), [("TOKEN", "Authorization"), ("REQUEST", "X-Who")])
def test_an_authorizer_decides(api: Api, kind: str, header: str) -> None:
    authorized(api, kind, f"method.request.header.{header}")
    got = api.call("/")
    assert (got.status, got.json) == (401, {"message": "Unauthorized"})
    assert api.call("/", headers={header: "nobody"}).status == 401
    denied = api.call("/", headers={header: "bob"})
    assert denied.status == 403
    assert denied.json["message"].endswith("explicit deny")
    allowed = api.call("/", headers={header: "ada"})
    assert allowed.json["requestContext"]["authorizer"] == {"level": "7", "principalId": "ada"}


def test_an_authorizer_needs_permission(api: Api) -> None:
    arn = api.gateway.make_function("authorize", name="apigateway-closed-authorizer", permitted=False)
    source = "method.request.header.Authorization"
    made = api.client.create_authorizer(
        restApiId=api.id, name="who", type="TOKEN", authorizerUri=uri_of(arn), identitySource=source
    )
    api.mock(api.method("/", "GET", authorizationType="CUSTOM", authorizerId=made["id"]))
    api.deploy()
    got = api.call("/", headers={"Authorization": "ada"})
    assert (got.status, got.json) == (500, {"message": None})


def test_what_is_not_done_is_refused(api: Api) -> None:
    wrong = api.client.exceptions.BadRequestException
    with pytest.raises(wrong, match="AWS_IAM is not available"):
        api.method("/iam", authorizationType="AWS_IAM")
    with pytest.raises(wrong, match="Cognito is not available"):
        api.client.create_authorizer(
            restApiId=api.id,
            name="pool",
            type="COGNITO_USER_POOLS",
            providerARNs=[f"arn:aws:cognito-idp:{REGION}:000000000000:userpool/x"],
            identitySource="method.request.header.Authorization",
        )
