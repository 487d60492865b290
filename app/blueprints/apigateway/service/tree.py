"""The resources of an API with their methods, and what each method does: four boxes from the caller to the function."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PAGE = 500
KINDS = {
    "AWS_PROXY": "Lambda, proxy",
    "AWS": "Lambda, non-proxy",
    "MOCK": "Mock",
    "HTTP": "HTTP, non-proxy",
    "HTTP_PROXY": "HTTP, proxy",
}


@dataclass(frozen=True)
class Answer:
    """One response of an integration or of a method; `pattern` selects it, the empty one is the default."""

    status: str
    pattern: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Integration:
    """What stands behind a method; `type` is AWS's own word, `timeout` milliseconds."""

    type: str
    uri: str = ""
    verb: str = ""
    passthrough: str = ""
    templates: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    timeout: int = 29000
    credentials: str = ""
    content: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def kind(self) -> str:
        """The type in words."""
        if self.type in ("AWS", "AWS_PROXY") and not self.function:
            return "AWS service"
        return KINDS.get(self.type, self.type)

    @property
    def proxy(self) -> bool:
        """Whether the whole request is handed on, and the answer taken as it comes."""
        return self.type.endswith("_PROXY")

    @property
    def function(self) -> str:
        """The name of the Lambda function, with its qualifier if it has one; empty for all else."""
        return self.function_arn.partition(":function:")[2]

    @property
    def function_arn(self) -> str:
        """The ARN of the Lambda function inside the URI."""
        found = self.uri.partition("/functions/")[2]
        return found.removesuffix("/invocations")


@dataclass(frozen=True)
class Method:
    """One method of a resource, with all that its four boxes say."""

    resource: str
    path: str
    verb: str
    authorization: str
    key_required: bool
    validator: str
    parameters: dict[str, bool]
    models: dict[str, str]
    answers: tuple[Answer, ...]
    integration: Integration | None

    @property
    def label(self) -> str:
        """The verb and the path."""
        return f"{self.verb} {self.path}"


@dataclass(frozen=True)
class Resource:
    """One resource: its place in the tree is its path; `depth` counts from the root."""

    id: str
    path: str
    parent: str
    part: str
    methods: tuple[Method, ...]

    @property
    def depth(self) -> int:
        """How deep it lies under the root."""
        return 0 if self.path == "/" else self.path.count("/")


def resources(client: Any, api: str) -> tuple[Resource, ...]:
    """Return all resources with their methods, parents before children: one paginated call."""
    pages = client.get_paginator("get_resources").paginate(
        restApiId=api, embed=["methods"], PaginationConfig={"PageSize": PAGE}
    )
    found = [_resource(one) for page in pages for one in page.get("items", [])]
    return tuple(sorted(found, key=lambda one: one.path.strip("/").split("/") if one.path != "/" else []))


def methods(tree: tuple[Resource, ...]) -> Iterator[Method]:
    """Yield every method of a tree."""
    for one in tree:
        yield from one.methods


def find(tree: tuple[Resource, ...], resource: str, verb: str) -> Method | None:
    """Return a method by its resource's id and its verb."""
    return next((one for one in methods(tree) if one.resource == resource and one.verb == verb), None)


def _resource(answer: dict[str, Any]) -> Resource:
    found = answer.get("resourceMethods") or {}
    place, path = answer["id"], answer.get("path", "/")
    return Resource(
        place,
        path,
        answer.get("parentId", ""),
        answer.get("pathPart", ""),
        tuple(_method(place, path, verb, found[verb] or {}) for verb in sorted(found)),
    )


def _method(place: str, path: str, verb: str, answer: dict[str, Any]) -> Method:
    return Method(
        place,
        path,
        verb,
        answer.get("authorizationType") or "NONE",
        bool(answer.get("apiKeyRequired")),
        answer.get("requestValidatorId") or "",
        dict(answer.get("requestParameters") or {}),
        dict(answer.get("requestModels") or {}),
        _answers(answer.get("methodResponses")),
        _integration(answer.get("methodIntegration")),
    )


def _integration(answer: dict[str, Any] | None) -> Integration | None:
    if not answer:
        return None
    return Integration(
        answer.get("type", ""),
        answer.get("uri") or "",
        answer.get("httpMethod") or "",
        answer.get("passthroughBehavior") or "",
        dict(answer.get("requestTemplates") or {}),
        dict(answer.get("requestParameters") or {}),
        int(answer.get("timeoutInMillis") or 29000),
        answer.get("credentials") or "",
        answer.get("contentHandling") or "",
        _answers(answer.get("integrationResponses")),
    )


def _answers(found: dict[str, dict[str, Any]] | None) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            status,
            one.get("selectionPattern") or "",
            dict(one.get("responseParameters") or {}),
            {name: text or "" for name, text in (one.get("responseTemplates") or {}).items()},
            dict(one.get("responseModels") or {}),
        )
        for status, one in sorted((found or {}).items())
    )
