"""What is sent to the other side, and what becomes of its answer: templates, parameters, content handling."""

import base64
import binascii
import json
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import context, patterns
from embedded.overlays.apigateway.flow import Answer, Failure, Flow, single
from embedded.overlays.apigateway.functions import Returned
from embedded.overlays.apigateway.templates import paths
from embedded.overlays.apigateway.templates.objects import Input, TemplateError, Util
from embedded.overlays.apigateway.templates.rendering import Names, render

_TRANSFORM = "Execution failed due to configuration error: Unable to transform "
NO_RESPONSE = (
    "Execution failed due to configuration error: No match for output mapping and no default endpoint mapping "
    "configured. Endpoint Response Status Code: "
)
_OUTPUT = "Execution failed due to configuration error: Output mapping refers to an invalid method response: "
_INTERNAL = "API_CONFIGURATION_ERROR"


def request_body(flow: Flow) -> bytes:
    """Return the body that the integration gets: through its template, or as it came, or 415."""
    integration = flow.method["methodIntegration"]
    templates = integration.get("requestTemplates", {})
    body, binary = _converted(flow, integration.get("contentHandling"))
    template = next((one for kind, one in templates.items() if kind.lower() == flow.content_type), None)
    if template is None:
        behaviour = integration.get("passthroughBehavior", "WHEN_NO_MATCH")
        if behaviour == "NEVER" or (behaviour == "WHEN_NO_TEMPLATES" and templates):
            raise Failure(
                "UNSUPPORTED_MEDIA_TYPE", log=f"No template for content type {flow.content_type}: {behaviour}"
            )
        return body
    if binary:
        raise Failure(
            _INTERNAL, log=f"{_TRANSFORM}request: a template takes text; set contentHandling to CONVERT_TO_TEXT"
        )
    try:
        return render(template, names(flow, body.decode("utf-8", "replace"))).encode()
    except TemplateError as reason:
        raise Failure(_INTERNAL, log=f"{_TRANSFORM}request: {reason}") from reason


def _converted(flow: Flow, handling: str | None) -> tuple[bytes, bool]:
    """Return the body after content handling, and whether it is bytes that are no text."""
    binary = flow.is_binary(flow.content_type)
    if binary and handling == "CONVERT_TO_TEXT":
        return base64.b64encode(flow.body), False
    if not binary and handling == "CONVERT_TO_BINARY":
        return _decoded(flow.body), True
    return (flow.body, True) if binary else (flow.body.decode("utf-8", "replace").encode(), False)


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.strip().strip(b'"'), validate=True)
    except (binascii.Error, ValueError):
        raise Failure(
            _INTERNAL, log="Execution failed due to configuration error: Unable to base64 decode the body"
        ) from None


def names(flow: Flow, body: str) -> Names:
    """Return what a template may name."""
    parameters = {
        "path": flow.path_parameters,
        "querystring": single(flow.query),
        "header": single(flow.headers),
    }
    return {
        "input": Input(body, parameters),
        "util": Util(),
        "context": context.names(flow),
        "stageVariables": flow.variables,
    }


def request_parameters(flow: Flow) -> dict[str, str]:
    """Return the headers that the integration sets for the other side, names in lower case."""
    found = {}
    for name, expression in flow.method["methodIntegration"].get("requestParameters", {}).items():
        value = _request_value(flow, expression)
        if value is not None and name.startswith("integration.request.header."):
            found[name.removeprefix("integration.request.header.").lower()] = value
    return found


def _request_value(flow: Flow, expression: str) -> str | None:
    if expression.startswith("'"):
        return expression[1:-1]
    root, _, rest = expression.partition(".")
    if root in ("context", "stageVariables"):
        value = context.inside(context.names(flow) if root == "context" else flow.variables, rest)
        return None if value is None else context.written(value)
    place, _, name = rest.removeprefix("request.").partition(".")
    if place == "body" or place.startswith("body["):
        return _of_body(flow.body, rest.removeprefix("request.body"))
    return flow.named_values(place.removeprefix("multivalue"), name)


def _of_body(body: bytes, path: str) -> str | None:
    try:
        value = paths.find(json.loads(body), f"${path}")
    except (ValueError, paths.PathError):
        return None
    return None if value is None else context.written(value)


def select(flow: Flow, matched: str, status: int) -> Record:
    """Return the integration response for an answer: the first whose whole pattern matches, else the default."""
    responses = list(flow.method["methodIntegration"].get("integrationResponses", {}).values())
    default = None
    for one in sorted(responses, key=lambda response: str(response["statusCode"])):
        pattern = one.get("selectionPattern")
        if not pattern:
            default = default or one
        elif matched and patterns.fits(pattern, matched):
            return dict(one)
    if default is None:
        raise Failure(_INTERNAL, log=f"{NO_RESPONSE}{status}")
    return dict(default)


def answer(flow: Flow, response: Record, returned: Returned) -> Answer:
    """Return the method's answer: status, mapped headers, body through a template where there is one."""
    status = response["statusCode"]
    if status not in flow.method.get("methodResponses", {}):
        log = f"{_OUTPUT}{status}"
        raise Failure(_INTERNAL, log=log)
    media, body = _body(flow, response, returned)
    made = Answer(int(status), [("Content-Type", media)], body)
    for name, expression in response.get("responseParameters", {}).items():
        value = _response_value(flow, expression, returned)
        if value is not None:
            made.set_header(name.removeprefix("method.response.header."), value)
    return made


def _body(flow: Flow, response: Record, returned: Returned) -> tuple[str, bytes]:
    templates = response.get("responseTemplates", {})
    accept = (flow.header("accept") or "").partition(",")[0].partition(";")[0].strip().lower()
    media = accept if accept in templates else next(iter(templates), "application/json")
    body = returned.body
    if template := templates.get(media):
        try:
            body = render(template, names(flow, body.decode("utf-8", "replace"))).encode()
        except TemplateError as reason:
            raise Failure(_INTERNAL, log=f"{_TRANSFORM}response: {reason}") from reason
    if response.get("contentHandling") == "CONVERT_TO_BINARY":
        body = _decoded(body)
    return media, body


def _response_value(flow: Flow, expression: str, returned: Returned) -> str | None:
    if expression.startswith("'"):
        return expression[1:-1]
    root, _, rest = expression.partition(".")
    if root in ("context", "stageVariables"):
        return _request_value(flow, expression)
    place, _, name = rest.removeprefix("response.").partition(".")
    if place == "body" or place.startswith("body["):
        return _of_body(returned.body, rest.removeprefix("response.body"))
    return returned.headers.get(name.lower())


def status_of_mock(body: bytes) -> Any:
    """Return the statusCode that a mock's template writes."""
    try:
        found = json.loads(body)["statusCode"]
        return int(found)
    except (ValueError, TypeError, KeyError):
        log = (
            "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is "
            "defined in the request template."
        )
        raise Failure(_INTERNAL, log=log) from None
