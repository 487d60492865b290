"""Methods and their responses: what clients may send, and what they may get."""

import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway.call import Call, named
from embedded.overlays.apigateway.faults import bad, clash, mapping, missing, refused
from embedded.overlays.apigateway.fields import chosen, flag, flags, listed, optional, present, status_code, text, texts
from embedded.overlays.apigateway.patches import apply

VERBS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_REQUEST = re.compile(r"method\.request\.(querystring|header|path|multivaluequerystring|multivalueheader)\.\S+")
_RESPONSE = re.compile(r"method\.response\.header\.[!-~]+")
_AUTHORIZER = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires a valid authorizer."
_RULES = {
    "authorizationType": text,
    "authorizerId": text,
    "apiKeyRequired": flag,
    "requestValidatorId": text,
    "operationName": text,
    "requestParameters/*": flag,
    "requestModels/*": text,
}


def put(call: Call) -> dict[str, Any]:
    """Make a method."""
    api = call.api()
    resource, verb = call.resource(api), call.words["http_method"].upper()
    chosen(verb, VERBS, "HTTP method")
    if verb in resource["resourceMethods"]:
        raise clash("Method already exists for this resource")
    method = make(api, verb, call.asked)
    resource["resourceMethods"][verb] = method
    call.save(api)
    return method


def make(api: Record, verb: str, asked: dict[str, Any]) -> Record:
    """Return a new method, checked."""
    method: Record = {
        "httpMethod": verb,
        "authorizationType": optional(asked, "authorizationType", text, ""),
        "apiKeyRequired": optional(asked, "apiKeyRequired", flag, False),
        **present(asked, "authorizerId", "requestValidatorId", "operationName"),
    }
    if asked.get("requestParameters"):
        method["requestParameters"] = flags(asked, "requestParameters")
    if asked.get("requestModels"):
        method["requestModels"] = texts(asked, "requestModels")
    if listed(asked, "authorizationScopes"):
        raise refused("Authorization by scopes of Amazon Cognito")
    check(api, method)
    return method


def check(api: Record, method: Record) -> None:
    """Raise where a method names what is not there."""
    if method["authorizationType"] in ("AWS_IAM", "COGNITO_USER_POOLS"):
        raise refused(f"The authorization type {method['authorizationType']}")
    chosen(method["authorizationType"], ("NONE", "CUSTOM"), "authorizationType")
    if method["authorizationType"] == "CUSTOM" and method.get("authorizerId") not in api["authorizers"]:
        raise bad(_AUTHORIZER)
    for name in method.get("requestParameters", {}):
        if not _REQUEST.fullmatch(name):
            raise mapping(name)
    for name in method.get("requestModels", {}).values():
        if name not in api["models"]:
            raise bad(f"Invalid model specified: {name}")
    validator = method.get("requestValidatorId")
    if validator and validator not in api["validators"]:
        raise bad("Invalid Request Validator identifier specified")


def get(call: Call) -> dict[str, Any]:
    """Return one method with its responses and its integration."""
    return call.method(call.api())


def update(call: Call) -> dict[str, Any]:
    """Change a method."""
    api = call.api()
    method = call.method(api)
    apply(method, call.asked, _RULES)
    for name in ("requestValidatorId", "authorizerId"):
        if method.get(name) == "":
            del method[name]
    check(api, method)
    call.save(api)
    return method


def delete(call: Call) -> None:
    """Delete a method."""
    api = call.api()
    call.method(api)
    del call.resource(api)["resourceMethods"][call.words["http_method"].upper()]
    call.save(api)


def put_response(call: Call) -> dict[str, Any]:
    """Say that a method may answer with a status, with these headers and bodies."""
    api = call.api()
    method, status = call.method(api), status_code(call.words["status_code"])
    if status in method.get("methodResponses", {}):
        raise clash("Response already exists for this resource")
    made = make_response(api, status, call.asked)
    method.setdefault("methodResponses", {})[status] = made
    call.save(api)
    return made


def make_response(api: Record, status: str, asked: dict[str, Any]) -> Record:
    """Return a new method response, checked."""
    made: Record = {"statusCode": status}
    if asked.get("responseParameters"):
        made["responseParameters"] = flags(asked, "responseParameters")
    if asked.get("responseModels"):
        made["responseModels"] = texts(asked, "responseModels")
    _check_response(api, made)
    return made


def _check_response(api: Record, response: Record) -> None:
    for name in response.get("responseParameters", {}):
        if not _RESPONSE.fullmatch(name):
            raise mapping(name)
    for name in response.get("responseModels", {}).values():
        if name not in api["models"]:
            raise bad(f"Invalid model specified: {name}")


def _response(call: Call, api: Record) -> Record:
    return named(call.method(api).get("methodResponses", {}), call.words["status_code"], "Response status code")


def get_response(call: Call) -> dict[str, Any]:
    """Return one method response."""
    return _response(call, call.api())


def update_response(call: Call) -> dict[str, Any]:
    """Change a method response."""
    api = call.api()
    response = _response(call, api)
    apply(response, call.asked, {"responseParameters/*": flag, "responseModels/*": text})
    _check_response(api, response)
    call.save(api)
    return response


def delete_response(call: Call) -> None:
    """Delete a method response."""
    api = call.api()
    if call.method(api).get("methodResponses", {}).pop(call.words["status_code"], None) is None:
        raise missing("Response status code")
    call.save(api)
