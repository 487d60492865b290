"""One request on its way through a method: what it says, what was found, and how it ends."""

import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from embedded.book import Record, Where
from embedded.overlays.apigateway.journal import Journal

Pairs = Sequence[tuple[str, str]]
TEST_STAGE = "test-invoke-stage"


class Failure(Exception):
    """An end before the answer: a gateway response, and what the execution log says of it."""

    def __init__(self, kind: str, message: str = "", *, log: str = "", status: int = 0) -> None:
        super().__init__(message or kind)
        self.kind, self.message, self.log, self.status = kind, message, log, status


@dataclass
class Answer:
    """What the client gets."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, empty when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def set_header(self, name: str, value: str) -> None:
        """Put a header in the place of the one of that name."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()] + [(name, value)]


@dataclass
class Flow:
    """One request."""

    where: Where
    # The API as it was deployed, or as it is now where it is only tested.
    api: Record
    stage: Record
    verb: str
    path: str
    query: Pairs
    headers: Pairs
    body: bytes
    host: str = ""
    source_ip: str = "127.0.0.1"
    test: bool = False
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_id: str = field(default_factory=lambda: f"{uuid.uuid4().hex[:15]}=")
    started: float = field(default_factory=time.time)
    journal: Journal = field(init=False)
    # What is found on the way.
    resource: Record = field(default_factory=dict)
    method: Record = field(default_factory=dict)
    path_parameters: dict[str, str] = field(default_factory=dict)
    key: Record | None = None
    authorizer: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=dict)
    integration: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.journal = Journal(self.request_id)

    @property
    def variables(self) -> dict[str, str]:
        """The stage's variables."""
        return dict(self.stage.get("variables") or {})

    @property
    def api_id(self) -> str:
        """The API's identifier."""
        return str(self.api["api"]["id"])

    def header(self, name: str) -> str | None:
        """Return the last value of a header, by any case of its name."""
        return last(self.headers, name, any_case=True)

    def named_values(self, place: str, name: str) -> str | None:
        """Return a parameter by its place: header, querystring, path."""
        if place == "path":
            return self.path_parameters.get(name)
        return self.header(name) if place == "header" else last(self.query, name)

    @property
    def content_type(self) -> str:
        """The body's media type, as a template is chosen by it."""
        return (self.header("content-type") or "application/json").partition(";")[0].strip().lower()

    def is_binary(self, media_type: str) -> bool:
        """Whether the API treats a media type as bytes."""
        wanted = media_type.partition(";")[0].strip().lower()
        return any(_media(one, wanted) for one in self.api["api"].get("binaryMediaTypes", []))

    def arn(self) -> str:
        """Return the ARN of the method that is called, as permissions name it."""
        place = f"{self.api_id}/{self.stage['stageName']}/{self.verb}{self.path}"
        return f"arn:aws:execute-api:{self.where.region}:{self.where.account}:{place}"


def _media(pattern: str, wanted: str) -> bool:
    return re.fullmatch(re.escape(pattern.lower()).replace(r"\*", ".*"), wanted) is not None


def last(pairs: Pairs, name: str, *, any_case: bool = False) -> str | None:
    """Return the last value of a name."""
    for key, value in reversed(pairs):
        if key == name or (any_case and key.lower() == name.lower()):
            return value
    return None


def single(pairs: Pairs) -> dict[str, str]:
    """Return each name with its last value."""
    return dict(pairs)


def several(pairs: Pairs) -> dict[str, list[str]]:
    """Return each name with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def query_pairs(text: str) -> list[tuple[str, str]]:
    """Return the parameters of a query string."""
    return parse_qsl(text, keep_blank_values=True)
