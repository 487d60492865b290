"""One request on its way through the layers: what it says, and its body, held only where it must be."""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from embedded.asgi import Message, Receive, Scope, joined_headers
from embedded.errors import protocol_of

# A body whose hash is not claimed in a header must be read before its signature can be checked.
LONGEST_HELD = 256 * 1024 * 1024


class BodyRefusedError(Exception):
    """The body is not what the headers claim; `reason` is a key of errors.REFUSALS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DisconnectedError(Exception):
    """The client left before its body was complete."""


@dataclass
class Request:
    """A request and what was found out about it."""

    scope: Scope
    receive: Receive
    headers: dict[str, str] = field(init=False)
    service: str = ""
    region: str = ""
    account: str = ""
    # The part of the body that was read ahead, and whether that is all of it.
    held: list[bytes] = field(default_factory=list)
    complete: bool = False
    # Looks at each chunk as it passes; raises BodyRefusedError. The last call has more=False.
    inspect: Callable[[bytes, bool], None] | None = None
    refused: str = ""

    def __post_init__(self) -> None:
        self.headers = joined_headers(self.scope["headers"])

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.scope["method"])

    @property
    def raw_path(self) -> str:
        """The path as sent, still encoded."""
        return bytes(self.scope.get("raw_path") or b"/").partition(b"?")[0].decode("latin-1")

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path)

    @property
    def query(self) -> str:
        """The query string as sent."""
        return bytes(self.scope.get("query_string", b"")).decode("latin-1")

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query parameters, decoded."""
        return parse_qs(self.query, keep_blank_values=True)

    @property
    def protocol(self) -> str:
        """The wire protocol, see errors.protocol_of."""
        return protocol_of(self.service, self.headers)

    @property
    def operation(self) -> str:
        """AWS's name of the operation where the request states it, else an empty string (REST services)."""
        if target := self.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if self.protocol == "cbor":
            return self.path.rpartition("/")[2]
        if self.protocol in ("query", "ec2"):
            return self.form.get("Action", [""])[0]
        return self.parameters.get("Action", [""])[0]

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form-encoded body that was held."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def body(self) -> bytes:
        """The whole body, which must have been held first (`hold`)."""
        if not self.complete:
            raise RuntimeError("the body of this request was not held")
        if len(self.held) > 1:
            self.held = [b"".join(self.held)]
        return self.held[0] if self.held else b""

    async def chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield the body as it arrives: bytes, and whether more follow."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] != "http.request":
                raise DisconnectedError
            more = bool(message.get("more_body", False))
            yield message.get("body", b""), more

    def keep(self, chunk: bytes, *, complete: bool) -> None:
        """Keep a chunk that was read ahead, for the next layer."""
        self.held.append(chunk)
        self.complete = complete

    async def hold(self, limit: int = LONGEST_HELD) -> None:
        """Read the whole body, to look at it before it passes on; BodyRefusedError when larger than the limit."""
        if self.complete:
            return
        size = 0
        async for chunk, more in self.chunks():
            size += len(chunk)
            if size > limit:
                raise BodyRefusedError("too-large")
            if self.inspect is not None:
                self.inspect(chunk, more)
            self.keep(chunk, complete=not more)
        self.inspect = None

    def held_hash(self) -> str:
        """Return the SHA-256 of the held body in hexadecimal digits."""
        digest = hashlib.sha256()
        for chunk in self.held:
            digest.update(chunk)
        return digest.hexdigest()

    async def replay(self) -> Message:
        """Receive for the next layer: held chunks first and given up one by one, then what still arrives.

        A body that turns out not to be as claimed looks like a client that left: nothing is stored, and
        `refused` says why.
        """
        if self.held:
            chunk = self.held.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(self.held) or not self.complete}
        message: dict[str, Any] = dict(await self.receive())
        if self.inspect is not None and message["type"] == "http.request":
            try:
                self.inspect(message.get("body", b""), bool(message.get("more_body", False)))
            except BodyRefusedError as error:
                self.refused = error.reason
                return {"type": "http.disconnect"}
        return message
