"""What is not deployed yet: the methods of an API as they are now beside those that a stage serves (GetExport)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.blueprints.apigateway.service.tree import Answer, Integration, Method, Resource, methods

VERBS = {"get", "post", "put", "patch", "delete", "options", "head"}
ANY = "x-amazon-apigateway-any-method"
PLACES = {"query": "querystring", "header": "header"}  # those of the path stand in it, declared or not
INTEGRATION = "x-amazon-apigateway-integration"
WORDS = {
    "key": "API key",
    "parameters": "parameters",
    "models": "models of the body",
    "answers": "responses",
    "type": "integration",
    "uri": "what is called",
    "passthrough": "passthrough",
    "templates": "mapping templates",
    "mapped": "mapped parameters",
    "returned": "integration responses",
    "timeout": "timeout",
    "credentials": "role",
}


@dataclass(frozen=True)
class Change:
    """One method that differs; `kind` is added, changed or removed, `what` says in which parts."""

    kind: str
    label: str
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """All that differs between a stage and the API as it is."""

    stage: str
    changes: tuple[Change, ...]

    def of(self, kind: str) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(one for one in self.changes if one.kind == kind)


def exported(client: Any, api: str, stage: str) -> dict[str, Any]:
    """Return what a stage serves, as OpenAPI 3 with API Gateway's extensions."""
    answer = client.get_export(
        restApiId=api,
        stageName=stage,
        exportType="oas30",
        parameters={"extensions": "apigateway"},
        accepts="application/json",
    )
    found: dict[str, Any] = json.loads(answer["body"].read())
    return found


def compare(stage: str, tree: tuple[Resource, ...], served: dict[str, Any]) -> Difference:
    """Return the methods that were added, changed or removed since a stage was deployed."""
    now = {one.label: _now(one) for one in methods(tree)}
    then = dict(_operations(served))
    made = [Change("added", label) for label in now if label not in then]
    made += [Change("removed", label) for label in then if label not in now]
    for label in now.keys() & then.keys():
        parts = tuple(WORDS[key] for key, value in now[label].items() if value != then[label].get(key))
        if parts:
            made.append(Change("changed", label, parts))
    return Difference(stage, tuple(sorted(made, key=lambda one: (one.label.partition(" ")[2], one.label))))


def _now(one: Method) -> dict[str, Any]:
    facts = {
        "key": one.key_required,
        "parameters": {
            name.removeprefix("method.request."): needed
            for name, needed in one.parameters.items()
            if ".path." not in name
        },
        "models": one.models,
        "answers": _plain_answers({a.status: _headers(a.parameters) for a in one.answers}),
    }
    return facts | (_behind(one.integration) if one.integration else {})


def _headers(parameters: dict[str, Any]) -> list[str]:
    return sorted(name.rpartition(".")[2].lower() for name in parameters)


def _plain_answers(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out a 200 without headers, which an export has also where the method has no response."""
    return {status: headers for status, headers in found.items() if headers or status != "200"}


def _behind(one: Integration) -> dict[str, Any]:
    return {
        "type": one.type.lower(),
        "uri": one.uri,
        "passthrough": (one.passthrough or "WHEN_NO_MATCH").lower(),
        "templates": one.templates,
        "mapped": one.parameters,
        "returned": _returned(one.answers),
        "timeout": one.timeout,
        "credentials": one.credentials,
    }


def _returned(answers: tuple[Answer, ...]) -> dict[str, Any]:
    return {
        a.pattern or "default": [a.status, a.parameters, {name: text for name, text in a.templates.items() if text}]
        for a in answers
    }


def _operations(served: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in (served.get("paths") or {}).items():
        for verb, operation in item.items():
            if verb in VERBS or verb == ANY:
                yield f"{'ANY' if verb == ANY else verb.upper()} {path}", _then(operation)


def _then(operation: dict[str, Any]) -> dict[str, Any]:
    parameters = {
        f"{PLACES[one['in']]}.{one['name']}": bool(one.get("required"))
        for one in operation.get("parameters") or []
        if one.get("in") in PLACES
    }
    bodies = (operation.get("requestBody") or {}).get("content") or {}
    responses = operation.get("responses") or {}
    facts = {
        "key": any("api_key" in one for one in operation.get("security") or []),
        "parameters": parameters,
        "models": {kind: _model(one) for kind, one in bodies.items()},
        "answers": _plain_answers(
            {s: sorted(h.lower() for h in one.get("headers") or {}) for s, one in responses.items()}
        ),
    }
    return facts | (_served_behind(operation[INTEGRATION]) if operation.get(INTEGRATION) else {})


def _model(content: dict[str, Any]) -> str:
    return str((content.get("schema") or {}).get("$ref", "")).rpartition("/")[2]


def _served_behind(one: dict[str, Any]) -> dict[str, Any]:
    answers = one.get("responses") or {}
    return {
        "type": str(one.get("type", "")).lower(),
        "uri": one.get("uri") or "",
        "passthrough": str(one.get("passthroughBehavior") or "when_no_match").lower(),
        "templates": dict(one.get("requestTemplates") or {}),
        "mapped": dict(one.get("requestParameters") or {}),
        "returned": {
            pattern: [
                str(a.get("statusCode", "")),
                dict(a.get("responseParameters") or {}),
                {name: text for name, text in (a.get("responseTemplates") or {}).items() if text},
            ]
            for pattern, a in answers.items()
        },
        "timeout": int(one.get("timeoutInMillis") or 29000),
        "credentials": one.get("credentials") or "",
    }
