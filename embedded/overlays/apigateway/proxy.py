"""Proxy integration: the request as an event, and the function's own answer."""

import base64
import binascii
import json
import re
from typing import Any

from embedded.overlays.apigateway import context
from embedded.overlays.apigateway.flow import Answer, Failure, Flow, several, single
from embedded.overlays.apigateway.functions import Returned

_MALFORMED = "Execution failed due to configuration error: Malformed Lambda proxy response"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# What API Gateway answers itself; a function's own goes by another name.
_REMAPPED = {"connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
             "proxy-authenticate", "server", "te", "trailer", "upgrade", "user-agent", "www-authenticate"}  # fmt: skip


def event(flow: Flow) -> dict[str, Any]:
    """Return the event that the function gets."""
    binary = flow.is_binary(flow.content_type) and bool(flow.body)
    body = base64.b64encode(flow.body).decode() if binary else flow.body.decode("utf-8", "replace")
    return {
        "resource": flow.resource["path"],
        "path": flow.path,
        "httpMethod": flow.verb,
        "headers": single(flow.headers) or None,
        "multiValueHeaders": several(flow.headers) or None,
        "queryStringParameters": single(flow.query) or None,
        "multiValueQueryStringParameters": several(flow.query) or None,
        "pathParameters": flow.path_parameters or None,
        "stageVariables": flow.variables or None,
        "requestContext": request_context(flow),
        "body": body or None,
        "isBase64Encoded": binary,
    }


def request_context(flow: Flow) -> dict[str, Any]:
    """Return the event's requestContext."""
    known = context.names(flow)
    shown = ("resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId",
             "protocol", "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName",
             "apiId")  # fmt: skip
    made = {name: known[name] for name in shown}
    made["identity"] = {**known["identity"], "accessKey": None, "principalOrgId": None}
    if flow.authorizer:
        made["authorizer"] = flow.authorizer
    return made


def answer(flow: Flow, returned: Returned) -> Answer:
    """Return the function's answer, or 502 where it is none."""
    if returned.failed:
        request_id = returned.headers.get("x-amzn-requestid", "")
        raise _failure(
            f"Lambda execution failed with status 200 due to customer function error: {returned.message()}. "
            f"Lambda request id: {request_id}"
        )
    try:
        found = json.loads(returned.body)
    except ValueError:
        raise _failure(_MALFORMED) from None
    if not isinstance(found, dict):
        raise _failure(_MALFORMED)
    made = Answer(_status(found.get("statusCode")), _headers(found), _body(flow, found))
    if not made.header("content-type"):
        made.headers.append(("Content-Type", "application/json"))
    return made


def _failure(log: str) -> Failure:
    return Failure("API_CONFIGURATION_ERROR", log=log, status=502)


def _status(value: Any) -> int:
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
        raise _failure(_MALFORMED)
    return value


def _headers(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the headers, those with several values once for each."""
    plain, many = found.get("headers") or {}, found.get("multiValueHeaders") or {}
    if not isinstance(plain, dict) or not isinstance(many, dict):
        raise _failure(_MALFORMED)
    pairs: list[tuple[str, Any]] = []
    for name, values in many.items():
        if not isinstance(values, list):
            raise _failure(_MALFORMED)
        pairs += [(name, value) for value in values]
    taken = {name.lower() for name in many}
    pairs += [(name, value) for name, value in plain.items() if name.lower() not in taken]
    return [_header(name, value) for name, value in pairs if name.lower() != "transfer-encoding"]


def _header(name: str, value: Any) -> tuple[str, str]:
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, bool | int | float) else None
    if text is None or not _NAME.fullmatch(name) or not _VALUE.fullmatch(text):
        raise _failure(_MALFORMED)
    return (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name), text


def _body(flow: Flow, found: dict[str, Any]) -> bytes:
    body, encoded = found.get("body"), found.get("isBase64Encoded", False)
    if body is None:
        return b""
    if not isinstance(body, str) or not isinstance(encoded, bool):
        raise _failure(_MALFORMED)
    accept = (flow.header("accept") or "").partition(",")[0]
    if not encoded or not (flow.is_binary(accept) or flow.is_binary("*/*")):
        # As on AWS: base64 stays text where the API does not take what the client accepts for bytes.
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise _failure(_MALFORMED) from None
