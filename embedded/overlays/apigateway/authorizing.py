"""Lambda authorizers: TOKEN and REQUEST, their policy read, their decision kept as long as they say."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from embedded.book import Record
from embedded.layers import Below
from embedded.overlays.apigateway import context, functions, patterns
from embedded.overlays.apigateway.flow import Failure, Flow, several, single

_CONFIGURATION = "Execution failed due to configuration error: "


@dataclass
class Decisions:
    """What authorizers decided, by authorizer and identity, until it is too old."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[Any, tuple[float, Record]] = field(default_factory=dict)

    def find(self, name: Any) -> Record | None:
        """Return a decision that still holds."""
        until, answer = self._kept.get(name, (0.0, {}))
        return answer if until > self.clock() else None

    def keep(self, name: Any, answer: Record, seconds: float) -> None:
        """Keep a decision; the oldest make room."""
        if len(self._kept) > 1000:
            self._kept.clear()
        self._kept[name] = (self.clock() + seconds, answer)


async def authorize(flow: Flow, whole: Below, decisions: Decisions) -> None:
    """Ask the method's authorizer, where it has one."""
    if flow.method.get("authorizationType") != "CUSTOM":
        return
    authorizer = flow.api["authorizers"].get(flow.method.get("authorizerId") or "")
    if authorizer is None:
        raise Failure("AUTHORIZER_CONFIGURATION_ERROR", log=f"{_CONFIGURATION}the authorizer is missing")
    identity = _identity(flow, authorizer)
    name = (flow.where, flow.api_id, flow.stage["stageName"], authorizer["id"], flow.stage["deploymentId"], identity)
    answer = decisions.find(name)
    if answer is None:
        answer = await _asked(flow, authorizer, identity, whole)
        seconds = authorizer.get("authorizerResultTtlInSeconds", 300)
        if seconds and identity:
            decisions.keep(name, answer, seconds)
    _decide(flow, answer)


def _identity(flow: Flow, authorizer: Record) -> tuple[str, ...]:
    """Return the values by which the caller is known; without one of them nobody is asked."""
    found = []
    for source in filter(None, (part.strip() for part in authorizer.get("identitySource", "").split(","))):
        value = _value(flow, source)
        pattern = authorizer.get("identityValidationExpression")
        if not value or (pattern and not patterns.fits(pattern, value)):
            raise Failure("UNAUTHORIZED", log=f"Unauthorized: {source} is missing, or not as it must be")
        found.append(value)
    return tuple(found)


def _value(flow: Flow, source: str) -> str | None:
    root, _, rest = source.partition(".")
    if root == "stageVariables":
        return flow.variables.get(rest)
    if root == "context":
        return context.written(context.inside(context.names(flow), rest)) or None
    place, _, name = rest.removeprefix("request.").partition(".")
    return flow.named_values(place, name)


async def _asked(flow: Flow, authorizer: Record, identity: tuple[str, ...], whole: Below) -> Record:
    function = functions.parse(authorizer["authorizerUri"], flow.variables)
    source = (
        f"arn:aws:execute-api:{flow.where.region}:{flow.where.account}:{flow.api_id}/authorizers/{authorizer['id']}"
    )
    if function is None or not await functions.allowed(whole, function, source, flow.where.account):
        raise Failure("AUTHORIZER_CONFIGURATION_ERROR", log=functions.NO_PERMISSION)
    payload = json.dumps(_event(flow, authorizer, identity)).encode()
    returned = await functions.invoke(whole, function, payload, "RequestResponse")
    if returned.failed and returned.message() == "Unauthorized":
        raise Failure("UNAUTHORIZED", log="Unauthorized request: the authorizer raised Unauthorized")
    try:
        answer = json.loads(returned.body)
    except ValueError:
        answer = None
    if returned.failed or not isinstance(answer, dict) or not isinstance(answer.get("policyDocument"), dict):
        log = f"{_CONFIGURATION}Authorizer error: {returned.message() or 'the answer is not a policy'}"
        raise Failure("AUTHORIZER_CONFIGURATION_ERROR", log=log)
    return answer


def _event(flow: Flow, authorizer: Record, identity: tuple[str, ...]) -> Record:
    if authorizer["type"] == "TOKEN":
        return {"type": "TOKEN", "authorizationToken": identity[0], "methodArn": flow.arn()}
    # Imported here: proxy and this module are both parts of one request's way.
    from embedded.overlays.apigateway.proxy import request_context

    return {
        "type": "REQUEST",
        "methodArn": flow.arn(),
        "resource": flow.resource["path"],
        "path": flow.path,
        "httpMethod": flow.verb,
        "headers": single(flow.headers),
        "multiValueHeaders": several(flow.headers),
        "queryStringParameters": single(flow.query),
        "multiValueQueryStringParameters": several(flow.query),
        "pathParameters": flow.path_parameters,
        "stageVariables": flow.variables,
        "requestContext": request_context(flow),
    }


def _decide(flow: Flow, answer: Record) -> None:
    found = answer.get("context") or {}
    flow.authorizer = {**{key: _plain(value) for key, value in found.items()}, "principalId": answer.get("principalId")}
    statements = answer["policyDocument"].get("Statement") or []
    effects = {
        one.get("Effect")
        for one in (statements if isinstance(statements, list) else [statements])
        if _covers(one, flow.arn())
    }
    if "Deny" in effects:
        raise Failure("ACCESS_DENIED", "User is not authorized to access this resource with an explicit deny")
    if "Allow" not in effects:
        raise Failure("ACCESS_DENIED")


def _covers(statement: Record, arn: str) -> bool:
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    return any(_like(one.lower(), "execute-api:invoke") for one in actions) and any(
        _like(one, arn) for one in resources
    )


def _like(pattern: str, text: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return patterns.fits("".join(parts), text)


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _plain(value: Any) -> Any:
    """Return a value of the context as functions are told it: always a text."""
    return value if isinstance(value, str) or value is None else json.dumps(value)
