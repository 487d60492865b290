"""REST APIs: the list, one of them, and its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.execute_api import TEMPLATE_TAG
from app.problems import Refused, refused

PAGE = 500  # https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html: the most at once
COLUMNS = ("name", "id", "endpoint", "created", "description")


@dataclass(frozen=True)
class Api:
    """One REST API; `endpoint` is REGIONAL, EDGE or PRIVATE."""

    id: str
    name: str
    description: str
    endpoint: str
    created: datetime | None
    template: str = ""
    root: str = ""


@dataclass(frozen=True)
class Apis:
    """The APIs whose name, id or description has the text that was searched for."""

    apis: tuple[Api, ...]
    search: str = ""


def every(client: Any) -> Iterator[Api]:
    """Yield all REST APIs, page by page."""
    for page in client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": PAGE}):
        yield from (read(one) for one in page.get("items", []))


def listed(client: Any, search: str = "") -> Apis:
    """Return the APIs by name."""
    wanted = search.lower()
    found = [one for one in every(client) if wanted in f"{one.name} {one.id} {one.description}".lower()]
    return Apis(tuple(sorted(found, key=lambda one: (one.name.lower(), one.id))), search)


def read(answer: dict[str, Any]) -> Api:
    """Return an API as GetRestApi tells it."""
    kinds = (answer.get("endpointConfiguration") or {}).get("types") or ["EDGE"]
    tags = answer.get("tags") or {}
    about = answer.get("description") or ""
    return Api(
        answer["id"],
        answer.get("name", ""),
        about,
        kinds[0],
        answer.get("createdDate"),
        tags.get(TEMPLATE_TAG, ""),
        answer.get("rootResourceId", ""),
    )


def get(client: Any, api: str) -> Api:
    """Return one API; raises Refused where there is none."""
    try:
        return read(client.get_rest_api(restApiId=api))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            raise no_such(api) from error
        raise


def no_such(api: str) -> Refused:
    """Return the refusal of an API that is not there."""
    happened = f"No REST API has the id “{api}” in this account and region."
    return refused(404, "No such API", happened, "Look at the list; it may be in another region.", "NotFoundException")


def delete(client: Any, api: str) -> None:
    """Delete an API with its stages and deployments."""
    client.delete_rest_api(restApiId=api)
