"""One method as an operation of OpenAPI 3 or Swagger 2."""

from dataclasses import dataclass, field
from typing import Any

from embedded.book import Record

_PLACES = {"path": "path", "querystring": "query", "header": "header"}


@dataclass
class Shape:
    """What is exported, and how: `newer` is OpenAPI 3, otherwise Swagger 2."""

    api: Record
    newer: bool
    extensions: frozenset[str]
    models_used: set[str] = field(default_factory=set)

    def reference(self, model: str) -> dict[str, str]:
        """Return a reference to a model, which then is exported too."""
        self.models_used.add(model)
        return {"$ref": f"#/{'components/schemas' if self.newer else 'definitions'}/{model}"}


def operation(shape: Shape, method: Record) -> dict[str, Any]:
    """Return the operation of one method."""
    made: dict[str, Any] = {}
    if method.get("operationName"):
        made["operationId"] = method["operationName"]
    if not shape.newer:
        made.update(_media(method))
    parameters = _parameters(shape, method)
    models = method.get("requestModels", {})
    if models and shape.newer:
        content = {kind: {"schema": shape.reference(name)} for kind, name in models.items()}
        made["requestBody"] = {"content": content, "required": True}
    elif models:
        name = models.get("application/json") or next(iter(models.values()))
        parameters.append({"in": "body", "name": name, "required": True, "schema": shape.reference(name)})
    if parameters:
        made["parameters"] = parameters
    made["responses"] = {
        status: _response(shape, one) for status, one in sorted(method.get("methodResponses", {}).items())
    }
    if security := _security(shape, method):
        made["security"] = [security]
    if "integrations" in shape.extensions:
        made.update(_own(shape, method))
    return made


def _media(method: Record) -> dict[str, list[str]]:
    """Return what Swagger 2 says beside the bodies."""
    given = sorted(
        {kind for one in method.get("methodResponses", {}).values() for kind in one.get("responseModels", {})}
    )
    taken = sorted(method.get("requestModels", {}))
    return {**({"consumes": taken} if taken else {}), "produces": given or ["application/json"]}


def _parameters(shape: Shape, method: Record) -> list[dict[str, Any]]:
    found = []
    for name, required in method.get("requestParameters", {}).items():
        place, _, own = name.removeprefix("method.request.").partition(".")
        where = _PLACES.get(place)
        if where:
            kind: dict[str, Any] = {"schema": {"type": "string"}} if shape.newer else {"type": "string"}
            found.append({"name": own, "in": where, "required": required or where == "path", **kind})
    return found


def _response(shape: Shape, response: Record) -> dict[str, Any]:
    made: dict[str, Any] = {"description": f"{response['statusCode']} response"}
    kind: dict[str, Any] = {"schema": {"type": "string"}} if shape.newer else {"type": "string"}
    names = [name.removeprefix("method.response.header.") for name in response.get("responseParameters", {})]
    if names:
        made["headers"] = {name: kind for name in names}
    models = response.get("responseModels", {})
    if models and shape.newer:
        made["content"] = {media: {"schema": shape.reference(name)} for media, name in models.items()}
    elif models:
        made["schema"] = shape.reference(models.get("application/json") or next(iter(models.values())))
    return made


def _security(shape: Shape, method: Record) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if method.get("authorizationType") == "CUSTOM":
        found[shape.api["authorizers"][method["authorizerId"]]["name"]] = []
    if method.get("apiKeyRequired"):
        found["api_key"] = []
    return found


def _own(shape: Shape, method: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if validator := shape.api["validators"].get(method.get("requestValidatorId") or ""):
        found["x-amazon-apigateway-request-validator"] = validator["name"]
    if integration := method.get("methodIntegration"):
        found["x-amazon-apigateway-integration"] = _integration(integration)
    return found


def _integration(integration: Record) -> dict[str, Any]:
    kept = ("uri", "requestParameters", "requestTemplates", "passthroughBehavior", "contentHandling", "timeoutInMillis")
    made: dict[str, Any] = {"type": integration["type"].lower()}
    if integration.get("httpMethod"):
        made["httpMethod"] = integration["httpMethod"]
    made.update({name: integration[name] for name in kept if integration.get(name)})
    made["passthroughBehavior"] = made["passthroughBehavior"].lower()
    if made.get("timeoutInMillis") == 29_000:
        del made["timeoutInMillis"]
    responses = {}
    for one in integration.get("integrationResponses", {}).values():
        names = ("statusCode", "responseParameters", "responseTemplates", "contentHandling")
        responses[one.get("selectionPattern") or "default"] = {name: one[name] for name in names if one.get(name)}
    if responses:
        made["responses"] = responses
    return made
