"""The control plane: the tree, what depends on what, and AWS's errors."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.apigateway.conftest import Api, Gateway


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    """Return code and sentence of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def patch(path: str, value: str | None = None, op: str = "replace") -> list[dict[str, str]]:
    return [{"op": op, "path": path, **({} if value is None else {"value": value})}]


def test_an_api_has_a_root_and_two_models(api: Api) -> None:
    found = api.client.get_resources(restApiId=api.id)["items"]
    assert [(one["id"], one["path"]) for one in found] == [(api.root, "/")]
    models = {one["name"]: json.loads(one["schema"]) for one in api.client.get_models(restApiId=api.id)["items"]}
    assert set(models) == {"Empty", "Error"}
    assert len(api.id) == 10


def test_the_tree(api: Api) -> None:
    deep = api.resource("/a/{b}/c")
    paths = [one["path"] for one in api.client.get_resources(restApiId=api.id)["items"]]
    assert paths == ["/", "/a", "/a/{b}", "/a/{b}/c"]
    middle = api.resource("/a/{b}")
    code, message = refused(api.client.create_resource, restApiId=api.id, parentId=middle, pathPart="c")
    assert (code, message) == ("ConflictException", "Another resource with the same parent already has this name: c")
    for part in ("a b", "{a", "x/y", ""):
        assert (
            refused(api.client.create_resource, restApiId=api.id, parentId=middle, pathPart=part)[0]
            == "BadRequestException"
        )
    second = refused(api.client.create_resource, restApiId=api.id, parentId=api.resource("/a"), pathPart="{other}")
    assert "already has a variable path part" in second[1]
    api.client.update_resource(restApiId=api.id, resourceId=api.resource("/a"), patchOperations=patch("/pathPart", "z"))
    assert api.client.get_resource(restApiId=api.id, resourceId=deep)["path"] == "/z/{b}/c"
    api.client.delete_resource(restApiId=api.id, resourceId=api.resource("/z"))
    assert len(api.client.get_resources(restApiId=api.id)["items"]) == 1


def test_methods_are_shown_where_they_are_asked_for(api: Api) -> None:
    place = api.method("/")
    api.mock(place)
    assert api.client.get_resources(restApiId=api.id)["items"][0]["resourceMethods"] == {"POST": {}}
    full = api.client.get_resources(restApiId=api.id, embed=["methods"])["items"][0]["resourceMethods"]["POST"]
    assert full["methodIntegration"]["integrationResponses"]["200"]["statusCode"] == "200"
    assert full["methodResponses"]["200"]["statusCode"] == "200"


def test_what_is_not_there(api: Api) -> None:
    found = {
        "api": refused(api.client.get_rest_api, restApiId="nothing"),
        "resource": refused(api.client.get_resource, restApiId=api.id, resourceId="nothing"),
        "method": refused(api.client.get_method, restApiId=api.id, resourceId=api.root, httpMethod="GET"),
        "stage": refused(api.client.get_stage, restApiId=api.id, stageName="nothing"),
        "deployment": refused(api.client.get_deployment, restApiId=api.id, deploymentId="nothing"),
        "model": refused(api.client.get_model, restApiId=api.id, modelName="nothing"),
        "key": refused(api.client.get_api_key, apiKey="nothing"),
        "plan": refused(api.client.get_usage_plan, usagePlanId="nothing"),
    }
    assert {code for code, _ in found.values()} == {"NotFoundException"}
    assert found["api"][1] == "Invalid API identifier specified 000000000000:nothing"
    assert found["resource"][1] == "Invalid Resource identifier specified"
    assert found["method"][1] == "Invalid Method identifier specified"


def test_what_is_there_already(api: Api) -> None:
    place = api.method("/")
    again = refused(api.client.put_method, **place, authorizationType="NONE")
    assert again == ("ConflictException", "Method already exists for this resource")
    api.client.put_method_response(**place, statusCode="200")
    assert refused(api.client.put_method_response, **place, statusCode="200")[0] == "ConflictException"
    api.client.create_model(restApiId=api.id, name="M", contentType="application/json", schema="{}")
    twice = refused(api.client.create_model, restApiId=api.id, name="M", contentType="application/json", schema="{}")
    assert twice[0] == "ConflictException"


def test_a_header_must_be_declared_before_it_is_mapped(api: Api) -> None:
    place = api.method("/")
    api.client.put_integration(**place, type="MOCK")
    api.client.put_method_response(**place, statusCode="200")
    name = "method.response.header.Access-Control-Allow-Origin"
    code, message = refused(
        api.client.put_integration_response, **place, statusCode="200", responseParameters={name: "'*'"}
    )
    assert code == "BadRequestException"
    assert message.endswith(f"errors : [Invalid mapping expression parameter specified: {name}]")
    declare = patch(f"/responseParameters/{name}", "false", "add")
    api.client.update_method_response(**place, statusCode="200", patchOperations=declare)
    api.client.put_integration_response(**place, statusCode="200", responseParameters={name: "'*'"})


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "AWS"}, "HttpMethod must be non-empty"),
        ({"type": "AWS", "integrationHttpMethod": "POST", "uri": "arn:aws:lambda:x"}, "must contain path or action"),
        ({"type": "MOCK", "timeoutInMillis": 30_000}, "Timeout should be between 50 ms and 29000 ms"),
        ({"type": "MOCK", "passthroughBehavior": "ALWAYS"}, "passthroughBehavior"),
        ({"type": "MOCK", "requestParameters": {"a": "b"}}, "Invalid mapping expression specified: a"),
        ({"type": "MOCK", "requestTemplates": {"application/json": "#if($a)"}}, "#if without #end"),
    ],
)
def test_integrations_that_cannot_be(api: Api, fields: dict[str, Any], sentence: str) -> None:
    place = api.method("/")
    code, message = refused(api.client.put_integration, **place, **fields)
    assert (code, sentence in message) == ("BadRequestException", True), message


