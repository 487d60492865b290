"""Which operation of Lambda a request is: the service has paths instead of names."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from embedded.request import Request

_FUNCTION = re.compile(r"/\d{4}-\d\d-\d\d/functions/(?P<name>[^/]+)(?P<rest>(/[^?]*)?)")
_LAYER = re.compile(r"/\d{4}-\d\d-\d\d/layers(/[^/]+/versions(/\d+)?)?/?$")
_NAMED = {
    ("POST", "/invocations"): "Invoke",
    ("POST", "/invoke-async"): "InvokeAsync",
    ("POST", "/response-streaming-invocations"): "InvokeWithResponseStream",
    ("PUT", "/code"): "UpdateFunctionCode",
    ("PUT", "/configuration"): "UpdateFunctionConfiguration",
    ("DELETE", ""): "DeleteFunction",
    ("GET", ""): "GetFunction",
    ("POST", "/aliases"): "CreateAlias",
    ("PUT", "/provisioned-concurrency"): "PutProvisionedConcurrencyConfig",
    ("PUT", "/code-signing-config"): "PutFunctionCodeSigningConfig",
    ("POST", "/url"): "CreateFunctionUrlConfig",
    ("PUT", "/url"): "UpdateFunctionUrlConfig",
    ("PUT", "/runtime-management-config"): "PutRuntimeManagementConfig",
    ("PUT", "/function-scaling-config"): "PutFunctionScalingConfig",
    ("POST", "/event-invoke-config"): "UpdateFunctionEventInvokeConfig",
}


class Route(NamedTuple):
    """An operation, and the function that it is about (name, qualifier; empty where there is none)."""

    operation: str
    name: str = ""
    qualifier: str = ""


def route(request: Request) -> Route:
    """Return the operation, with an empty name where none of those that are looked at here is asked for."""
    path = unquote(request.raw_path)
    if request.method == "POST" and re.fullmatch(r"/\d{4}-\d\d-\d\d/functions/?", path):
        return Route("CreateFunction")
    if request.method in ("POST", "PUT") and re.match(r"/\d{4}-\d\d-\d\d/event-source-mappings", path):
        return Route("CreateEventSourceMapping")
    if _LAYER.match(path):
        return Route("PublishLayerVersion" if request.method == "POST" else "GetLayerVersion")
    found = _FUNCTION.fullmatch(path)
    if found is None:
        return Route("")
    name, qualifier = _split(found["name"])
    qualifier = qualifier or request.parameters.get("Qualifier", [""])[0]
    rest = found["rest"].rstrip("/")
    if request.method == "PUT" and re.fullmatch(r"/aliases/[^/]+", rest):
        return Route("UpdateAlias", name, qualifier)
    return Route(_NAMED.get((request.method, rest), ""), name, qualifier)


def _split(named: str) -> tuple[str, str]:
    """Return name and qualifier of a name, an ARN or a part of one."""
    parts = named.split(":")
    if "function" in parts:
        parts = parts[parts.index("function") + 1 :]
    return parts[0], parts[1] if len(parts) > 1 else ""
