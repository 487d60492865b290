"""CORS: an OPTIONS method answered by API Gateway itself, and headers on what browsers read.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
"""

import json
from typing import Any

from botocore.exceptions import ClientError

ORIGIN = "method.response.header.Access-Control-Allow-Origin"
METHODS = "method.response.header.Access-Control-Allow-Methods"
HEADERS = "method.response.header.Access-Control-Allow-Headers"
ALLOWED = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token"


def put(client: Any, api: str, resource: str, origins: str, verbs: list[str]) -> None:
    """Answer preflights of pages of one origin, or of any (`*`), for these verbs."""
    at = {"restApiId": api, "resourceId": resource, "httpMethod": "OPTIONS"}
    once(client.put_method, **at, authorizationType="NONE")
    client.put_integration(
        **at,
        type="MOCK",
        requestTemplates={"application/json": json.dumps({"statusCode": 200})},
        passthroughBehavior="WHEN_NO_MATCH",
    )
    told = {ORIGIN: f"'{origins}'", METHODS: f"'{','.join(['OPTIONS', *verbs])}'", HEADERS: f"'{ALLOWED}'"}
    once(
        client.put_method_response,
        **at,
        statusCode="200",
        responseParameters=dict.fromkeys(told, False),
        responseModels={"application/json": "Empty"},
    )
    client.put_integration_response(
        **at, statusCode="200", responseParameters=told, responseTemplates={"application/json": ""}
    )


def allow_on(client: Any, at: dict[str, str], status: str, origins: str) -> None:
    """Let one response of a method be read by pages of other origins: both boxes must say so."""
    for change in (client.update_method_response, client.update_integration_response):
        value = f"'{origins}'" if change == client.update_integration_response else "false"
        operation = {"op": "add", "path": f"/responseParameters/{ORIGIN}", "value": value}
        change(**at, statusCode=status, patchOperations=[operation])


def once(method: Any, **given: Any) -> None:
    """Make something that may be there already."""
    try:
        method(**given)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":
            raise


def judge(origin: str, verb: str, status: int, headers: dict[str, str]) -> str:
    """Return why a browser would not let a page of an origin send; empty where it would."""
    lower = {name.lower(): value for name, value in headers.items()}
    allowed = lower.get("access-control-allow-origin", "")
    if not 200 <= status < 300:
        return f"The preflight is answered with {status}; a browser wants 2xx before it sends anything."
    if allowed not in ("*", origin):
        said = f"It allows “{allowed}”" if allowed else "It has no Access-Control-Allow-Origin"
        return f"{said}, and the page comes from {origin}: the browser sends nothing."
    verbs = [one.strip().upper() for one in lower.get("access-control-allow-methods", "").split(",")]
    if verb not in (*verbs, "GET", "HEAD", "POST") and "*" not in verbs:
        return f"Access-Control-Allow-Methods does not name {verb}."
    if "content-type" not in lower.get("access-control-allow-headers", "").lower() and verb not in ("GET", "HEAD"):
        return "Access-Control-Allow-Headers does not name Content-Type, which JSON needs."
    return ""
