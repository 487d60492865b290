"""Gateway responses: what API Gateway says itself, by type, and how an API says it otherwise."""

import json
import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import context
from embedded.overlays.apigateway.call import Call
from embedded.overlays.apigateway.faults import bad, missing
from embedded.overlays.apigateway.fields import status_code, text, texts
from embedded.overlays.apigateway.flow import Answer, Failure, Flow
from embedded.overlays.apigateway.patches import apply

# Type: status, sentence, error type.
TYPES: dict[str, tuple[int, str | None, str]] = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource", "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": (500, "Internal server error", "InternalServerErrorException"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, None, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": (500, None, "AuthorizerConfigurationException"),
    "BAD_REQUEST_BODY": (400, "Invalid request body", "BadRequestException"),
    "BAD_REQUEST_PARAMETERS": (400, "Invalid request parameters", "BadRequestException"),
    "DEFAULT_4XX": (0, None, "BadRequestException"),
    "DEFAULT_5XX": (0, None, "InternalServerErrorException"),
    "EXPIRED_TOKEN": (403, "The security token included in the request is expired", "ExpiredTokenException"),
    "INTEGRATION_FAILURE": (504, "Internal server error", "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out", "InternalServerErrorException"),
    "INVALID_API_KEY": (403, "Forbidden", "ForbiddenException"),
    "INVALID_SIGNATURE": (403, "The request signature is invalid", "InvalidSignatureException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token", "MissingAuthenticationTokenException"),
    "QUOTA_EXCEEDED": (429, "Limit Exceeded", "LimitExceededException"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long", "RequestTooLongException"),
    "RESOURCE_NOT_FOUND": (404, "Not Found", "ResourceNotFoundException"),
    "THROTTLED": (429, "Too Many Requests", "TooManyRequestsException"),
    "UNAUTHORIZED": (401, "Unauthorized", "UnauthorizedException"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type", "UnsupportedMediaTypeException"),
    "WAF_FILTERED": (403, "Forbidden", "ForbiddenException"),
}
TEMPLATE = '{"message":$context.error.messageString}'
_PARAMETER = re.compile(r"gatewayresponse\.header\.[!-~]+")
_VARIABLE = re.compile(r"\$(\{)?(context|stageVariables)((?:\.[A-Za-z_][\w-]*)+)(?(1)\})")
_REQUEST = re.compile(r"method\.request\.(header|querystring|path)\.(.+)")


def effective(api: Record, kind: str) -> Record:
    """Return the response in effect: the type's own, else the headers and body of DEFAULT_4XX or DEFAULT_5XX."""
    own = api["gateway"].get(kind)
    if own is not None:
        return dict(own)
    status = TYPES[kind][0]
    family = {4: "DEFAULT_4XX", 5: "DEFAULT_5XX"}.get(status // 100, "")
    inherited = api["gateway"].get(family, {})
    return {
        "responseType": kind,
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": inherited.get("responseParameters", {}),
        "responseTemplates": inherited.get("responseTemplates", {"application/json": TEMPLATE}),
        "defaultResponse": True,
    }


def answer(flow: Flow, failure: Failure) -> Answer:
    """Return what a client is told of a failure."""
    status, sentence, error = TYPES[failure.kind]
    message = failure.message or sentence
    flow.error = {
        "message": message or "",
        "messageString": json.dumps(message),
        "responseType": failure.kind,
        "validationErrorString": flow.error.get("validationErrorString", ""),
    }
    response = effective(flow.api, failure.kind)
    chosen = int(response.get("statusCode") or failure.status or status)
    if failure.status and response.get("defaultResponse"):
        chosen = failure.status
    media, template = next(iter(response["responseTemplates"].items()))
    made = Answer(chosen, [("Content-Type", media), ("x-amzn-ErrorType", error)])
    names = context.names(flow)
    made.body = _VARIABLE.sub(lambda found: _filled(found, names, flow), template).encode()
    for name, expression in response.get("responseParameters", {}).items():
        value = _parameter(expression, names, flow)
        if value is not None:
            made.set_header(name.removeprefix("gatewayresponse.header."), value)
    return made


def _filled(found: re.Match[str], names: Record, flow: Flow) -> str:
    inside: Any = names if found.group(2) == "context" else flow.variables
    return context.written(context.inside(inside, found.group(3)[1:]))


def _parameter(expression: str, names: Record, flow: Flow) -> str | None:
    if expression.startswith("'"):
        return expression.strip("'")
    if found := _REQUEST.fullmatch(expression):
        return flow.named_values(*found.groups())
    root, _, path = expression.partition(".")
    value = context.inside(names if root == "context" else flow.variables, path)
    return None if value is None else context.written(value)


def _kind(call: Call) -> str:
    kind = call.words["response_type"]
    if kind not in TYPES:
        raise bad(f"Invalid gateway response type: {kind}")
    return kind


def put(call: Call) -> dict[str, Any]:
    """Say a type's response otherwise; stages say it so when they are deployed to again."""
    api, kind, asked = call.api(), _kind(call), call.asked
    made = {**effective({"gateway": {}}, kind), "defaultResponse": False}
    if asked.get("statusCode"):
        made["statusCode"] = status_code(str(asked["statusCode"]))
    made["responseParameters"] = texts(asked, "responseParameters")
    made["responseTemplates"] = texts(asked, "responseTemplates") or made["responseTemplates"]
    _check(made)
    api["gateway"][kind] = made
    call.save(api)
    return made


def _check(made: Record) -> None:
    for name in made["responseParameters"]:
        if not _PARAMETER.fullmatch(name):
            raise bad(f"Invalid mapping expression specified: {name}")
    if any("#" in template and re.search(r"#(set|if|foreach)\b", template) for template in _templates(made)):
        raise bad("Gateway responses take variables in their templates, nothing else of the template language")


def _templates(made: Record) -> list[str]:
    return list(made["responseTemplates"].values())


def get(call: Call) -> dict[str, Any]:
    """Return one type's response."""
    return effective(call.api(), _kind(call))


def get_all(call: Call) -> dict[str, Any]:
    """Return the responses of every type."""
    api = call.api()
    return {"item": [effective(api, kind) for kind in TYPES]}


def update(call: Call) -> dict[str, Any]:
    """Change a type's response."""
    api, kind = call.api(), _kind(call)
    made = json.loads(json.dumps({**effective(api, kind), "defaultResponse": False}))
    apply(made, call.asked, {"statusCode": text, "responseParameters/*": text, "responseTemplates/*": text})
    _check(made)
    api["gateway"][kind] = made
    call.save(api)
    return dict(made)


def delete(call: Call) -> None:
    """Go back to AWS's own response."""
    api, kind = call.api(), _kind(call)
    if api["gateway"].pop(kind, None) is None:
        raise missing("Gateway response type")
    call.save(api)
