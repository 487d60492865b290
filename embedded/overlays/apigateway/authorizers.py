"""Authorizers: Lambda functions that say who may call."""

from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import patterns
from embedded.overlays.apigateway.call import Call, named, new_id
from embedded.overlays.apigateway.faults import bad, clash, refused
from embedded.overlays.apigateway.fields import chosen, optional, text, whole
from embedded.overlays.apigateway.integrations import LAMBDA_PATH
from embedded.overlays.apigateway.patches import apply

_LONGEST = 3600
_RULES = {
    "name": text,
    "authorizerUri": text,
    "identitySource": text,
    "identityValidationExpression": text,
    "authorizerResultTtlInSeconds": whole,
}


def create(call: Call) -> dict[str, Any]:
    """Make an authorizer."""
    api, asked = call.api(), call.asked
    if asked.get("type") == "COGNITO_USER_POOLS":
        raise refused("An authorizer of Amazon Cognito")
    if asked.get("authorizerCredentials"):
        raise refused("An authorizer with a role of its own; permit the function by its resource policy")
    kind = chosen(asked.get("type"), ("TOKEN", "REQUEST"), "authorizer type")
    made: Record = {
        "id": new_id(6),
        "name": optional(asked, "name", text, ""),
        "type": kind,
        "authType": optional(asked, "authType", text, "custom"),
        "authorizerUri": optional(asked, "authorizerUri", text, ""),
        "identitySource": optional(asked, "identitySource", text, ""),
        "authorizerResultTtlInSeconds": optional(asked, "authorizerResultTtlInSeconds", whole, 300),
    }
    if asked.get("identityValidationExpression"):
        made["identityValidationExpression"] = text(asked["identityValidationExpression"])
    _check(made)
    if any(one["name"] == made["name"] for one in api["authorizers"].values()):
        raise clash(f"Authorizer name must be unique. Authorizer {made['name']} already exists in this RestApi.")
    api["authorizers"][made["id"]] = made
    call.save(api)
    return made


def _check(made: Record) -> None:
    if not made["name"]:
        raise bad("Authorizer name must not be empty")
    if LAMBDA_PATH.search(made["authorizerUri"]) is None:
        raise bad("Invalid Authorizer URI: " + (made["authorizerUri"] or "it is missing"))
    try:
        patterns.compiled(made.get("identityValidationExpression") or "")
    except patterns.PatternError as error:
        raise bad(f"Invalid identity validation expression: {error}") from None
    sources = [part for part in made["identitySource"].split(",") if part.strip()]
    if made["type"] == "TOKEN" and (len(sources) != 1 or not sources[0].startswith("method.request.header.")):
        raise bad("A TOKEN authorizer needs one identity source: method.request.header.<name>")
    if not 0 <= made["authorizerResultTtlInSeconds"] <= _LONGEST:
        raise bad(f"Authorizer result TTL must be between 0 and {_LONGEST} seconds")
    if made["type"] == "REQUEST" and made["authorizerResultTtlInSeconds"] and not sources:
        raise bad("A REQUEST authorizer that is cached needs an identity source")


def _one(call: Call, api: Record) -> Record:
    return named(api["authorizers"], call.words["authorizer_id"], "Authorizer identifier")


def get(call: Call) -> dict[str, Any]:
    """Return one authorizer."""
    return _one(call, call.api())


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of authorizers."""
    return call.page(call.api()["authorizers"].values())


def update(call: Call) -> dict[str, Any]:
    """Change an authorizer."""
    api = call.api()
    made = _one(call, api)
    apply(made, call.asked, _RULES)
    _check(made)
    call.save(api)
    return made


def delete(call: Call) -> None:
    """Delete an authorizer that no method asks."""
    api = call.api()
    name = _one(call, api)["id"]
    for resource in api["resources"].values():
        if any(method.get("authorizerId") == name for method in resource["resourceMethods"].values()):
            raise clash(f"Cannot delete authorizer '{name}', is referenced in method of {resource['path']}")
    del api["authorizers"][name]
    call.save(api)
