"""The operations on DB snapshots: whole copies of an instance's data, from which a new instance is made."""

import secrets
from dataclasses import asdict
from typing import Any

from embedded.overlays.rds import rules, show
from embedded.overlays.rds.catalogue import offer_for
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.instances import add as add_instance
from embedded.overlays.rds.instances import demand_room, options
from embedded.overlays.rds.parameters import Fault
from embedded.overlays.rds.records import Instance, Snapshot, new_id

RESTORE = (
    *("DBInstanceIdentifier", "DBSnapshotIdentifier", "DBInstanceClass", "Port", "StorageType", "Engine", "Tags"),
    *("DeletionProtection", "PubliclyAccessible", "CopyTagsToSnapshot", "VpcSecurityGroupIds", "AvailabilityZone"),
    *("AllocatedStorage", "LicenseModel", *rules.NOT_HERE),
)
# What an instance made from a snapshot has of the instance that the snapshot shows.
INHERITED = (
    *("engine", "server", "version", "instance_class", "storage", "storage_type", "username", "database", "port"),
    *("admin_password", "maximum_storage", "security_groups", "public", "copy_tags"),
)


def add(call: Call, instance: Instance, identifier: str) -> Snapshot:
    """Keep a new snapshot, whose copy is still to be made."""
    if any(one.identifier == identifier for one in call.snapshots()):
        raise Fault("DBSnapshotAlreadyExists", f"Cannot create the snapshot because {identifier} already exists.")
    if len(call.book.snapshots) >= rules.SNAPSHOTS:
        raise Fault("SnapshotQuotaExceeded", f"The embedded AWS keeps {rules.SNAPSHOTS} snapshots at most.")
    where = (instance.account, instance.region)
    made = Snapshot(*where, identifier, new_id("snap"), instance.identifier, asdict(instance))
    if instance.copy_tags:
        made.tags = dict(instance.tags)
    call.book.snapshots.append(made)
    call.book.tell(made, "Creating manual snapshot", "creation")
    return made


def create(call: Call) -> dict[str, Any]:
    """CreateDBSnapshot: clients wait while the data is copied, as they do for AWS's own snapshots."""
    given = call.parameters
    given.allow("DBSnapshotIdentifier", "DBInstanceIdentifier", "Tags")
    identifier, instance, tags = rules.identifier(given, "DBSnapshotIdentifier", 255), call.instance(), given.tags()
    call.demand(instance, "available")
    made = add(call, instance, identifier)
    made.tags.update(tags)
    call.servers.become(instance, "backing-up")

    async def work(one: Instance) -> None:
        try:
            await call.servers.copy(one, made)
        except Exception as error:
            if not call.servers.closed:
                made.status = "failed"
                call.book.tell(made, f"The snapshot failed. {error}", "failure")
                call.servers.become(one, "available")
            raise
        call.servers.become(one, "available")

    call.servers.begin(instance, work)
    return {"DBSnapshot": show.snapshot(made)}


def describe(call: Call) -> dict[str, Any]:
    """DescribeDBSnapshots."""
    given = call.parameters
    given.allow("DBSnapshotIdentifier", "DBInstanceIdentifier", "SnapshotType", "Filters", "MaxRecords", "Marker")
    wanted = given.filters("db-instance-id", "db-snapshot-id", "dbi-resource-id", "snapshot-type", "engine")
    found = [call.snapshot()] if given.text("DBSnapshotIdentifier") else call.snapshots()
    if given.text("DBInstanceIdentifier"):
        wanted["db-instance-id"] = {given.text("DBInstanceIdentifier").lower()}
    if given.text("SnapshotType"):
        wanted["snapshot-type"] = {given.text("SnapshotType")}
    kept = [one for one in found if all(_facts(one)[name] & values for name, values in wanted.items())]
    page = show.page(kept, given, lambda one: one.identifier, show.snapshot)
    return {"DBSnapshots": page["Page"], "Marker": page["Marker"]}


def _facts(snapshot: Snapshot) -> dict[str, set[str]]:
    return {
        "db-instance-id": {snapshot.instance},
        "db-snapshot-id": {snapshot.identifier, snapshot.arn},
        "dbi-resource-id": {snapshot.facts["resource_id"]},
        "snapshot-type": {"manual"},
        "engine": {snapshot.facts["engine"]},
    }


async def delete(call: Call) -> dict[str, Any]:
    """DeleteDBSnapshot."""
    call.parameters.allow("DBSnapshotIdentifier")
    found = call.snapshot()
    if found.status == "creating" or any(one.restoring == found.resource_id for one in call.book.instances):
        raise Fault("InvalidDBSnapshotState", f"The snapshot {found.identifier} is in use.")
    call.book.snapshots.remove(found)
    call.book.tell(found, "Deleted manual snapshot", "deletion")
    await call.servers.discard(found)
    found.status = "deleted"
    return {"DBSnapshot": show.snapshot(found)}


def restore(call: Call) -> dict[str, Any]:
    """RestoreDBInstanceFromDBSnapshot: a new instance with the snapshot's data, users and passwords."""
    given = call.parameters
    given.allow(*RESTORE)
    rules.refuse_promises(given)
    identifier, found = rules.identifier(given, "DBInstanceIdentifier"), call.snapshot()
    if found.status != "available":
        raise Fault("InvalidDBSnapshotState", f"The snapshot {found.identifier} is {found.status}.")
    offer = offer_for(given.text("Engine", found.facts["engine"]))
    if offer.engine != found.facts["engine"]:
        raise Fault("InvalidParameterCombination", f"The snapshot's engine is {found.facts['engine']}.")
    demand_room(call, identifier)
    inherited = {name: found.facts[name] for name in INHERITED}
    made = Instance(call.account, call.region, identifier, new_id("db"), **inherited, restoring=found.resource_id)
    _overrides(call, made)
    add_instance(call, made)
    call.servers.begin(made, call.servers.restore)
    return {"DBInstance": show.instance(made)}


def _overrides(call: Call, made: Instance) -> None:
    given = call.parameters
    if given.given("DBInstanceClass"):
        made.instance_class = rules.instance_class(given)
    if given.number("AllocatedStorage", 20, rules.LARGEST, made.storage) < made.storage:
        raise Fault("InvalidParameterValue", "AllocatedStorage must not be less than the snapshot's.")
    made.storage = given.number("AllocatedStorage", 20, rules.LARGEST, made.storage)
    made.storage_type = rules.storage_type(given, made.storage_type)
    made.port = given.number("Port", 1150, 65535, made.port)
    made.admin_password = made.admin_password or secrets.token_urlsafe(30)
    options(given, made)
