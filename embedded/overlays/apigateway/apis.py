"""REST APIs: made, changed and deleted with all that is theirs."""

from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import models
from embedded.overlays.apigateway.call import Call, new_id, now
from embedded.overlays.apigateway.faults import bad, refused
from embedded.overlays.apigateway.fields import chosen, flag, listed, optional, present, text, texts
from embedded.overlays.apigateway.patches import change, operations

RULES = {
    "name": text,
    "description": text,
    "binaryMediaTypes/+": text,
    "disableExecuteApiEndpoint": flag,
    "endpointConfiguration/types/0": lambda value: chosen(value, ("REGIONAL", "EDGE"), "endpoint type"),
}
_NOT_HERE = {
    "policy": "A resource policy of an API",
    "minimumCompressionSize": "Compression of responses",
    "cloneFrom": "Cloning an API",
    "securityPolicy": "A security policy",
    "endpointAccessMode": "An endpoint access mode",
}


def create(call: Call) -> dict[str, Any]:
    """Make an API with its root resource and AWS's two models."""
    asked = call.asked
    name = optional(asked, "name", text, "")
    if not name.strip():
        raise bad("API name must not be empty" if "name" in asked else "Missing required parameter: name")
    for field, what in _NOT_HERE.items():
        if asked.get(field):
            raise refused(what)
    chosen(asked.get("apiKeySource") or "HEADER", ("HEADER",), "apiKeySource; the embedded AWS reads keys from there")
    api = empty(name)
    api["api"].update(
        present(asked, "description", "version"),
        binaryMediaTypes=listed(asked, "binaryMediaTypes"),
        endpointConfiguration={"types": _types(asked), "ipAddressType": "ipv4"},
        disableExecuteApiEndpoint=optional(asked, "disableExecuteApiEndpoint", flag, False),
        tags=texts(asked, "tags"),
    )
    call.save(api)
    return view(api)


def empty(name: str) -> Record:
    """Return the record of a new API."""
    root = new_id()
    return {
        "api": {
            "id": new_id(),
            "name": name,
            "createdDate": now(),
            "apiKeySource": "HEADER",
            "binaryMediaTypes": [],
            "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
            "disableExecuteApiEndpoint": False,
            "tags": {},
            "rootResourceId": root,
        },
        "resources": {root: {"id": root, "path": "/", "resourceMethods": {}}},
        "models": {name: models.standard(name) for name in models.STANDARD},
        "validators": {},
        "authorizers": {},
        "gateway": {},
    }


def view(api: Record) -> dict[str, Any]:
    """Return an API as AWS shows it, without what is empty."""
    return {name: value for name, value in api["api"].items() if value not in ("", [])}


def get(call: Call) -> dict[str, Any]:
    """Return one API."""
    return view(call.api())


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of APIs."""
    return call.page(view(api) for api in call.book.all("api", call.where))


def update(call: Call) -> dict[str, Any]:
    """Change an API; stages see it when they are deployed to again."""
    api = call.api()
    for op, parts, value in operations(call.asked):
        if parts and parts[0] in _NOT_HERE and value:
            raise refused(_NOT_HERE[parts[0]])
        if parts[:2] == ["endpointConfiguration", "types"] and op != "remove":
            kind = chosen(value, ("REGIONAL", "EDGE"), "endpoint type")
            api["api"]["endpointConfiguration"]["types"] = [kind]
        else:
            change(api["api"], op, parts, value, RULES)
    if not api["api"].get("name"):
        raise bad("API name must not be empty")
    call.save(api)
    return view(api)


def delete(call: Call) -> None:
    """Delete an API with its stages and deployments; usage plans must let it go first."""
    api = call.api()
    name = api["api"]["id"]
    for plan in call.book.all("plan", call.where):
        if any(stage["apiId"] == name for stage in plan.get("apiStages", [])):
            raise bad(f"Please remove all usage plan associations before deleting this API: {plan['name']}")
    for kind in ("stage", "deployment"):
        for record in call.book.all(kind, call.where):
            if record["apiId"] == name:
                call.book.drop(kind, call.where, f"{name}/{record.get('stageName') or record['id']}")
    call.book.drop("api", call.where, name)


def _types(asked: dict[str, Any]) -> list[str]:
    configuration = asked.get("endpointConfiguration") or {}
    types = configuration.get("types") or ["EDGE"]
    if configuration.get("vpcEndpointIds") or "PRIVATE" in types:
        raise refused("A private API")
    return [chosen(one, ("REGIONAL", "EDGE"), "endpoint type") for one in types]
