"""GetExport: what a stage shows, as OpenAPI 3 or Swagger 2, with API Gateway's or Postman's extensions."""

import json
from datetime import UTC, datetime
from typing import Any

from embedded.book import Record
from embedded.errors import Response
from embedded.overlays.apigateway import stages
from embedded.overlays.apigateway.call import Call
from embedded.overlays.apigateway.exported import Shape, operation
from embedded.overlays.apigateway.faults import bad

_EXTENSIONS = ("integrations", "authorizers", "apigateway", "postman")


def export(call: Call) -> Response:
    """Return the document."""
    stage = stages.find(call)
    kind = call.words["export_type"].lower()
    if kind not in ("oas30", "swagger"):
        raise bad(f"Invalid export type: {call.words['export_type']}. Must be one of: [oas30, swagger]")
    accept = call.headers.get("accept", "*/*").partition(";")[0].strip()
    if accept not in ("application/json", "application/yaml", "*/*"):
        raise bad(f"Invalid accept header: {accept}. Must be one of: [application/json, application/yaml]")
    deployment = call.book.find("deployment", call.where, f"{stage['apiId']}/{stage['deploymentId']}") or {}
    shape = Shape(deployment["snapshot"], kind == "oas30", _asked(call))
    document = _document(shape, stage["stageName"], call.where.region, deployment["createdDate"])
    form = "yaml" if accept == "application/yaml" else "json"
    text = _yaml(document) if form == "yaml" else json.dumps(document, indent=2)
    headers = {
        "content-type": f"application/{form}",
        "content-disposition": f'attachment; filename="{kind}_{stage["deploymentId"]}.{form}"',
    }
    return Response(200, headers, text.encode())


def _yaml(document: dict[str, Any]) -> str:
    # Most never ask for it.
    import yaml

    return str(yaml.safe_dump(document, sort_keys=False))


def _asked(call: Call) -> frozenset[str]:
    words = {word.strip() for value in call.query.get("extensions", []) for word in value.split(",")} - {""}
    unknown = words - set(_EXTENSIONS)
    if unknown:
        raise bad(f"Invalid extension: {', '.join(sorted(unknown))}. Must be one of: [{', '.join(_EXTENSIONS)}]")
    if "apigateway" in words:
        words |= {"integrations", "authorizers"}
    return frozenset(words)


def _document(shape: Shape, stage: str, region: str, created: int) -> dict[str, Any]:
    api = shape.api["api"]
    host = f"{api['id']}.execute-api.{region}.amazonaws.com"
    version = api.get("version") or _stamp(created)
    info = {"title": api["name"], **_if(api, "description"), "version": version}
    paths = {
        resource["path"]: {_verb(verb): operation(shape, method) for verb, method in methods.items()}
        for resource in sorted(shape.api["resources"].values(), key=lambda one: str(one["path"]))
        if (methods := resource["resourceMethods"])
    }
    schemes = _schemes(shape)
    models = {name: json.loads(one["schema"]) for name, one in shape.api["models"].items() if name in shape.models_used}
    if shape.newer:
        base = {"basePath": {"default": stage if "postman" in shape.extensions else f"/{stage}"}}
        server = {"url": f"https://{host}/{{basePath}}", "variables": base}
        parts = {**({"schemas": models} if models else {}), **({"securitySchemes": schemes} if schemes else {})}
        document = {"openapi": "3.0.1", "info": info, "servers": [server], "paths": paths, "components": parts}
    else:
        place = {"host": host, "basePath": f"/{stage}", "schemes": ["https"]}
        document = {"swagger": "2.0", "info": info, **place, "paths": paths}
        document.update({**({"securityDefinitions": schemes} if schemes else {}), "definitions": models})
    return {**document, **_own(shape)}


def _stamp(created: int) -> str:
    return f"{datetime.fromtimestamp(created, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _if(record: Record, name: str) -> dict[str, Any]:
    return {name: record[name]} if record.get(name) else {}


def _verb(verb: str) -> str:
    return "x-amazon-apigateway-any-method" if verb == "ANY" else verb.lower()


def _schemes(shape: Shape) -> dict[str, Any]:
    """Return the security schemes that methods use."""
    methods = [one for resource in shape.api["resources"].values() for one in resource["resourceMethods"].values()]
    found: dict[str, Any] = {}
    if any(method.get("apiKeyRequired") for method in methods):
        found["api_key"] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    for name in {method["authorizerId"] for method in methods if method.get("authorizationType") == "CUSTOM"}:
        authorizer = shape.api["authorizers"][name]
        found[authorizer["name"]] = _scheme(shape, authorizer)
    return found


def _scheme(shape: Shape, authorizer: Record) -> dict[str, Any]:
    source = authorizer["identitySource"]
    name = source.rpartition(".")[2] if "," not in source and ".header." in source else "Unused"
    made = {"type": "apiKey", "name": name, "in": "header", "x-amazon-apigateway-authtype": authorizer["authType"]}
    if "authorizers" in shape.extensions:
        kept = ("identitySource", "authorizerUri", "authorizerResultTtlInSeconds", "identityValidationExpression")
        own = {"type": authorizer["type"].lower(), **{key: authorizer[key] for key in kept if authorizer.get(key)}}
        made["x-amazon-apigateway-authorizer"] = own
    return made


def _own(shape: Shape) -> dict[str, Any]:
    """Return what only API Gateway reads, at the document's end."""
    if "integrations" not in shape.extensions:
        return {}
    found: dict[str, Any] = {}
    if binary := shape.api["api"].get("binaryMediaTypes"):
        found["x-amazon-apigateway-binary-media-types"] = binary
    if gateway := shape.api["gateway"]:
        found["x-amazon-apigateway-gateway-responses"] = {
            kind: {
                name: one[name] for name in ("statusCode", "responseParameters", "responseTemplates") if one.get(name)
            }
            for kind, one in gateway.items()
        }
    if validators := shape.api["validators"].values():
        found["x-amazon-apigateway-request-validators"] = {
            one["name"]: {name: one[name] for name in ("validateRequestBody", "validateRequestParameters")}
            for one in validators
        }
    return found
