"""One call to RDS: who asks, what for, and the records that the asker may see."""

from dataclasses import dataclass

from embedded.overlays.rds.lifecycle import Servers
from embedded.overlays.rds.parameters import Fault, Parameters
from embedded.overlays.rds.records import Book, Instance, Snapshot
from embedded.request import Request


@dataclass(frozen=True)
class Call:
    """A call, in the account and region that signed it."""

    request: Request
    parameters: Parameters
    servers: Servers

    @property
    def account(self) -> str:
        """The caller's account."""
        return self.request.account

    @property
    def region(self) -> str:
        """The region that was called."""
        return self.request.region

    @property
    def book(self) -> Book:
        """Every record."""
        return self.servers.book

    def instances(self) -> list[Instance]:
        """Return the caller's instances."""
        return [one for one in self.book.instances if (one.account, one.region) == (self.account, self.region)]

    def snapshots(self) -> list[Snapshot]:
        """Return the caller's snapshots."""
        return [one for one in self.book.snapshots if (one.account, one.region) == (self.account, self.region)]

    def instance(self) -> Instance:
        """Return the instance that the call names, by identifier or ARN."""
        name = self.parameters.required("DBInstanceIdentifier")
        for one in self.instances():
            if name.lower() == one.identifier or name == one.arn:
                return one
        raise Fault("DBInstanceNotFound", f"DBInstance {name[:80]} not found.", 404)

    def snapshot(self) -> Snapshot:
        """Return the snapshot that the call names, by identifier or ARN."""
        name = self.parameters.required("DBSnapshotIdentifier")
        for one in self.snapshots():
            if name.lower() == one.identifier or name == one.arn:
                return one
        raise Fault("DBSnapshotNotFound", f"DBSnapshot {name[:80]} not found.", 404)

    def demand(self, instance: Instance, *states: str) -> None:
        """Refuse what an instance cannot do in its present state."""
        if instance.status not in states:
            wanted = " or ".join(states)
            message = f"Instance {instance.identifier} is not in {wanted} state: it is {instance.status}."
            raise Fault("InvalidDBInstanceState", message)
