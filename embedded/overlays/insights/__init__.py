"""Logs Insights: queries that are really run over the stored events. See the README beside this file."""

import inspect
from collections.abc import Callable
from typing import Any

from embedded.errors import Response
from embedded.layers import Below
from embedded.log_calls import Fault, answer
from embedded.overlays.insights import definitions, discovery, running
from embedded.overlays.insights.queries import Queries
from embedded.request import Request
from embedded.settings import Home

OPERATIONS: dict[str, Callable[..., Any]] = {
    "StartQuery": running.start,
    "GetQueryResults": running.results,
    "StopQuery": running.stop,
    "DescribeQueries": running.describe,
    "PutQueryDefinition": definitions.put,
    "DescribeQueryDefinitions": definitions.describe,
    "DeleteQueryDefinition": definitions.delete,
    "GetLogGroupFields": discovery.group_fields,
    "GetLogRecord": discovery.record,
}


class Insights:
    """Answers the calls of Logs Insights."""

    def __init__(self) -> None:
        self.home: Home | None = None
        self.queries: Queries | None = None

    def matches(self, request: Request) -> bool:
        """Whether this is a call of Logs Insights."""
        return request.service == "logs" and request.operation in OPERATIONS

    async def begin(self, home: Home) -> None:
        """Read the records; the process that runs queries begins with the first of them."""
        self.home, self.queries = home, Queries(home.state)

    async def end(self) -> None:
        """End the process."""
        if self.queries is not None:
            await self.queries.close()

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer one call."""
        try:
            if self.queries is None or self.home is None:
                raise Fault("ServiceUnavailableException", "The embedded AWS is still starting.")
            found = OPERATIONS[request.operation](running.Call(request, forward, self.home.state, self.queries))
            result = await found if inspect.isawaitable(found) else found
            return result if isinstance(result, Response) else answer(result)
        except Fault as fault:
            return fault.response()


overlay = Insights()
