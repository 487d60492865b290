"""Glue: jobs that run, triggers that fire, crawlers that look. See the README beside this file."""

import inspect
import json
import logging
from collections.abc import Callable
from typing import Any

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.overlays.glue import jobs, runs
from embedded.overlays.glue.asked import Fault, Where
from embedded.overlays.glue.book import Book
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.engine import Engine
from embedded.request import Request
from embedded.settings import Home

logger = logging.getLogger("embedded.glue")
OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "BatchGetJobs": jobs.batch_get,
    "BatchStopJobRun": runs.stop,
    "CreateJob": jobs.create,
    "DeleteJob": jobs.delete,
    "GetJob": jobs.get,
    "GetJobBookmark": runs.bookmark,
    "GetJobRun": runs.get,
    "GetJobRuns": runs.get_all,
    "GetJobs": jobs.get_all,
    "ListJobs": jobs.names,
    "ResetJobBookmark": runs.bookmark,
    "StartJobRun": runs.start,
    "UpdateJob": jobs.update,
}
OTHER = "{operation} is not available: the embedded AWS does not do this, and pretends nothing."


class Glue:
    """Answers what runs, and refuses what would only pretend to; the Data Catalog's records are the emulator's."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self._forward: Below | None = None

    def matches(self, request: Request) -> bool:
        """Whether this is a call to Glue that is answered here."""
        return request.service == "glue" and (request.operation in OPERATIONS or request.operation.startswith("Start"))

    async def begin(self, home: Home) -> None:
        """Read the records; runs that a crash cut off have failed."""
        self.engine = Engine(Book(home.state / "glue.sqlite"), home)
        self.engine.resume()

    def reach(self, forward: Below) -> None:
        """Keep the way to the emulator, for what runs by itself."""
        if self.engine is not None:
            self.engine.reach(forward)

    async def end(self) -> None:
        """End what runs."""
        if self.engine is not None:
            await self.engine.close()

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Answer one call."""
        try:
            answer = await self._answer(request)
        except Fault as fault:
            return aws_error("json", fault.code, fault.message)
        return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(answer).encode())

    async def _answer(self, request: Request) -> Any:
        function = OPERATIONS.get(request.operation)
        if function is None or self.engine is None:
            raise Fault("InvalidInputException", OTHER.format(operation=request.operation))
        try:
            asked = json.loads(request.body or b"{}")
        except ValueError as error:
            raise Fault("SerializationException", "The body is not JSON.") from error
        answer = function(Call(Where(request.account, request.region), asked, self.engine))
        return await answer if inspect.isawaitable(answer) else answer


overlay = Glue()
