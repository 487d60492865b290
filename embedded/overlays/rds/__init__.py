"""RDS: DB instances that are real database servers. See the README beside this file."""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.overlays.rds import ending, instances, snapshots, various, xml
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.lifecycle import Servers
from embedded.overlays.rds.parameters import Fault, Parameters
from embedded.overlays.rds.records import Book
from embedded.overlays.rds.resume import resume
from embedded.request import Request
from embedded.settings import Home
from embedded.state import Store

logger = logging.getLogger("embedded.rds")
OPERATIONS: dict[str, Callable[..., Any]] = {
    "CreateDBInstance": instances.create,
    "CreateDBSnapshot": snapshots.create,
    "DeleteDBInstance": ending.delete,
    "DeleteDBSnapshot": snapshots.delete,
    "DescribeDBInstances": instances.describe,
    "DescribeDBSnapshots": snapshots.describe,
    "ModifyDBInstance": instances.modify,
    "RebootDBInstance": instances.reboot,
    "RestoreDBInstanceFromDBSnapshot": snapshots.restore,
    "StartDBInstance": instances.start,
    "StopDBInstance": ending.stop,
    **various.OPERATIONS,
}
# These also speak to another service.
WITH_EMULATOR = ("CreateDBInstance", "DeleteDBInstance")


class Rds:
    """Answers every call to RDS: nothing reaches the emulator, which only plays a database."""

    def __init__(self) -> None:
        self.servers: Servers | None = None

    def matches(self, request: Request) -> bool:
        """Whether this is a call to RDS."""
        return request.service == "rds"

    async def begin(self, home: Home) -> None:
        """Read the records, and bring back every instance that was not stopped; does not wait for them."""
        book = Book(Store(home.state))
        book.load()
        self.servers = Servers(home.state, home.log.parent / "rds", book)
        resume(self.servers)

    async def end(self) -> None:
        """End every server in order."""
        if self.servers is not None:
            await self.servers.close()

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer one call."""
        operation = request.operation
        try:
            return xml.document(operation, await self._answer(operation, request, forward))
        except Fault as fault:
            return aws_error("query", fault.code, fault.message, fault.status)

    async def _answer(self, operation: str, request: Request, forward: Below) -> Any:
        if self.servers is None:
            raise Fault("ServiceUnavailable", "The embedded AWS is still starting.", 503)
        fields = request.form if request.protocol == "query" else request.parameters
        call = Call(request, Parameters(fields), self.servers)
        if operation in various.EMPTY:
            return various.empty(call, operation)
        function = OPERATIONS.get(operation)
        if function is None:
            only = "the embedded AWS has single DB instances with their snapshots, events and tags"
            raise Fault("UnsupportedOperation", f"{operation or 'This'} is not available: {only}.")
        found = function(call, forward) if operation in WITH_EMULATOR else function(call)
        return await found if inspect.isawaitable(found) else found


overlay = Rds()
