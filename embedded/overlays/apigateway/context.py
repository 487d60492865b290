"""`$context`: what templates, gateway responses, access logs and functions are told of a request."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from embedded.overlays.apigateway.flow import TEST_STAGE, Flow

_LOGGED = re.compile(r"\$context((?:\.[A-Za-z_][\w-]*)+)")


def names(flow: Flow) -> dict[str, Any]:
    """Return the variables by name; those below another are maps."""
    at = datetime.fromtimestamp(flow.started, UTC)
    return {
        "accountId": flow.where.account,
        "apiId": flow.api_id,
        "awsEndpointRequestId": flow.integration.get("requestId", ""),
        "authorizer": flow.authorizer,
        "domainName": "testPrefix.testDomainName" if flow.test else flow.host,
        "domainPrefix": "testPrefix" if flow.test else flow.api_id,
        "error": flow.error,
        "extendedRequestId": flow.extended_id,
        "httpMethod": flow.verb,
        "identity": identity(flow),
        "integration": flow.integration,
        "integrationErrorMessage": flow.integration.get("error", ""),
        "integrationLatency": flow.integration.get("latency", ""),
        "integrationStatus": flow.integration.get("integrationStatus", ""),
        "path": full_path(flow),
        "protocol": "HTTP/1.1",
        "requestId": flow.request_id,
        "requestTime": f"{at:%d/%b/%Y:%H:%M:%S} +0000",
        "requestTimeEpoch": int(flow.started * 1000),
        "resourceId": flow.resource.get("id", ""),
        "resourcePath": flow.resource.get("path", ""),
        "stage": flow.stage["stageName"],
    }


def full_path(flow: Flow) -> str:
    """Return the path with the stage before it, as AWS's address has it; a test has none."""
    return flow.path if flow.stage["stageName"] == TEST_STAGE else f"/{flow.stage['stageName']}{flow.path}"


def identity(flow: Flow) -> dict[str, Any]:
    """Return who calls, as far as that is known."""
    key = flow.key or {}
    nobody = ("accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType", "cognitoIdentityId",
              "cognitoIdentityPoolId", "user", "userArn")  # fmt: skip
    found: dict[str, Any] = {name: None for name in nobody}
    if flow.test:
        found.update(apiKey="test-invoke-api-key", apiKeyId="test-invoke-api-key-id")
        found.update(sourceIp="test-invoke-source-ip", userAgent=flow.header("user-agent"))
        return found
    if key:
        found.update(apiKey=key["value"], apiKeyId=key["id"])
    return {**found, "sourceIp": flow.source_ip, "userAgent": flow.header("user-agent")}


def inside(values: Any, path: str) -> Any:
    """Return what a dotted path names, or None."""
    for part in path.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def written(value: Any) -> str:
    """Return a variable as it is written: empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value)


def log_line(flow: Flow, layout: str, status: int, length: int, latency: int) -> str:
    """Return a line of the access log; what has no value is a hyphen."""
    known = {**names(flow), "status": status, "responseLength": length, "responseLatency": latency}
    return _LOGGED.sub(lambda found: written(inside(known, found.group(1)[1:])) or "-", layout.rstrip("\n"))
