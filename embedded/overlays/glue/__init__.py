"""Glue: jobs that run, triggers that fire, crawlers that look. See the README beside this file."""

import inspect
import json
import logging
from collections.abc import Callable
from typing import Any

from embedded.book import Book, Where
from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.overlays.glue import catalogue, crawlers, jobs, runs, triggers, workflows
from embedded.overlays.glue.asked import Fault
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.clock import Clock
from embedded.overlays.glue.crawling import Crawling
from embedded.overlays.glue.engine import Engine
from embedded.overlays.glue.firing import Firing
from embedded.request import Request
from embedded.settings import Home

logger = logging.getLogger("embedded.glue")
OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "BatchCreatePartition": catalogue.create_partition,
    "BatchGetCrawlers": crawlers.batch_get,
    "BatchGetJobs": jobs.batch_get,
    "BatchGetTriggers": triggers.batch_get,
    "BatchGetWorkflows": workflows.batch_get,
    "BatchStopJobRun": runs.stop,
    "CreateCrawler": crawlers.create,
    "CreateJob": jobs.create,
    "CreatePartition": catalogue.create_partition,
    "CreateTrigger": triggers.create,
    "CreateWorkflow": workflows.create,
    "DeleteCrawler": crawlers.delete,
    "DeleteJob": jobs.delete,
    "DeleteTrigger": triggers.delete,
    "DeleteWorkflow": workflows.delete,
    "GetCrawler": crawlers.get,
    "GetCrawlerMetrics": crawlers.metrics,
    "GetCrawlers": crawlers.get_all,
    "GetDatabases": catalogue.databases,
    "GetJob": jobs.get,
    "GetJobBookmark": runs.bookmark,
    "GetJobRun": runs.get,
    "GetJobRuns": runs.get_all,
    "GetJobs": jobs.get_all,
    "GetPartitions": catalogue.partitions,
    "GetTables": catalogue.tables,
    "GetTrigger": triggers.get,
    "GetTriggers": triggers.get_all,
    "GetWorkflow": workflows.get,
    "GetWorkflowRuns": workflows.runs,
    "ListCrawlers": crawlers.names,
    "ListJobs": jobs.names,
    "ListTriggers": triggers.names,
    "ListWorkflows": workflows.names,
    "ResetJobBookmark": runs.bookmark,
    "StartCrawler": crawlers.start,
    "StartCrawlerSchedule": crawlers.start_schedule,
    "StartJobRun": runs.start,
    "StartTrigger": triggers.start,
    "StartWorkflowRun": workflows.start,
    "StopCrawler": crawlers.stop,
    "StopCrawlerSchedule": crawlers.stop_schedule,
    "StopTrigger": triggers.stop,
    "UpdateCrawler": crawlers.update,
    "UpdateCrawlerSchedule": crawlers.update_schedule,
    "UpdateJob": jobs.update,
    "UpdateTrigger": triggers.update,
    "UpdateWorkflow": workflows.update,
}
OTHER = "{operation} is not available: the embedded AWS does not do this, and pretends nothing."


class Glue:
    """Answers what runs, and refuses what would only pretend to; the Data Catalog's records are the emulator's."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self._firing: Firing | None = None
        self._crawling: Crawling | None = None

    def matches(self, request: Request) -> bool:
        """Whether this is a call to Glue that is answered here."""
        return request.service == "glue" and (request.operation in OPERATIONS or request.operation.startswith("Start"))

    async def begin(self, home: Home) -> None:
        """Read the records; runs that a crash cut off have failed."""
        self.engine = Engine(Book(home.state / "glue.sqlite"), home)
        self._firing = Firing(self.engine, Clock(self.engine.options))
        self._crawling = Crawling(self.engine, self._firing)
        self.engine.resume()
        self._crawling.resume()
        self._firing.begin()

    def reach(self, forward: Below) -> None:
        """Keep the way to the emulator, for what runs by itself."""
        if self.engine is not None:
            self.engine.reach(forward)

    async def end(self) -> None:
        """End what runs."""
        if self.engine is not None and self._firing is not None and self._crawling is not None:
            self._firing.end()
            await self._crawling.close()
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
        if function is None:
            raise Fault("InvalidInputException", OTHER.format(operation=request.operation))
        if self.engine is None or self._firing is None or self._crawling is None:
            raise Fault("OperationTimeoutException", "The embedded AWS is still starting.")
        try:
            asked = json.loads(request.body or b"{}")
        except ValueError as error:
            raise Fault("SerializationException", "The body is not JSON.") from error
        where = Where(request.account, request.region)
        answer = function(Call(where, asked, self.engine, self._firing, self._crawling))
        return await answer if inspect.isawaitable(answer) else answer


overlay = Glue()
