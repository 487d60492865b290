"""Integrations: what a method does with a request, and how the answer of the other side becomes the method's."""

import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import patterns
from embedded.overlays.apigateway.call import Call, named
from embedded.overlays.apigateway.faults import bad, clash, mapping, missing, refused
from embedded.overlays.apigateway.fields import chosen, listed, optional, present, status_code, text, texts, whole
from embedded.overlays.apigateway.patches import apply
from embedded.overlays.apigateway.templates.parser import Refused, parse

KINDS = ("MOCK", "HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
LONGEST = 29_000
_LARGEST_TEMPLATE = 300 * 1024
_URI = re.compile(r"arn:aws[\w-]*:apigateway:[\w-]+:([\w.-]+):(path|action)/(.+)")
LAMBDA_PATH = re.compile(r"2015-03-31/functions/(arn:aws[\w-]*:lambda:.+)/invocations")
_INTO = re.compile(r"integration\.request\.(header|querystring|path)\.\S+")
_FROM = re.compile(
    r"method\.request\.(header|querystring|path|multivalueheader|multivaluequerystring)\.\S+|method\.request\.body.*"
    r"|context\.\S+|stageVariables\.\S+|'[^']*'"
)
_BACK = re.compile(r"integration\.response\.(header|multivalueheader)\.\S+|integration\.response\.body.*|'[^']*'"
                   r"|context\.\S+|stageVariables\.\S+")  # fmt: skip
_RULES = {
    "httpMethod": text,
    "uri": text,
    "passthroughBehavior": text,
    "contentHandling": text,
    "timeoutInMillis": whole,
    "cacheNamespace": text,
    "requestParameters/*": text,
    "requestTemplates/*": text,
    "cacheKeyParameters/+": text,
}
_RESPONSE_RULES = {
    "selectionPattern": text,
    "contentHandling": text,
    "responseParameters/*": text,
    "responseTemplates/*": text,
}


def put(call: Call) -> dict[str, Any]:
    """Give a method its integration, in the place of the one that it had."""
    api = call.api()
    method = call.method(api)
    made = make(call.asked, call.words["resource_id"])
    method["methodIntegration"] = made
    call.save(api)
    return made


def make(asked: dict[str, Any], namespace: str) -> Record:
    """Return a new integration, checked."""
    kind = chosen(asked.get("type"), KINDS, "integration type")
    verb = asked.get("httpMethod") or asked.get("integrationHttpMethod")
    made: Record = {
        "type": kind,
        **({"httpMethod": str(verb).upper()} if verb else {}),
        **present(asked, "uri", "contentHandling", "credentials"),
        **{name: found for name in ("requestParameters", "requestTemplates") if (found := texts(asked, name))},
        "passthroughBehavior": str(asked.get("passthroughBehavior") or "WHEN_NO_MATCH").upper(),
        "timeoutInMillis": optional(asked, "timeoutInMillis", whole, LONGEST),
        "cacheNamespace": asked.get("cacheNamespace") or namespace,
        "cacheKeyParameters": listed(asked, "cacheKeyParameters"),
    }
    if asked.get("connectionType") not in (None, "INTERNET"):
        raise refused("A VPC link")
    if asked.get("responseTransferMode") not in (None, "BUFFERED"):
        raise refused("Streaming of responses")
    check(made)
    return made


def check(made: Record) -> None:
    """Raise for an integration that API Gateway does not take, or that is not done here."""
    if made["type"].startswith("HTTP"):
        raise refused("An HTTP integration (there is no outside network)")
    if made.get("credentials"):
        raise refused("An integration with a role of its own; permit the function by its resource policy")
    chosen(made["passthroughBehavior"], PASSTHROUGH, "passthroughBehavior")
    if made.get("contentHandling"):
        chosen(made["contentHandling"], HANDLING, "contentHandling")
    if not 50 <= made["timeoutInMillis"] <= LONGEST:
        raise bad("Timeout should be between 50 ms and 29000 ms")
    if made["type"] != "MOCK":
        _check_function(made)
    for name, value in made.get("requestParameters", {}).items():
        if not _INTO.fullmatch(name):
            raise mapping(name)
        if not _FROM.fullmatch(value):
            raise mapping(value, parameter=True)
    _check_templates(made.get("requestTemplates", {}))


def _check_function(made: Record) -> None:
    if not made.get("httpMethod"):
        raise bad("Enumeration value for HttpMethod must be non-empty")
    found = _URI.fullmatch(made.get("uri", ""))
    if found is None:
        raise bad("AWS ARN for integration must contain path or action" if made.get("uri") else "Invalid URI specified")
    service, _, path = found.groups()
    if service != "lambda":
        raise refused(f"An integration with {service}; the embedded AWS's APIs call Lambda functions only")
    if not LAMBDA_PATH.fullmatch(path):
        raise bad("Invalid URI specified: a function is called at path/2015-03-31/functions/<its ARN>/invocations")


def _check_templates(templates: dict[str, str]) -> None:
    for kind, template in templates.items():
        if len(template.encode()) > _LARGEST_TEMPLATE:
            raise bad("Invalid mapping template: it has more than 300 KB")
        try:
            parse(template)
        except Refused as reason:
            raise bad(f"The mapping template for {kind} cannot be used in the embedded AWS: {reason}") from None


def get(call: Call) -> dict[str, Any]:
    """Return a method's integration with its responses."""
    return call.integration(call.api())


def update(call: Call) -> dict[str, Any]:
    """Change an integration."""
    api = call.api()
    made = call.integration(api)
    apply(made, call.asked, _RULES)
    if not made.get("contentHandling"):
        made.pop("contentHandling", None)
    check(made)
    call.save(api)
    return made


def delete(call: Call) -> None:
    """Take a method's integration away."""
    api = call.api()
    call.integration(api)
    del call.method(api)["methodIntegration"]
    call.save(api)


def put_response(call: Call) -> dict[str, Any]:
    """Say which answer of the other side becomes which status."""
    api = call.api()
    method, made = call.method(api), call.integration(api)
    status = status_code(call.words["status_code"])
    if status in made.get("integrationResponses", {}):
        raise clash("Response already exists for this resource")
    response = make_response(status, call.asked, method)
    made.setdefault("integrationResponses", {})[status] = response
    call.save(api)
    return response


def make_response(status: str, asked: dict[str, Any], method: Record) -> Record:
    """Return a new integration response, checked against the method's."""
    response: Record = {"statusCode": status, **present(asked, "selectionPattern", "contentHandling")}
    for name in ("responseParameters", "responseTemplates"):
        if asked.get(name) is not None:
            # A content type without a template is sent as null, and passes bodies through.
            response[name] = texts({name: {key: value or "" for key, value in asked[name].items()}}, name)
    check_response(response, method)
    return response


def check_response(response: Record, method: Record) -> None:
    """Raise for a response that names what is not there."""
    declared = method.get("methodResponses", {}).get(response["statusCode"], {}).get("responseParameters", {})
    for name, value in response.get("responseParameters", {}).items():
        if name not in declared:
            raise mapping(name, parameter=True)
        if not _BACK.fullmatch(value):
            raise mapping(value, parameter=True)
    if response.get("contentHandling"):
        chosen(response["contentHandling"], HANDLING, "contentHandling")
    try:
        patterns.compiled(response.get("selectionPattern") or "")
    except patterns.PatternError:
        raise bad("Invalid selection pattern specified") from None
    _check_templates(response.get("responseTemplates", {}))


def _response(call: Call, api: Record) -> Record:
    known = call.integration(api).get("integrationResponses", {})
    return named(known, call.words["status_code"], "Response status code")


def get_response(call: Call) -> dict[str, Any]:
    """Return one integration response."""
    return _response(call, call.api())


def update_response(call: Call) -> dict[str, Any]:
    """Change an integration response."""
    api = call.api()
    response = _response(call, api)
    apply(response, call.asked, _RESPONSE_RULES)
    if not response.get("contentHandling"):
        response.pop("contentHandling", None)
    check_response(response, call.method(api))
    call.save(api)
    return response


def delete_response(call: Call) -> None:
    """Take an integration response away."""
    api = call.api()
    if call.integration(api).get("integrationResponses", {}).pop(call.words["status_code"], None) is None:
        raise missing("Response status code")
    call.save(api)
