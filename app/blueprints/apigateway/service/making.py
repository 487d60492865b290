"""A whole API by one form: each step is known by name, may be done twice, and can be undone."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.apigateway.service import cors, functions, stages
from app.blueprints.apigateway.service.functions import Caller
from app.execute_api import PIXEL, TEMPLATE_TAG, UPLOAD, UPLOAD_NAME

Clients = dict[str, Any]
FAILED = r"(.|\n)+"  # any error's message, over several lines
ERROR_TEMPLATE = '{"message": "The function failed. Its log says why."}'


@dataclass(frozen=True)
class Template:
    """What a template fills in; `recipe` names the one of Lambda's create page that fits it."""

    name: str
    title: str
    about: str
    path: str = "/"
    verb: str = "POST"
    proxy: bool = False
    function: str = ""
    recipe: str = ""
    sample: str = "{}"


TEMPLATES = {
    "own": Template("", "Your own", "A method in front of a function of yours.", proxy=True),
    "sum": Template(
        "SumUp",
        "Sum",
        "Two numbers in, their sum out.",
        function="SumUpLambda",
        recipe="sum",
        sample='{"Number1": 10, "Number2": 15}',
    ),
    UPLOAD: Template(
        UPLOAD_NAME,
        "Upload an image",
        "A picture as base64 in JSON becomes an object in a bucket.",
        function=UPLOAD_NAME,
        recipe="image",
        sample=f'{{"image_base64": "{PIXEL}", "bucket": "python-book-image", "s3_file_name": "pixel.png"}}',
    ),
}


def sample(template: str, name: str) -> str:
    """Return a body to begin with, for an API made by a template or, by hand, under a template's name."""
    named = (one for one in TEMPLATES.values() if one.name and one.name == name)
    found = TEMPLATES.get(template) or next(named, None)
    return found.sample if found else "{}"


@dataclass(frozen=True)
class Draft:
    """What the form says; `api` is the id of an API whose steps began already."""

    template: str = "own"
    name: str = ""
    path: str = "/"
    verb: str = "POST"
    function: str = ""
    proxy: bool = False
    cors: bool = True
    origins: str = "*"
    errors: bool = True
    stage: str = "dev"
    api: str = ""
    description: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The steps in their order."""
        optional = {"responses": not self.proxy, "cors": self.cors, "deploy": bool(self.stage)}
        return tuple(one for one in STEPS if optional.get(one, True))


@dataclass(frozen=True)
class Progress:
    """How far it went: the steps that are done, and the one that failed."""

    draft: Draft
    done: tuple[str, ...] = ()
    failed: str = ""
    places: dict[str, str] = field(default_factory=dict)


def run(clients: Clients, draft: Draft, account: str) -> tuple[Progress, ClientError | None]:
    """Do all steps; returns how far it went, and AWS's refusal if there was one."""
    progress = Progress(draft, places={"account": account})
    for name in draft.wanted:
        try:
            progress = STEPS[name][1](clients, progress)
        except ClientError as error:
            return replace(progress, failed=name), error
        progress = replace(progress, done=(*progress.done, name))
    return progress, None


def undo(clients: Clients, draft: Draft, account: str) -> None:
    """Take back what was made: the API with all that is in it, and the permission."""
    if draft.function and draft.api:
        functions.forbid(clients["lambda"], draft.function, caller(clients, draft, account))
    if draft.api:
        clients["apigateway"].delete_rest_api(restApiId=draft.api)


def caller(clients: Clients, draft: Draft, account: str) -> Caller:
    """Return the method that the draft makes, as a permission names it."""
    meta = clients["apigateway"].meta
    return Caller(meta.region_name, account, draft.api, draft.verb, draft.path, meta.partition)


def _api(clients: Clients, progress: Progress) -> Progress:
    draft = progress.draft
    if draft.api:
        return progress
    tags = {} if draft.template == "own" else {"tags": {TEMPLATE_TAG: draft.template}}
    told = {"description": draft.description} if draft.description else {}
    made = clients["apigateway"].create_rest_api(
        name=draft.name, endpointConfiguration={"types": ["REGIONAL"]}, **told, **tags
    )
    return replace(progress, draft=replace(draft, api=made["id"]))


def _resource(clients: Clients, progress: Progress) -> Progress:
    client, api = clients["apigateway"], progress.draft.api
    pages = client.get_paginator("get_resources").paginate(restApiId=api)
    there = {one.get("path", "/"): one["id"] for page in pages for one in page.get("items", [])}
    place, path = there["/"], ""
    for part in filter(None, progress.draft.path.split("/")):
        path = f"{path}/{part}"
        if path not in there:
            there[path] = client.create_resource(restApiId=api, parentId=place, pathPart=part)["id"]
        place = there[path]
    return replace(progress, places={**progress.places, "resource": place})


def _at(progress: Progress) -> dict[str, str]:
    draft = progress.draft
    return {"restApiId": draft.api, "resourceId": progress.places["resource"], "httpMethod": draft.verb}


def _method(clients: Clients, progress: Progress) -> Progress:
    cors.once(clients["apigateway"].put_method, **_at(progress), authorizationType="NONE", apiKeyRequired=False)
    return progress


def _integration(clients: Clients, progress: Progress) -> Progress:
    draft, client = progress.draft, clients["apigateway"]
    arn = clients["lambda"].get_function_configuration(FunctionName=draft.function)["FunctionArn"]
    client.put_integration(
        **_at(progress),
        type="AWS_PROXY" if draft.proxy else "AWS",
        integrationHttpMethod="POST",
        uri=functions.uri(client, arn),
        passthroughBehavior="WHEN_NO_MATCH",
    )
    return progress


def _responses(clients: Clients, progress: Progress) -> Progress:
    client, draft, at = clients["apigateway"], progress.draft, _at(progress)
    allowing = {cors.ORIGIN: f"'{draft.origins}'"} if draft.cors else {}
    answers: list[tuple[str, dict[str, Any]]] = [("200", {})]
    if draft.errors:
        answers.append(("500", {"selectionPattern": FAILED, "responseTemplates": {"application/json": ERROR_TEMPLATE}}))
    for status, more in answers:
        shape: dict[str, Any] = {"responseModels": {"application/json": "Empty" if status == "200" else "Error"}}
        if allowing:
            shape["responseParameters"] = dict.fromkeys(allowing, False)
            more["responseParameters"] = allowing
        cors.once(client.put_method_response, **at, statusCode=status, **shape)
        client.put_integration_response(**at, statusCode=status, **more)
    return progress


def _cors(clients: Clients, progress: Progress) -> Progress:
    draft = progress.draft
    cors.put(clients["apigateway"], draft.api, progress.places["resource"], draft.origins, [draft.verb])
    return progress


def _permission(clients: Clients, progress: Progress) -> Progress:
    draft = progress.draft
    functions.allow(clients["lambda"], draft.function, caller(clients, draft, progress.places["account"]))
    return progress


def _deploy(clients: Clients, progress: Progress) -> Progress:
    draft = progress.draft
    stages.deploy(clients["apigateway"], draft.api, draft.stage, "Made by the form")
    return progress


Step = Callable[[Clients, Progress], Progress]
STEPS: dict[str, tuple[str, Step]] = {
    "api": ("The API, regional", _api),
    "resource": ("The resource at the path", _resource),
    "method": ("The method", _method),
    "integration": ("Its integration with the function", _integration),
    "responses": ("The responses 200 and 500", _responses),
    "cors": ("OPTIONS, so that browsers may call it", _cors),
    "permission": ("The permission to call the function", _permission),
    "deploy": ("The deployment to the stage", _deploy),
}
