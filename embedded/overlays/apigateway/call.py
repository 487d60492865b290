"""One call of the control plane: what it names, what it sends, and the records it may change."""

import base64
import copy
import secrets
import string
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded.book import Book, Record, Where
from embedded.layers import Below
from embedded.overlays.apigateway.faults import Fault, bad, missing
from embedded.overlays.apigateway.fields import limit, whole

_LETTERS = string.ascii_lowercase + string.digits


def new_id(length: int = 10) -> str:
    """Return an identifier as AWS makes them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def now() -> int:
    """Return the time in whole seconds, as AWS writes it."""
    return int(time.time())


@dataclass
class Call:
    """One call; `words` are the parts of the path by the names of botocore's model."""

    where: Where
    words: Mapping[str, str]
    query: Mapping[str, list[str]]
    asked: dict[str, Any]
    book: Book
    whole: Below
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    # Where deployed stages are called, as the client named this machine.
    host: str = ""

    def first(self, name: str) -> str:
        """Return a query parameter, empty when it was not sent."""
        return self.query.get(name, [""])[0]

    def api(self) -> Record:
        """Return a copy of the API's whole record, to be changed and saved."""
        name = self.words["restapi_id"]
        found = self.book.find("api", self.where, name)
        if found is None:
            raise Fault("NotFoundException", f"Invalid API identifier specified {self.where.account}:{name}")
        return copy.deepcopy(found)

    def save(self, api: Record) -> None:
        """Keep an API's record."""
        self.book.put("api", self.where, api["api"]["id"], api)

    def resource(self, api: Record) -> Record:
        """Return the resource that the path names."""
        return named(api["resources"], self.words["resource_id"], "Resource identifier")

    def method(self, api: Record) -> Record:
        """Return the method that the path names."""
        methods = self.resource(api)["resourceMethods"]
        return named(methods, self.words["http_method"].upper(), "Method identifier")

    def integration(self, api: Record) -> Record:
        """Return the method's integration."""
        found = self.method(api).get("methodIntegration")
        if found is None:
            raise missing("Integration identifier")
        return dict_of(found)

    def page(self, items: Iterable[Any]) -> dict[str, Any]:
        """Return the part of a list that is asked for, with the position of the next."""
        everything = list(items)
        size = limit(whole(self.first("limit") or 25))
        start = _position(self.first("position"))
        more = start + size < len(everything)
        token = {"position": base64.urlsafe_b64encode(str(start + size).encode()).decode()} if more else {}
        return {"item": everything[start : start + size], **token}


def dict_of(value: Any) -> Record:
    """Return what is known to be a record."""
    record: Record = value
    return record


def named(records: Mapping[str, Record], name: str, what: str) -> Record:
    """Return a record by its name, or raise NotFoundException."""
    found = records.get(name)
    if found is None:
        raise missing(what)
    return found


def _position(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except ValueError:
        raise bad("Invalid position parameter") from None
