"""API Gateway: REST APIs that are deployed, called and tested for real. See the README beside this file."""

import inspect
import json
from typing import Any
from urllib.parse import unquote

from embedded.book import Book, Where
from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.overlays.apigateway import deployed, importing, operations, testing
from embedded.overlays.apigateway.call import Call
from embedded.overlays.apigateway.execution import Engine
from embedded.overlays.apigateway.faults import Fault, bad, refused
from embedded.overlays.apigateway.logs import Logs
from embedded.request import Request
from embedded.settings import Home
from embedded.stage_calls import SERVICE


class ApiGateway:
    """Answers everything that is API Gateway's: nothing of it is left to the emulator."""

    def __init__(self) -> None:
        self._book: Book | None = None
        self._engine: Engine | None = None
        self._logs = Logs()

    def matches(self, request: Request) -> bool:
        """Whether this is a call of the control plane or of a deployed stage."""
        return request.service in ("apigateway", SERVICE) or _by_template(request)

    async def begin(self, home: Home) -> None:
        """Read the records."""
        self._book = Book(home.state / "apigateway.sqlite")

    def reach(self, forward: Below) -> None:
        """Keep the way to the functions and the logs."""
        if self._book is not None:
            self._engine = Engine(self._book, forward.whole)

    async def end(self) -> None:
        """Write the last lines of the logs."""
        await self._logs.end()
        if self._book is not None:
            self._book.close()

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Answer one call."""
        if _by_template(request):
            return aws_error("query", "ValidationError", f"{refused('AWS::ApiGateway in a template').message}", 400)
        if self._engine is None:
            return aws_error("rest-json", "ServiceUnavailableException", "The embedded AWS is still starting.", 503)
        if request.service == SERVICE:
            return await deployed.answer(request, self._engine, self._logs)
        try:
            return await self._answer(request, self._engine)
        except Fault as fault:
            return aws_error("rest-json", fault.code, fault.message, fault.status)

    async def _answer(self, request: Request, engine: Engine) -> Response:
        call = Call(
            where=Where(request.account, request.region),
            words={},
            query=request.parameters,
            asked={},
            book=engine.book,
            whole=engine.whole,
            body=request.body,
            headers=request.headers,
            host=request.headers.get("host", ""),
        )
        status, made = await _made(request, call, engine)
        if isinstance(made, Response):
            return made
        body = b"" if made is None else json.dumps(made).encode()
        return Response(status, {"content-type": "application/json"}, body)


async def _made(request: Request, call: Call, engine: Engine) -> tuple[int, Any]:
    """Carry out an operation; return its status and its answer."""
    if request.method == "POST" and request.raw_path == "/restapis" and call.first("mode") == "import":
        return 201, importing.create(call)
    if request.method == "GET" and request.raw_path in operations.NONE:
        return 200, {operations.NONE[request.raw_path]: []}
    test = operations.TEST.fullmatch(request.raw_path) if request.method == "POST" else None
    found = operations.find(request.method, request.raw_path)
    if test is None and found is None:
        raise refused(f"This operation of API Gateway ({request.method} {request.path})")
    status, function, words = found or (200, None, {})
    call.words = {name: unquote(value) for name, value in (test.groupdict() if test else words).items()}
    if function is not importing.put:
        call.asked = _asked(request)
    if test is not None or function is None:
        return 200, await testing.test_invoke(call, engine)
    made = function(call)
    return status, await made if inspect.isawaitable(made) else made


def _asked(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        raise bad("Unable to parse the request body as JSON") from None
    if not isinstance(found, dict):
        raise bad("The request body must be an object")
    return found


def _by_template(request: Request) -> bool:
    """Whether a CloudFormation template makes APIs: they would be the emulator's, which no stage call reaches."""
    return request.service == "cloudformation" and b"ApiGateway" in request.body


overlay = ApiGateway()
