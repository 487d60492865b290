"""What a request asks of the PartiQL editor, and what its page shows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from app import aws
from app.blueprints.dynamodb.service.partiql.judging import Judged
from app.blueprints.dynamodb.service.partiql.parameters import Parameter
from app.blueprints.dynamodb.service.partiql.running import MODES, Result
from app.blueprints.dynamodb.service.wire import Value, base64_of
from app.numbers import whole
from app.problems import refused

MOST_PAGE = 10**6 - 1
LONGEST_URL = 3500  # characters of a statement and its parameters that an address carries


@dataclass(frozen=True)
class Asked:
    """The text, how to send it, and where to go on; `fields` are `p.<n>` and `t.<n>`."""

    text: str
    mode: str = "each"
    next: str = ""
    page: int = 1
    sure: bool = False
    token: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Why nothing came of it; line and column count from 1, 0 where none is known."""

    title: str
    happened: str
    remedy: str
    code: str
    line: int = 0
    column: int = 0
    status: int = 422
    request_id: str = ""


@dataclass(frozen=True)
class Shown:
    """The editor's page; `state` is empty, elsewhere, parameters, post, ask or ran."""

    asked: Asked
    read_only: bool = False
    judged: tuple[Judged, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    given: Mapping[int, Value] = field(default_factory=dict)
    state: str = ""
    results: tuple[Result, ...] = ()
    next: str = ""
    fault: Fault | None = None

    @property
    def writes(self) -> bool:
        """Whether any statement changes something."""
        return any(not one.statement.reads for one in self.judged)

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        failed = any(result.failure for result in self.results)
        return self.fault.status if self.fault else 422 if failed else 200

    @property
    def share(self) -> str:
        """The address of this very page; empty for changes, next pages, and what is too long for one."""
        if self.writes or self.fault or self.state != "ran" or self.asked.next:
            return ""
        mode = {"mode": self.asked.mode} if self.asked.mode != "each" else {}
        fields: dict[str, Any] = {"statement": self.asked.text, **mode, **self.asked.fields}
        size = sum(len(str(value)) for value in fields.values())
        return url_for("dynamodb.partiql", **fields) if size <= LONGEST_URL else ""


def asked_of(fields: Mapping[str, str]) -> Asked:
    """Return what a form or an address asks."""
    mode = fields.get("mode", "each")
    return Asked(
        text=(fields.get("only") or fields.get("statement", "")).replace("\r\n", "\n"),
        mode=mode if mode in MODES else "each",
        next=fields.get("next", ""),
        page=whole(fields.get("page"), 1, MOST_PAGE) or 1,
        sure="sure" in fields,
        token=fields.get("token", "")[:36],
        fields={name: value for name, value in fields.items() if name.startswith(("p.", "t."))},
    )


def sealed(token: str, shown: Shown) -> str:
    """Return DynamoDB's NextToken, signed together with what it belongs to."""
    sealed: str | bytes = _serializer().dumps([_digest(shown), token])
    return sealed if isinstance(sealed, str) else sealed.decode()


def opened(text: str, shown: Shown) -> str:
    """Return the NextToken of this very statement. Refused for one of another statement, and for a forged one."""
    try:
        digest, token = _serializer().loads(text)
    except (BadSignature, ValueError):
        digest, token = "", ""
    if digest != _digest(shown) or len(shown.judged) != 1:
        happened = (
            "The next page belongs to another statement, to other parameters or to another region. Nothing was read."
        )
        raise refused(422, "Not the next page of this", happened, "Run the statement from its first page.", "NextToken")
    return str(token)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="dynamodb-next")


def _digest(shown: Shown) -> str:
    said = [
        aws.region(),
        aws.identity().account,
        [one.statement.text for one in shown.judged],
        sorted(shown.given.items()),
    ]
    return hashlib.sha256(json.dumps(said, default=base64_of).encode()).hexdigest()[:24]
