"""Stages show deployments, which never change; exports say what a stage shows; a document makes an API."""

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.embedded.apigateway.conftest import Api, Gateway


def answering(api: Api, text: str) -> dict[str, str]:
    """Let a method say something."""
    place = api.method("/", "GET")
    templates = {"application/json": json.dumps(text)}
    api.mock(place, responseTemplates=templates)
    return place


def say(api: Api, place: dict[str, str], text: str) -> None:
    path = "/responseTemplates/application~1json"
    operations = [{"op": "replace", "path": path, "value": json.dumps(text)}]
    api.client.update_integration_response(**place, statusCode="200", patchOperations=operations)


def move(api: Api, deployment: str) -> None:
    operations = [{"op": "replace", "path": "/deploymentId", "value": deployment}]
    api.client.update_stage(restApiId=api.id, stageName="prod", patchOperations=operations)


def test_a_stage_changes_only_when_it_is_deployed_to(api: Api) -> None:
    place = answering(api, "one")
    first = api.deploy()
    say(api, place, "two")
    assert api.call("/").json == "one"
    assert api.test(place)["body"] == '"two"', "a test shows the API as it is now"
    second = api.deploy()
    assert api.call("/").json == "two"
    move(api, first)
    assert api.call("/").json == "one"
    move(api, second)
    api.client.delete_method(**place)
    assert api.call("/").json == "two"
    with pytest.raises(ClientError, match="Active stages pointing to this deployment"):
        api.client.delete_deployment(restApiId=api.id, deploymentId=second)
    api.client.delete_deployment(restApiId=api.id, deploymentId=first)
    with pytest.raises(ClientError, match="Deployment id does not exist"):
        move(api, first)


def test_deployments_without_anything_to_deploy(api: Api) -> None:
    with pytest.raises(ClientError, match="The REST API doesn't contain any methods"):
        api.deploy()
    api.method("/")
    with pytest.raises(ClientError, match="No integration defined for method"):
        api.deploy()
    assert api.client.get_stages(restApiId=api.id)["item"] == []


