"""Stopping and deleting instances, with the snapshots that are asked for before."""

from typing import Any

from embedded.layers import Below
from embedded.overlays.rds import managed, rules, show, snapshots
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.instances import DELETE
from embedded.overlays.rds.lifecycle import Servers
from embedded.overlays.rds.parameters import Fault
from embedded.overlays.rds.records import Instance, Snapshot


def stop(call: Call) -> dict[str, Any]:
    """StopDBInstance: the server ends, its data stays; it starts again only when told to."""
    call.parameters.allow("DBInstanceIdentifier", "DBSnapshotIdentifier")
    instance = call.instance()
    call.demand(instance, "available")
    before = None
    if call.parameters.given("DBSnapshotIdentifier"):
        before = snapshots.add(call, instance, rules.identifier(call.parameters, "DBSnapshotIdentifier", 255))
    call.servers.become(instance, "stopping")

    async def work(one: Instance) -> None:
        await call.servers.stop(one)
        if before is not None:
            await call.servers.copy(one, before)
        call.servers.become(one, "stopped", "DB instance stopped", "notification")

    call.servers.begin(instance, work)
    return {"DBInstance": show.instance(instance)}


async def delete(call: Call, forward: Below) -> dict[str, Any]:
    """DeleteDBInstance: the server and its data go, a final snapshot stays unless it is skipped."""
    given = call.parameters
    given.allow(*DELETE)
    instance, skip = call.instance(), given.flag("SkipFinalSnapshot")
    if skip == given.given("FinalDBSnapshotIdentifier"):
        either = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified, and excluded by it."
        raise Fault("InvalidParameterCombination", either)
    if instance.deletion_protection:
        message = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        raise Fault("InvalidParameterCombination", message)
    if instance.status == "deleting" or (not skip and not instance.initialised):
        raise Fault("InvalidDBInstanceState", f"Instance {instance.identifier} is {instance.status}.")
    made = None
    if not skip:
        made = snapshots.add(call, instance, rules.identifier(given, "FinalDBSnapshotIdentifier", 255))
        instance.final_snapshot = made.resource_id
    if instance.secret_arn:
        await _remove_secret(call, forward, instance, made)
    call.servers.become(instance, "deleting")
    call.servers.begin(instance, lambda one: finish(call.servers, one))
    return {"DBInstance": show.instance(instance)}


async def _remove_secret(call: Call, forward: Below, instance: Instance, made: Snapshot | None) -> None:
    """Remove the secret; a second call that comes meanwhile finds the instance being deleted already."""
    before, instance.status = instance.status, "deleting"
    try:
        await managed.remove(call.request, forward, instance.secret_arn)
    except BaseException:
        instance.status, instance.final_snapshot = before, ""
        if made is not None:
            call.book.snapshots.remove(made)
        raise
    instance.status = before


async def finish(servers: Servers, instance: Instance) -> None:
    """Do what deleting means; also after a crash in the midst of it."""
    await servers.stop(instance)
    for snapshot in servers.book.snapshots:
        if snapshot.resource_id == instance.final_snapshot and snapshot.status != "available":
            await servers.copy(instance, snapshot)
    await servers.discard(instance)
    servers.book.instances.remove(instance)
    servers.book.tell(instance, "DB instance deleted", "deletion")
