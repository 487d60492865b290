"""The layer where overlays answer: what the emulator only pretends is done for real, or refused."""

import importlib
import json
import logging
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from embedded import overlays as package
from embedded.asgi import App, Message, Receive, Scope, Send
from embedded.errors import Response, aws_error, refuse
from embedded.guard import answer
from embedded.host_lambda import Functions
from embedded.request import BodyRefusedError, DisconnectedError, Request
from embedded.settings import Home
from embedded.signing import ALGORITHM

logger = logging.getLogger("embedded.overlays")


class Below:
    """The emulator, as an overlay reaches it: through its own API.

    `whole` is the same with every overlay answering, as any client sees it: Lambda's answers, not the emulator's.
    """

    def __init__(self, app: App, whole: App | None = None) -> None:
        self._app, self._whole = app, whole

    @property
    def whole(self) -> "Below":
        """The way to everything that is answered here, overlays first."""
        return Below(self._whole or self._app)

    async def __call__(self, request: Request) -> Response:
        """Pass a request on and return the whole answer."""
        status, headers, chunks = 500, {}, []

        async def collect(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                chunks.append(message.get("body", b""))

        await self._app({**request.scope, "trellis.request": request}, request.replay, collect)
        headers.pop("content-length", None)
        return Response(status, headers, b"".join(chunks))

    async def json(self, request: Request, service: str, target: str, parameters: Any) -> tuple[int, Any]:
        """Call another operation of a JSON service as the same account and region; return status and answer."""
        response = await self(json_request(request, service, target, parameters))
        return response.status, json.loads(response.body or b"{}")


class Overlay(Protocol):
    """What a module in embedded/overlays exports as `overlay`."""

    def matches(self, request: Request, /) -> bool:
        """Whether this overlay wants to see the request; looks at headers, and at a body that was held."""

    async def handle(self, request: Request, forward: Below, /) -> Response | None:
        """Return the answer, or None to let the request pass on unchanged."""


@runtime_checkable
class Lasting(Protocol):
    """What an overlay has besides when it keeps something running."""

    async def begin(self, home: Home, /) -> None:
        """Start; what takes long goes on after the return."""

    async def end(self) -> None:
        """End in order, within seconds."""


@runtime_checkable
class Reaching(Protocol):
    """What an overlay has besides when it calls the emulator by itself, without a request."""

    def reach(self, forward: Below, /) -> None:
        """Keep the way to the emulator."""


@runtime_checkable
class Performing(Protocol):
    """What an overlay has besides when it runs Lambda functions."""

    def perform(self, functions: Functions, /) -> None:
        """Take over all functions, whoever calls them."""


@dataclass
class Overlaid:
    """The ASGI layer: the first overlay that answers wins, else the emulator does."""

    app: App
    overlays: Sequence[Overlay]

    def __post_init__(self) -> None:
        for overlay in self.overlays:
            if isinstance(overlay, Reaching):
                overlay.reach(Below(self.app, self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = scope.get("trellis.request")
        response = await self._answered(request) if isinstance(request, Request) else None
        if response is None or not isinstance(request, Request):
            await self.app(scope, receive, send)
        else:
            await answer(request, response, send)

    async def _answered(self, request: Request) -> Response | None:
        try:
            # All but objects are small, and the emulator reads them whole anyway.
            if request.service != "s3":
                await request.hold()
            for overlay in self.overlays:
                if overlay.matches(request) and (response := await overlay.handle(request, Below(self.app, self))):
                    return response
        except BodyRefusedError as error:
            return refuse(error.reason, request.protocol)
        except DisconnectedError:
            raise
        except Exception as error:
            logger.exception("An overlay failed on %s %s", request.service, request.operation)
            return aws_error(request.protocol, "InternalFailure", _failure(error), 500)
        return None


def _failure(error: Exception) -> str:
    """Say what failed, without paths, and what to do."""
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    where = "log/embedded.log in its state directory"
    return f"The embedded AWS failed ({type(error).__name__}{said}). Try again; if it fails again, {where} says why."


def discover() -> list[Overlay]:
    """Return the overlay of every module in embedded/overlays, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}").overlay for name in names]


async def begin(home: Home, functions: Functions) -> list[Overlay]:
    """Return the overlays, those that keep something running begun."""
    overlays = discover()
    for overlay in overlays:
        if isinstance(overlay, Lasting):
            await overlay.begin(home)
    for overlay in overlays:
        if isinstance(overlay, Performing):
            overlay.perform(functions)
    return overlays


async def end(overlays: Sequence[Overlay]) -> None:
    """Tell them to end what they run; one that fails holds up neither the others nor the last save."""
    for overlay in overlays:
        if isinstance(overlay, Lasting):
            try:
                await overlay.end()
            except Exception:
                logger.exception("An overlay did not end in order: %r", overlay)


def json_request(request: Request, service: str, target: str, parameters: Any) -> Request:
    """Return a request to a JSON service in the name of the account and region of another request."""
    body = json.dumps(parameters).encode()
    day = datetime.now(UTC).strftime("%Y%m%d")
    credential = f"{request.account}/{day}/{request.region}/{service}/aws4_request"
    fields = {
        "host": request.headers["host"],
        "content-type": "application/x-amz-json-1.1",
        "content-length": str(len(body)),
        "x-amz-target": target,
        "authorization": f"{ALGORITHM} Credential={credential}, SignedHeaders=host, Signature=proved",
    }
    headers = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
    scope = {**request.scope, "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "headers": headers}
    made = Request(scope, request.receive, service, request.region, request.account)
    made.keep(body, complete=True)
    return made
