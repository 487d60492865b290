"""Lambda: functions that really run. See the README beside this file."""

import asyncio
import json
import logging
from typing import Any

from embedded.book import Book, Where
from embedded.emulator import Emulator
from embedded.errors import Response
from embedded.functions.calls import TRACE
from embedded.host_lambda import Functions
from embedded.layers import Below
from embedded.overlays.awslambda import checks, links, notifications
from embedded.overlays.awslambda.engine import Engine
from embedded.overlays.awslambda.events import Events
from embedded.overlays.awslambda.faults import Fault, not_here
from embedded.overlays.awslambda.invoking import invoke
from embedded.overlays.awslambda.options import read_options
from embedded.overlays.awslambda.routes import Route, route
from embedded.request import Request
from embedded.settings import Home

logger = logging.getLogger("embedded.awslambda")
REAP_SECONDS = 15.0
LINKED = ("GetFunction", "GetLayerVersion", "PublishLayerVersion")
# What the emulator plays: an answer without the thing.
NOT_HERE = {
    "InvokeWithResponseStream": ("A streamed response", "Use Invoke."),
    "InvokeAsync": ("InvokeAsync", 'Use Invoke with the invocation type "Event".'),
    "PutProvisionedConcurrencyConfig": ("Provisioned concurrency", "Reserved concurrency is there."),
    "PutFunctionCodeSigningConfig": ("Code signing", "Leave it out."),
    "CreateFunctionUrlConfig": ("A function URL", "Put API Gateway before the function, or use Invoke."),
    "UpdateFunctionUrlConfig": ("A function URL", "Put API Gateway before the function, or use Invoke."),
    "PutRuntimeManagementConfig": ("Runtime management", "All functions run on the interpreter at hand."),
    "PutFunctionScalingConfig": ("A scaling configuration", "Reserved concurrency is there."),
    "UpdateFunctionEventInvokeConfig": ("UpdateFunctionEventInvokeConfig", "Use PutFunctionEventInvokeConfig."),
}


class Lambda:
    """Runs every function, and refuses what would only pretend to; what there is of functions is the emulator's."""

    def __init__(self) -> None:
        self._home: Home | None = None
        self._forward: Below | None = None
        self._engine: Engine | None = None
        self._functions: Functions | None = None
        self._events: Events | None = None
        self._reaping: asyncio.Task[None] | None = None

    def matches(self, request: Request) -> bool:
        """Whether this is a call to Lambda, a bucket's notifications, or a request that a function may have made."""
        wanted = request.service == "lambda" or "x-amzn-trace-id" in request.headers
        return wanted or notifications.configures(request) or links.asks(request)

    async def begin(self, home: Home) -> None:
        """Remove what an earlier run left."""
        loop = asyncio.get_running_loop()
        self._home, self._engine = home, Engine(home, loop)
        self._events = Events(self._engine, Book(home.state / "lambda.sqlite"), home)
        self._reaping = loop.create_task(self._reap(self._engine, read_options(home).idle_seconds))

    def reach(self, forward: Below) -> None:
        """Keep the way to the emulator."""
        self._forward = forward
        if self._engine is not None:
            self._engine.reach(forward)

    def perform(self, functions: Functions) -> None:
        """Run every function from now on, and go on with the events that wait."""
        self._functions = functions
        if self._engine is not None and self._events is not None:
            self._events.begin(functions)
            self._engine.noted = functions.note
            functions.hand_over(self._engine.run, self._events.take)

    async def end(self) -> None:
        """End every function; events that wait go on at the next start."""
        if self._reaping is not None:
            self._reaping.cancel()
        if self._events is not None:
            await self._events.close()
        if self._engine is not None:
            await asyncio.to_thread(self._engine.close)

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer one call, or let it pass."""
        # Whoever is called because of this request can tell how it came about.
        TRACE.set(request.headers.get("x-amzn-trace-id", ""))
        try:
            if request.service == "s3":
                return await self._bucket(request)
            if request.service == "lambda":
                return await self._answer(request, forward, route(request))
        except Fault as fault:
            return fault.response()
        return None

    async def _bucket(self, request: Request) -> Response | None:
        if links.asks(request) and self._functions is not None:
            return links.answer(request, self._functions)
        if notifications.configures(request):
            await request.hold()
            return await notifications.check(request, self._emulator(request))
        return None

    async def _answer(self, request: Request, forward: Below, asked: Route) -> Response | None:
        operation = asked.operation
        if operation in NOT_HERE:
            raise not_here(*NOT_HERE[operation])
        if operation == "Invoke":
            return await invoke(request, forward, asked, self._emulator(request))
        if operation in LINKED and self._home is not None:
            return links.linked(await forward(request), request, self._home)
        if operation in ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"):
            await self._check(operation, _json(request), self._emulator(request))
        elif operation in ("CreateAlias", "UpdateAlias") and (
            (_json(request).get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        ):
            raise not_here("An alias with weights", "Point the alias to one version.")
        elif operation == "CreateEventSourceMapping":
            checks.check_source(_json(request).get("EventSourceArn"))
        if operation not in ("UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction"):
            return None
        response = await forward(request)
        if response.status < 300 and self._engine is not None:
            where = Where(request.account, request.region)
            await asyncio.to_thread(self._engine.pool.forget, where, asked.name)
        return response

    async def _check(self, operation: str, asked: dict[str, Any], emulator: Emulator) -> None:
        checks.check_settings(asked)
        if operation != "UpdateFunctionConfiguration":
            checks.check_code(operation, asked if operation == "UpdateFunctionCode" else asked.get("Code") or {})
        if operation == "CreateFunction" or asked.get("Role"):
            await checks.check_role(asked.get("Role"), emulator)

    def _emulator(self, request: Request) -> Emulator:
        if self._forward is None or self._home is None:
            raise Fault("ServiceException", "The embedded AWS is still starting.", 500)
        return Emulator(self._forward, Where(request.account, request.region), self._home.last_port())

    @staticmethod
    async def _reap(engine: Engine, idle: float) -> None:
        while True:
            await asyncio.sleep(min(REAP_SECONDS, idle / 4))
            try:
                await asyncio.to_thread(engine.pool.reap, idle)
            except Exception:
                logger.exception("Environments that wait too long could not be ended.")


def _json(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Fault("InvalidRequestContentException", f"Could not parse request body into json: {error}") from error
    if not isinstance(found, dict):
        raise Fault("InvalidRequestContentException", "Could not parse request body into json: it is no object")
    return found


overlay = Lambda()
