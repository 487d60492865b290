"""RDS: no database server stands behind it yet, so nothing that would claim one is accepted."""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

# What would answer "available" with nothing listening.
STARTING = ("CreateDBInstance", "CreateDBCluster", "CreateDBProxy", "CreateGlobalCluster", "CreateBlueGreen")
VERBS = ("Start", "Restore", "Reboot", "Failover", "Promote", "Switchover", "CopyDB", "CreateDBSnapshot")
NOT_SERVERS = ("CreateDBClusterParameterGroup", "CopyDBParameterGroup", "CopyDBClusterParameterGroup")


class Rds:
    """Refuses to create, start or restore databases."""

    def matches(self, request: Request) -> bool:
        """Whether this would bring up a database."""
        operation = request.operation if request.service == "rds" else ""
        return operation.startswith((*STARTING, *VERBS)) and not operation.startswith(NOT_SERVERS)

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse it with the code for what is not offered."""
        sentence = f"{request.operation} is not available: the embedded AWS has no database servers yet."
        return aws_error("query", "UnsupportedOperation", sentence)


overlay = Rds()
