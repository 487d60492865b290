"""Which operation a path and a verb of the control plane are, by the addresses of AWS's own model."""

import re
from collections.abc import Callable
from typing import Any

from embedded.overlays.apigateway import (
    account,
    apis,
    authorizers,
    deployments,
    export,
    gateway_responses,
    importing,
    integrations,
    keys,
    methods,
    models,
    plans,
    resources,
    stages,
)

_API = "/restapis/{restapi_id}"
_RESOURCE = f"{_API}/resources/{{resource_id}}"
_METHOD = f"{_RESOURCE}/methods/{{http_method}}"
_RESPONSE = f"{_METHOD}/responses/{{status_code}}"
_BACK = f"{_METHOD}/integration/responses/{{status_code}}"
_STAGE = f"{_API}/stages/{{stage_name}}"
_PLAN = "/usageplans/{usageplanId}"
_PLAN_KEY = f"{_PLAN}/keys/{{keyId}}"


def _family(base: str, one: str, status: int, **functions: Any) -> list[tuple[str, str, int, Any]]:
    """Return the usual five: create and list at `base`, get, update and delete at `one`."""
    places = {"create": ("POST", base, 201), "get_all": ("GET", base, 200), "get": ("GET", one, 200),
              "put": ("PUT", one, 201), "update": ("PATCH", one, 200), "delete": ("DELETE", one, status)}  # fmt: skip
    return [(*places[name], function) for name, function in functions.items()]


def _of(module: Any, *names: str, after: str = "") -> dict[str, Any]:
    return {name: getattr(module, f"{name}{after}") for name in names}


_ALL = ("create", "get_all", "get", "update", "delete")
_ONE = ("put", "get", "update", "delete")
TABLE: list[tuple[str, str, int, Callable[..., Any]]] = [
    ("GET", "/account", 200, account.get),
    ("PATCH", "/account", 200, account.update),
    ("GET", "/tags/{resource_arn}", 200, account.tags),
    ("PUT", "/tags/{resource_arn}", 204, account.tag),
    ("DELETE", "/tags/{resource_arn}", 204, account.untag),
    *_family("/restapis", _API, 202, **_of(apis, *_ALL)),
    ("PUT", _API, 200, importing.put),
    *_family(f"{_API}/resources", _RESOURCE, 202, **_of(resources, "get_all", "get", "update", "delete")),
    ("POST", f"{_API}/resources/{{parent_id}}", 201, resources.create),
    *_family("", _METHOD, 204, **_of(methods, *_ONE)),
    *_family("", _RESPONSE, 204, **_of(methods, *_ONE, after="_response")),
    *_family("", f"{_METHOD}/integration", 204, **_of(integrations, *_ONE)),
    *_family("", _BACK, 204, **_of(integrations, *_ONE, after="_response")),
    *_family(f"{_API}/models", f"{_API}/models/{{model_name}}", 202, **_of(models, *_ALL)),
    ("POST", f"{_API}/requestvalidators", 201, models.create_validator),
    ("GET", f"{_API}/requestvalidators", 200, models.get_validators),
    *_family(
        "", f"{_API}/requestvalidators/{{requestvalidator_id}}", 202,
        **_of(models, "get", "update", "delete", after="_validator"),
    ),
    *_family(f"{_API}/authorizers", f"{_API}/authorizers/{{authorizer_id}}", 202, **_of(authorizers, *_ALL)),
    *_family(f"{_API}/deployments", f"{_API}/deployments/{{deployment_id}}", 202, **_of(deployments, *_ALL)),
    *_family(f"{_API}/stages", _STAGE, 202, **_of(stages, *_ALL)),
    ("DELETE", f"{_STAGE}/cache/data", 202, stages.nothing_cached),
    ("GET", f"{_STAGE}/exports/{{export_type}}", 200, export.export),
    ("GET", f"{_API}/gatewayresponses", 200, gateway_responses.get_all),
    *_family("", f"{_API}/gatewayresponses/{{response_type}}", 202, **_of(gateway_responses, *_ONE)),
    *_family("/apikeys", "/apikeys/{api_Key}", 202, **_of(keys, *_ALL)),
    *_family("/usageplans", _PLAN, 202, **_of(plans, *_ALL)),
    ("POST", f"{_PLAN}/keys", 201, plans.add_key),
    ("GET", f"{_PLAN}/keys", 200, plans.get_keys),
    ("GET", _PLAN_KEY, 200, plans.get_key),
    ("DELETE", _PLAN_KEY, 202, plans.remove_key),
    ("GET", f"{_PLAN}/usage", 200, plans.get_usage),
    ("PATCH", f"{_PLAN_KEY}/usage", 200, plans.update_usage),
]  # fmt: skip
# Of these there are none: their lists are empty, and everything else about them is refused.
NONE = {
    "/v2/apis": "items",
    "/v2/domainnames": "items",
    "/v2/vpclinks": "items",
    "/domainnames": "item",
    "/vpclinks": "item",
    "/clientcertificates": "item",
}
TEST = re.compile(f"{_METHOD}".replace("{", "(?P<").replace("}", ">[^/]+)"))


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


_PATTERNS = [(verb, _pattern(template), status, function) for verb, template, status, function in TABLE]


def find(verb: str, raw_path: str) -> tuple[int, Callable[..., Any], dict[str, str]] | None:
    """Return status, function and the path's words (still encoded) of an operation that is done here."""
    for wanted, pattern, status, function in _PATTERNS:
        found = pattern.fullmatch(raw_path) if wanted == verb else None
        if found is not None:
            return status, function, found.groupdict()
    return None