def test_patches_say_what_can_be_changed(api: Api) -> None:
    code, message = refused(api.client.update_rest_api, restApiId=api.id, patchOperations=patch("/nothing", "x"))
    assert code == "BadRequestException"
    assert message.startswith("Invalid patch path  '/nothing' specified for op 'replace'. Must be one of: [/name,")
    api.client.update_rest_api(restApiId=api.id, patchOperations=patch("/description", "new"))
    assert api.client.get_rest_api(restApiId=api.id)["description"] == "new"


def test_lists_have_pages(gateway: Gateway) -> None:
    names = {gateway.create(f"page-{number}").id for number in range(3)}
    found: list[str] = []
    position: dict[str, str] = {}
    while True:
        page = gateway.client.get_rest_apis(limit=2, **position)
        assert len(page["items"]) <= 2
        found += [one["id"] for one in page["items"]]
        if "position" not in page:
            break
        position = {"position": page["position"]}
    assert names <= set(found)
    assert len(found) == len(set(found))


def test_keys_hide_their_values(api: Api) -> None:
    made = api.client.create_api_key(name=f"{api.id}-key", value="0123456789-0123456789")
    assert made["enabled"] is False, "as on AWS, where the flag was not sent"
    assert "value" not in api.client.get_api_key(apiKey=made["id"])
    assert api.client.get_api_key(apiKey=made["id"], includeValue=True)["value"] == "0123456789-0123456789"
    listed = api.client.get_api_keys(nameQuery=api.id, includeValues=True)["items"]
    assert [one["value"] for one in listed] == ["0123456789-0123456789"]
    assert refused(api.client.create_api_key, name="x", value="0123456789-0123456789")[0] == "ConflictException"
    assert refused(api.client.create_api_key, name="x", value="short")[1].startswith(
        "API Key value should be at least 20"
    )


def test_plans_hold_stages_and_keys(api: Api) -> None:
    api.mock(api.method("/"))
    api.deploy()
    plan = api.client.create_usage_plan(name=api.id)["id"]
    add = api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch("/apiStages", f"{api.id}:prod", "add"))
    assert add["apiStages"] == [{"apiId": api.id, "stage": "prod"}]
    unknown = refused(api.client.update_usage_plan, usagePlanId=plan, patchOperations=patch("/apiStages", "x:y", "add"))
    assert unknown[0] == "NotFoundException"
    assert refused(api.client.delete_stage, restApiId=api.id, stageName="prod")[0] == "BadRequestException"
    assert refused(api.client.delete_usage_plan, usagePlanId=plan)[0] == "BadRequestException"
    limits = [*patch("/quota/limit", "10", "add"), *patch("/quota/period", "WEEK", "add")]
    assert api.client.update_usage_plan(usagePlanId=plan, patchOperations=limits)["quota"]["limit"] == 10
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch("/apiStages", f"{api.id}:prod", "remove"))
    api.client.delete_usage_plan(usagePlanId=plan)
    api.client.delete_rest_api(restApiId=api.id)


def test_tags(api: Api) -> None:
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    api.client.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    api.client.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert api.client.get_tags(resourceArn=arn)["tags"] == {"b": "2"}
    assert api.client.get_rest_api(restApiId=api.id)["tags"] == {"b": "2"}


def test_http_apis_and_templates_are_refused(gateway: Gateway) -> None:
    newer = gateway.aws.client("apigatewayv2")
    code, message = refused(newer.create_api, Name="x", ProtocolType="HTTP")
    assert (code, "pretends nothing" in message) == ("BadRequestException", True)
    assert newer.get_apis()["Items"] == []
    template = json.dumps({"Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "x"}}}})
    code, message = refused(gateway.aws.client("cloudformation").create_stack, StackName="x", TemplateBody=template)
    assert (code, "pretends nothing" in message) == ("ValidationError", True)


def test_what_is_refused_is_said(api: Api) -> None:
    for call, arguments in (
        (api.client.create_domain_name, {"domainName": "example.com"}),
        (api.client.generate_client_certificate, {}),
        (api.client.get_sdk, {"restApiId": api.id, "stageName": "prod", "sdkType": "javascript"}),
        (api.client.create_rest_api, {"name": "x", "minimumCompressionSize": 10}),
        (api.client.create_rest_api, {"name": "x", "policy": "{}"}),
        (api.client.create_rest_api, {"name": "x", "endpointConfiguration": {"types": ["PRIVATE"]}}),
    ):
        code, message = refused(call, **arguments)
        assert (code, "pretends nothing" in message) == ("BadRequestException", True), message
