"""Changes to an API: resources, methods, integrations, templates, validation, responses. Each is a few calls."""

import json
from collections.abc import Mapping
from typing import Any

from app.blueprints.apigateway.service import cors, functions
from app.blueprints.apigateway.service.tree import Method

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
PLACES = ("querystring", "header", "path")
MODEL = '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "type": "object",\n  "required": ["Number1", "Number2"],\n  "properties": {\n    "Number1": {"type": "number"},\n    "Number2": {"type": "number"}\n  }\n}'  # noqa: E501 shown as it is
EXAMPLES = {
    "The body as it came": "$input.json('$')",
    "Two fields": '{\n  "Number1": $input.json(\'$.Number1\'),\n  "who": "$input.params(\'who\')"\n}',
    "Body, query and caller": (
        '{\n  "body": $input.json(\'$\'),\n  "name": "$util.escapeJavaScript($input.params(\'name\'))",\n'
        '  "ip": "$context.identity.sourceIp",\n  "stage": "$context.stage"\n}'
    ),
    "A mock's status": '{"statusCode": 200}',
}


def at(api: str, method: Method) -> dict[str, str]:
    """Return how AWS addresses a method."""
    return {"restApiId": api, "resourceId": method.resource, "httpMethod": method.verb}


def pointer(text: str) -> str:
    """Return a name as a patch path takes it."""
    return text.replace("~", "~0").replace("/", "~1")


def add_resource(client: Any, api: str, parent: str, part: str) -> str:
    """Add a resource; returns its id."""
    made: str = client.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    return made


def add_method(client: Any, api: str, resource: str, verb: str, behind: Mapping[str, str], lambdas: Any) -> None:
    """Add a method with its integration: `kind` is proxy, nonproxy, mock or http; a 200 response where it takes one."""
    place = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
    client.put_method(**place, authorizationType="NONE", apiKeyRequired=False)
    integrate(client, place, behind, lambdas)


def integrate(client: Any, place: dict[str, str], behind: Mapping[str, str], lambdas: Any) -> None:
    """Put an integration behind a method, and the default response that non-proxy ones need."""
    kind = behind["kind"]
    if kind == "mock":
        client.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    elif kind == "http":
        client.put_integration(**place, type="HTTP_PROXY", integrationHttpMethod=_http_verb(place), uri=behind["uri"])
    else:
        arn = lambdas.get_function_configuration(FunctionName=behind["function"])["FunctionArn"]
        client.put_integration(
            **place,
            type="AWS_PROXY" if kind == "proxy" else "AWS",
            integrationHttpMethod="POST",
            uri=functions.uri(client, arn),
        )
    if kind in ("nonproxy", "mock"):
        put_response(client, place, "200", "", "")


def _http_verb(place: dict[str, str]) -> str:
    return place["httpMethod"]


def put_response(client: Any, place: dict[str, str], status: str, pattern: str, template: str) -> None:
    """Put a response into both boxes: which errors lead to it, and what the caller gets."""
    cors.once(client.put_method_response, **place, statusCode=status, responseModels={"application/json": "Empty"})
    more: dict[str, Any] = {"selectionPattern": pattern} if pattern else {}
    if template:
        more["responseTemplates"] = {"application/json": template}
    client.put_integration_response(**place, statusCode=status, **more)


def delete_response(client: Any, place: dict[str, str], status: str) -> None:
    """Take a response out of both boxes."""
    client.delete_integration_response(**place, statusCode=status)
    client.delete_method_response(**place, statusCode=status)


def request_template(client: Any, place: dict[str, str], kind: str, text: str, passthrough: str) -> None:
    """Set, or take away where it is empty, the template for a content type, and what happens to others."""
    path = f"/requestTemplates/{pointer(kind)}"
    one = {"op": "add", "path": path, "value": text} if text.strip() else {"op": "remove", "path": path}
    pass_on = {"op": "replace", "path": "/passthroughBehavior", "value": passthrough}
    client.update_integration(**place, patchOperations=[one, pass_on])


def require_key(client: Any, place: dict[str, str], needed: bool) -> None:
    """Ask for an API key, or no longer."""
    operation = {"op": "replace", "path": "/apiKeyRequired", "value": str(needed).lower()}
    client.update_method(**place, patchOperations=[operation])


def validate(client: Any, place: dict[str, str], method: Method, wanted: dict[str, str]) -> None:
    """Set what API Gateway checks: `parameter` (`querystring.name`) and `model`, a JSON schema, may be empty."""
    operations = []
    if wanted.get("parameter"):
        path = f"/requestParameters/method.request.{wanted['parameter']}"
        operations.append({"op": "add", "path": path, "value": "true"})
    name = wanted.get("model_name", "")
    if wanted.get("model"):
        cors.once(
            client.create_model,
            restApiId=place["restApiId"],
            name=name,
            contentType="application/json",
            schema=wanted["model"],
        )
    if name:
        operations.append({"op": "add", "path": "/requestModels/application~1json", "value": name})
    body = bool(name or method.models)
    parameters = bool(wanted.get("parameter") or any(method.parameters.values()))
    validator = _validator(client, place["restApiId"], body, parameters)
    operations.append({"op": "replace", "path": "/requestValidatorId", "value": validator})
    client.update_method(**place, patchOperations=operations)


def _validator(client: Any, api: str, body: bool, parameters: bool) -> str:
    """Return the id of the API's validator of this kind, made where it is not there."""
    found = client.get_request_validators(restApiId=api, limit=500).get("items", [])
    for one in found:
        if (bool(one.get("validateRequestBody")), bool(one.get("validateRequestParameters"))) == (body, parameters):
            return str(one["id"])
    name = " and ".join(filter(None, ["body" if body else "", "parameters" if parameters else ""])) or "nothing"
    made = client.create_request_validator(
        restApiId=api, name=f"Validate {name}", validateRequestBody=body, validateRequestParameters=parameters
    )
    return str(made["id"])


def no_checks(client: Any, place: dict[str, str], method: Method) -> None:
    """Let everything through again."""
    operations = [
        {"op": "remove", "path": f"/requestParameters/{name}"} for name in method.parameters if ".path." not in name
    ]
    operations += [{"op": "remove", "path": f"/requestModels/{pointer(kind)}"} for kind in method.models]
    if method.validator:
        operations.append({"op": "replace", "path": "/requestValidatorId", "value": ""})
    if operations:
        client.update_method(**place, patchOperations=operations)


def model_fault(text: str) -> str:
    """Return what is wrong with a JSON schema as text."""
    try:
        found = json.loads(text)
    except ValueError as error:
        return f"This is no JSON: {error}"
    except RecursionError:
        return "It is nested too deeply."
    return "" if isinstance(found, dict) else "A schema is an object in braces."


def delete_method(client: Any, place: dict[str, str]) -> None:
    """Delete a method."""
    client.delete_method(**place)


def delete_resource(client: Any, api: str, resource: str) -> None:
    """Delete a resource with all below it."""
    client.delete_resource(restApiId=api, resourceId=resource)