def test_a_deployment_says_what_it_holds(api: Api) -> None:
    answering(api, "x")
    made = api.deploy(description="first")
    one = api.client.get_deployment(restApiId=api.id, deploymentId=made, embed=["apisummary"])
    assert one["apiSummary"] == {"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}}
    assert [one["description"] for one in api.client.get_deployments(restApiId=api.id)["items"]] == ["first"]


def test_stages_have_variables(api: Api) -> None:
    place = answering(api, "x")
    say(api, place, "$stageVariables.colour")
    made = api.client.create_deployment(restApiId=api.id)["id"]
    api.client.create_stage(restApiId=api.id, stageName="blue", deploymentId=made, variables={"colour": "blue"})
    assert api.call("/", stage="blue").json == "blue"
    operations = [{"op": "replace", "path": "/variables/colour", "value": "red"}]
    api.client.update_stage(restApiId=api.id, stageName="blue", patchOperations=operations)
    assert api.call("/", stage="blue").json == "red"
    with pytest.raises(ClientError, match="Invalid stage variable"):
        api.client.create_stage(restApiId=api.id, stageName="x", deploymentId=made, variables={"a": "b c"})
    with pytest.raises(ClientError, match="Stage already exists"):
        api.client.create_stage(restApiId=api.id, stageName="blue", deploymentId=made)
    with pytest.raises(ClientError, match="Stage name only allows"):
        api.deploy("not good")
    api.client.delete_stage(restApiId=api.id, stageName="blue")
    assert api.call("/", stage="blue").status == 403


def test_an_api_that_is_switched_off(api: Api) -> None:
    answering(api, "x")
    api.deploy()
    operations = [{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}]
    api.client.update_rest_api(restApiId=api.id, patchOperations=operations)
    assert api.call("/").status == 403


def export(api: Api, kind: str, extensions: str = "integrations", **more: Any) -> dict[str, Any]:
    parameters = {"extensions": extensions} if extensions else {}
    made = api.client.get_export(restApiId=api.id, stageName="prod", exportType=kind, parameters=parameters, **more)
    found: dict[str, Any] = yaml.safe_load(made["body"].read())
    return found


def everything(api: Api) -> None:
    """Make an API with a bit of each."""
    schema = json.dumps({"type": "object", "required": ["a"]})
    api.client.create_model(restApiId=api.id, name="In", contentType="application/json", schema=schema)
    validator = api.client.create_request_validator(restApiId=api.id, name="body", validateRequestBody=True)["id"]
    place = api.method(
        "/sum/{who}",
        requestModels={"application/json": "In"},
        requestValidatorId=validator,
        requestParameters={"method.request.path.who": True, "method.request.querystring.q": False},
        apiKeyRequired=True,
        operationName="sum",
    )
    api.function(place, "raw", requestTemplates={"application/json": "$input.body"})
    api.mock(
        api.method("/", "OPTIONS"), responseParameters={"method.response.header.Access-Control-Allow-Origin": "'*'"}
    )
    api.deploy()


def test_exports(api: Api) -> None:
    everything(api)
    newer, older = export(api, "oas30"), export(api, "swagger")
    assert (newer["openapi"], older["swagger"]) == ("3.0.1", "2.0")
    for document in (newer, older):
        made = document["paths"]["/sum/{who}"]["post"]
        integration = made["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["httpMethod"]) == ("aws", "POST")
        assert integration["responses"]["default"]["statusCode"] == "200"
        assert made["x-amazon-apigateway-request-validator"] == "body"
        assert made["security"] == [{"api_key": []}]
        assert made["operationId"] == "sum"
    assert older["basePath"] == "/prod"
    assert older["host"] == f"{api.id}.execute-api.us-east-1.amazonaws.com"
    assert newer["components"]["schemas"]["In"]["required"] == ["a"]
    assert "x-amazon-apigateway-integration" not in export(api, "oas30", "")["paths"]["/sum/{who}"]["post"]
    assert export(api, "oas30", "postman")["paths"]
    assert export(api, "swagger", accepts="application/yaml")["swagger"] == "2.0"
    with pytest.raises(ClientError, match="Invalid export type"):
        export(api, "raml")


def test_an_export_is_of_what_is_deployed(api: Api) -> None:
    answering(api, "x")
    api.deploy()
    api.mock(api.method("/later", "GET"))
    assert set(export(api, "oas30")["paths"]) == {"/"}


@pytest.mark.parametrize("kind", ["oas30", "swagger"])
def test_what_is_exported_can_be_imported(api: Api, gateway: Gateway, kind: str) -> None:
    everything(api)
    document = export(api, kind)
    made = gateway.client.import_rest_api(body=json.dumps(document).encode())
    copy = Api(gateway, made["id"], made["rootResourceId"])
    assert made["name"] == document["info"]["title"]
    copy.deploy()
    again = export(copy, kind)
    for name in ("paths", "components", "definitions", "x-amazon-apigateway-request-validators"):
        assert again.get(name) == document.get(name)
    assert copy.call("/", method="OPTIONS").headers["Access-Control-Allow-Origin"] == "*"


def test_a_document_takes_the_place_of_an_api(api: Api) -> None:
    answering(api, "before")
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": '"after"'}}},
    }
    operation = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}
    document = {"openapi": "3.0.1", "info": {"title": "New"}, "paths": {"/new": {"get": operation}}}
    merged = api.client.put_rest_api(restApiId=api.id, mode="merge", body=yaml.safe_dump(document).encode())
    assert (merged["id"], merged["name"]) == (api.id, "New")
    api.deploy()
    assert [api.call(path).json for path in ("/", "/new")] == ["before", "after"]
    api.client.put_rest_api(restApiId=api.id, mode="overwrite", body=json.dumps(document).encode())
    api.deploy()
    assert [api.call(path).status for path in ("/", "/new")] == [403, 200]
    for body in (b"{}", b"not: [", b'{"swagger": "2.0"}'):
        with pytest.raises(ClientError, match=r"Invalid OpenAPI input\.|there are no paths"):
            api.client.import_rest_api(body=body)
