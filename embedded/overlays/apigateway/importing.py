"""ImportRestApi and PutRestApi: an API from OpenAPI 3 or Swagger 2 with API Gateway's extensions."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import apis, integrations, methods, models, resources
from embedded.overlays.apigateway.call import Call, new_id
from embedded.overlays.apigateway.faults import bad, refused

_VERBS = {"get", "post", "put", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"}
_PLACES = {"path": "path", "query": "querystring", "header": "header"}
_LARGEST = 6 * 1024 * 1024
_OWN = "x-amazon-apigateway-"


def create(call: Call) -> dict[str, Any]:
    """Make an API from a document."""
    document = _document(call)
    api = apis.empty(str((document.get("info") or {}).get("title") or ""))
    _fill(api, document)
    call.save(api)
    return apis.view(api)


def put(call: Call) -> dict[str, Any]:
    """Put a document's API in the place of one, or (`mode=merge`) over it."""
    before, document = call.api(), _document(call)
    api = copy.deepcopy(before)
    if call.first("mode") != "merge":
        fresh = apis.empty(before["api"]["name"])
        root = before["api"]["rootResourceId"]
        fresh["resources"] = {root: {"id": root, "path": "/", "resourceMethods": {}}}
        api = {**fresh, "api": {**before["api"], "binaryMediaTypes": []}, "authorizers": before["authorizers"]}
    title = (document.get("info") or {}).get("title")
    if title:
        api["api"]["name"] = str(title)
    _fill(api, document)
    call.save(api)
    return apis.view(api)


def _document(call: Call) -> dict[str, Any]:
    import yaml

    if len(call.body) > _LARGEST:
        raise bad("Invalid OpenAPI input: the document has more than 6 MB")
    try:
        found = yaml.safe_load(call.body.decode())
    except (ValueError, yaml.YAMLError):
        raise bad("Invalid OpenAPI input.") from None
    if not isinstance(found, dict) or not (found.get("swagger") == "2.0" or str(found.get("openapi", ""))[:2] == "3."):
        raise bad("Invalid OpenAPI input.")
    if not isinstance(found.get("paths"), dict):
        raise bad("Invalid OpenAPI input: there are no paths.")
    if f"{_OWN}policy" in found:
        raise refused("A resource policy of an API")
    return found


def _fill(api: Record, document: dict[str, Any]) -> None:
    info = document.get("info") or {}
    if not api["api"]["name"]:
        raise bad("Invalid OpenAPI input: API title is missing.")
    api["api"].update({name: str(info[name]) for name in ("description", "version") if info.get(name)})
    binary = document.get(f"{_OWN}binary-media-types")
    if binary:
        api["api"]["binaryMediaTypes"] = [str(one) for one in binary]
    _models(api, document)
    for name, one in (document.get(f"{_OWN}request-validators") or {}).items():
        made = {"id": new_id(6), "name": name, "validateRequestBody": bool(one.get("validateRequestBody"))}
        api["validators"][made["id"]] = {
            **made,
            "validateRequestParameters": bool(one.get("validateRequestParameters")),
        }
    for path, item in document["paths"].items():
        resource = _resource(api, path)
        for verb in _VERBS & set(item):
            _operation(api, document, resource, verb, item[verb], item.get("parameters") or [])


def _models(api: Record, document: dict[str, Any]) -> None:
    schemas = document.get("definitions") or (document.get("components") or {}).get("schemas") or {}
    for name, schema in schemas.items():
        # References within the document become those between models.
        text = json.dumps(schema)
        for part in ("#/definitions/", "#/components/schemas/"):
            text = text.replace(part, f"https://apigateway.amazonaws.com/restapis/{api['api']['id']}/models/")
        models.check(text)
        api["models"][name] = models.make(name, text, "application/json")


def _resource(api: Record, path: str) -> Record:
    here: Record = api["resources"][api["api"]["rootResourceId"]]
    for part in filter(None, path.split("/")):
        children = (one for one in api["resources"].values() if one.get("parentId") == here["id"])
        known = [one for one in children if one["pathPart"] == part]
        here = known[0] if known else resources.add(api, here, part)
    return here


def _operation(
    api: Record, document: dict[str, Any], resource: Record, verb: str, given: dict[str, Any], shared: list[Any]
) -> None:
    name = "ANY" if verb.startswith("x-") else verb.upper()
    parameters = [_resolved(document, one) for one in (*shared, *(given.get("parameters") or []))]
    asked: dict[str, Any] = {
        "authorizationType": "NONE",
        "operationName": given.get("operationId"),
        "apiKeyRequired": _key_needed(document, given),
        "requestParameters": {
            f"method.request.{_PLACES[one['in']]}.{one['name']}": bool(one.get("required"))
            for one in parameters
            if one.get("in") in _PLACES
        },
        "requestModels": dict(_request_models(given, parameters)),
        "requestValidatorId": _validator(api, document, given),
    }
    method = methods.make(api, name, asked)
    for status, response in (given.get("responses") or {}).items():
        if str(status).isdigit():
            answer = methods.make_response(api, str(status), _response(_resolved(document, response)))
            method.setdefault("methodResponses", {})[str(status)] = answer
    if integration := given.get(f"{_OWN}integration"):
        method["methodIntegration"] = _integration(integration, resource["id"], method)
    resource["resourceMethods"][name] = method


def _resolved(document: dict[str, Any], one: Any) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise bad("Invalid OpenAPI input.")
    found: Any = one
    if "$ref" in one:
        found = document
        for part in str(one["$ref"]).removeprefix("#/").split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise bad(f"Invalid OpenAPI input: the reference {one['$ref']} leads nowhere.")
    return dict(found)


def _key_needed(document: dict[str, Any], given: dict[str, Any]) -> bool:
    schemes = document.get("securityDefinitions") or (document.get("components") or {}).get("securitySchemes") or {}
    wanted = [name for one in given.get("security", document.get("security") or []) for name in one]
    for name in wanted:
        scheme = schemes.get(name, {})
        if scheme.get("type") != "apiKey" or str(scheme.get("name")).lower() != "x-api-key":
            raise refused(f"Importing the security scheme {name}")
    return bool(wanted)


def _request_models(given: dict[str, Any], parameters: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for kind, one in ((given.get("requestBody") or {}).get("content") or {}).items():
        if name := _model(one):
            yield kind, name
    for one in parameters:
        if one.get("in") == "body" and (name := _model(one)):
            yield "application/json", name


def _model(one: dict[str, Any]) -> str:
    return str((one.get("schema") or {}).get("$ref", "")).rpartition("/")[2]


def _validator(api: Record, document: dict[str, Any], given: dict[str, Any]) -> str | None:
    key = f"{_OWN}request-validator"
    name = given.get(key) or document.get(key)
    return next((one["id"] for one in api["validators"].values() if one["name"] == name), None) if name else None


def _response(given: dict[str, Any]) -> dict[str, Any]:
    content = {kind: _model(one) for kind, one in (given.get("content") or {}).items()}
    if name := _model(given):
        content["application/json"] = name
    return {
        "responseParameters": {f"method.response.header.{name}": False for name in given.get("headers") or {}},
        "responseModels": {kind: name for kind, name in content.items() if name},
    }


def _integration(given: dict[str, Any], namespace: str, method: Record) -> Record:
    made = integrations.make({**given, "type": str(given.get("type", "")).upper()}, namespace)
    for pattern, one in (given.get("responses") or {}).items():
        asked = {**one, "selectionPattern": None if pattern == "default" else pattern}
        status = str(one.get("statusCode"))
        made.setdefault("integrationResponses", {})[status] = integrations.make_response(status, asked, method)
    return made
