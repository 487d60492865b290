"""The third lane: a picture as base64 in JSON through API Gateway to a Lambda function, which stores it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app import execute_api
from app.blueprints.s3.service import media

EVENT = 6 * 1024 * 1024  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: an event at most
REQUEST = 10 * 1024 * 1024  # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: a body at most
PAGE = 500
STEP = 1024 * 1024
MOST_COMPARED = 32 * 1024 * 1024


@dataclass(frozen=True)
class FunctionLane:
    """Whether there is an API that stores pictures, and where; `why` says what is missing, with the page that helps."""

    ready: bool
    url: str = ""
    name: str = ""
    stage: str = ""
    why: str = ""
    help: str = execute_api.UPLOAD_PAGE
    event: int = EVENT
    request: int = REQUEST

    @property
    def origin(self) -> str:
        """The origin that the browser connects to."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if self.url else ""


def find(client: Any) -> FunctionLane:
    """Return the lane of the newest API that was made from the template, or has the book's name, and is deployed."""
    lane = FunctionLane(False, why="No API here takes pictures to S3 yet.")
    for api in _candidates(client):
        stages = client.get_stages(restApiId=api["id"]).get("item", [])
        page = f"/apigateway/{api['id']}/stages"
        if not stages:
            lane = FunctionLane(False, name=api["name"], why=f"The API {api['name']} is not deployed.", help=page)
            continue
        path = _path(client, api["id"])
        if path is None:
            lane = FunctionLane(False, name=api["name"], why=f"The API {api['name']} takes no POST.", help=page)
            continue
        newest = max(stages, key=lambda one: str(one.get("lastUpdatedDate") or ""))["stageName"]
        return FunctionLane(True, execute_api.base(client, api["id"], newest) + path, api["name"], newest)
    return lane


def _candidates(client: Any) -> list[dict[str, Any]]:
    found = [
        one
        for page in client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": PAGE})
        for one in page.get("items", [])
        if (one.get("tags") or {}).get(execute_api.TEMPLATE_TAG) == execute_api.UPLOAD
        or one.get("name") == execute_api.UPLOAD_NAME
    ]
    return sorted(found, key=lambda one: str(one.get("createdDate") or ""), reverse=True)


def _path(client: Any, api: str) -> str | None:
    pages = client.get_paginator("get_resources").paginate(
        restApiId=api, embed=["methods"], PaginationConfig={"PageSize": PAGE}
    )
    paths = [
        one["path"] for page in pages for one in page.get("items", []) if "POST" in (one.get("resourceMethods") or {})
    ]
    return min(paths, default=None)


@dataclass(frozen=True)
class Stored:
    """One object as it lies in the bucket: its bytes by their SHA-256, what it says it is, and what it is."""

    key: str
    size: int
    sha256: str
    says: str
    is_kind: str

    @property
    def honest(self) -> bool:
        """Whether its Content-Type is what its bytes are."""
        return self.says == self.is_kind


@dataclass(frozen=True)
class Compared:
    """Objects that should be one picture."""

    objects: tuple[Stored, ...]

    @property
    def equal(self) -> bool:
        """Whether all hold the same bytes."""
        return len({one.sha256 for one in self.objects}) == 1


def compare(client: Any, bucket: str, keys: list[str]) -> Compared:
    """Return objects with the digest of their bytes, read piece by piece."""
    return Compared(tuple(_stored(client, bucket, key) for key in keys))


def _stored(client: Any, bucket: str, key: str) -> Stored:
    answer = client.get_object(Bucket=bucket, Key=key)
    digest = hashlib.sha256()
    with answer["Body"] as body:
        for piece in _pieces(body):
            digest.update(piece)
    seen = media.inspect(client, bucket, key)
    return Stored(key, answer["ContentLength"], digest.hexdigest(), answer.get("ContentType", ""), seen.kind.type)


def _pieces(body: Any) -> Iterator[bytes]:
    left = MOST_COMPARED
    while left > 0 and (piece := body.read(min(STEP, left))):
        left -= len(piece)
        yield piece
