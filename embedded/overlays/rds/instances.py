"""The operations on DB instances."""

import secrets
import shutil
from typing import Any

from embedded.layers import Below
from embedded.overlays.rds import managed, rules, show
from embedded.overlays.rds.catalogue import SERVERS, Offer, offer_for
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.parameters import Fault, Parameters
from embedded.overlays.rds.records import Instance, new_id

CREATE = (
    *("DBInstanceIdentifier", "Engine", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "MaxAllocatedStorage"),
    *("StorageType", "MasterUsername", "MasterUserPassword", "ManageMasterUserPassword", "DBName", "Port", "Tags"),
    *("DeletionProtection", "PubliclyAccessible", "CopyTagsToSnapshot", "VpcSecurityGroupIds", "LicenseModel"),
    *("AvailabilityZone", "PreferredMaintenanceWindow", "PreferredBackupWindow", *rules.NOT_HERE),
)
MODIFY = (
    *("DBInstanceIdentifier", "ApplyImmediately", "DBInstanceClass", "AllocatedStorage", "MaxAllocatedStorage"),
    *("StorageType", "MasterUserPassword", "DeletionProtection", "PubliclyAccessible", "CopyTagsToSnapshot"),
    *("VpcSecurityGroupIds", "EngineVersion", "PreferredMaintenanceWindow", "PreferredBackupWindow", *rules.NOT_HERE),
)
DELETE = ("DBInstanceIdentifier", "SkipFinalSnapshot", "FinalDBSnapshotIdentifier", "DeleteAutomatedBackups")
ROOM = 512 * 1024 * 1024


async def create(call: Call, forward: Below) -> dict[str, Any]:
    """CreateDBInstance: a server of its own, on a port of this machine."""
    given = call.parameters
    identifier = rules.identifier(given, "DBInstanceIdentifier")
    offer = offer_for(given.required("Engine"))
    given.allow(*CREATE)
    rules.refuse_promises(given)
    offer.check_version(given.text("EngineVersion"))
    instance = described(call, identifier, offer)
    managed_by_aws = given.flag("ManageMasterUserPassword")
    if managed_by_aws and given.given("MasterUserPassword"):
        raise Fault("InvalidParameterCombination", "MasterUserPassword cannot be given with ManageMasterUserPassword.")
    password = secrets.token_urlsafe(24) if managed_by_aws else rules.password(given, offer)
    demand_room(call, identifier)
    if managed_by_aws:
        await _keep_secret(call, forward, instance, password)
    instance.pending_hash = SERVERS[instance.server].hashed(password)
    add(call, instance)
    call.servers.begin(instance, call.servers.create)
    return {"DBInstance": show.instance(instance)}


async def _keep_secret(call: Call, forward: Below, instance: Instance, password: str) -> None:
    """Have Secrets Manager keep the password; another call may have taken the name, or the last place, meanwhile."""
    instance.secret_arn = await managed.make(call.request, forward, instance, password)
    try:
        demand_room(call, instance.identifier)
    except Fault:
        await managed.remove(call.request, forward, instance.secret_arn)
        raise


def described(call: Call, identifier: str, offer: Offer) -> Instance:
    """Return a new instance as the parameters describe it."""
    given = call.parameters
    given.required("AllocatedStorage")
    storage = given.number("AllocatedStorage", 20, rules.LARGEST)
    instance = Instance(
        account=call.account,
        region=call.region,
        identifier=identifier,
        resource_id=new_id("db"),
        engine=offer.engine,
        server=offer.server,
        version=offer.version,
        instance_class=rules.instance_class(given),
        storage=storage,
        storage_type=rules.storage_type(given),
        username=rules.master_name(given, offer),
        database=rules.database_name(given, offer),
        port=given.number("Port", 1150, 65535, offer.port),
        admin_password=secrets.token_urlsafe(30),
        maximum_storage=rules.maximum_storage(given, storage),
    )
    options(given, instance)
    return instance


def options(given: Parameters, instance: Instance) -> None:
    """Read the settings that creating and restoring have in common."""
    instance.deletion_protection = given.flag("DeletionProtection", instance.deletion_protection)
    instance.public = given.flag("PubliclyAccessible", instance.public)
    instance.copy_tags = given.flag("CopyTagsToSnapshot", instance.copy_tags)
    instance.security_groups = rules.security_groups(given) or instance.security_groups
    instance.tags = given.tags() or instance.tags


def demand_room(call: Call, identifier: str) -> None:
    """Refuse a name that is taken, more instances than a small machine bears, and a disk that is nearly full."""
    if any(one.identifier == identifier for one in call.instances()):
        raise Fault("DBInstanceAlreadyExists", "DB instance already exists")
    if len(call.book.instances) >= rules.INSTANCES:
        limit = f"the embedded AWS runs {rules.INSTANCES} at most, in all accounts and regions"
        raise Fault("InstanceQuotaExceeded", f"DB instance quota exceeded: {limit}.")
    if shutil.disk_usage(call.servers.place.base).free < ROOM:
        raise Fault("StorageQuotaExceeded", "The disk of this machine is nearly full: no DB instance can be added.")


def add(call: Call, instance: Instance) -> None:
    """Keep a new instance, with a port of its own."""
    wanted = instance.port
    instance.port = call.servers.port_for(wanted)
    call.book.instances.append(instance)
    if instance.port != wanted:
        message = f"Port {wanted} is in use on this machine: the DB instance listens on {instance.port}."
        call.book.tell(instance, message, "notification")
    call.book.save()


def describe(call: Call) -> dict[str, Any]:
    """DescribeDBInstances."""
    given = call.parameters
    given.allow("DBInstanceIdentifier", "Filters", "MaxRecords", "Marker")
    wanted = given.filters("db-instance-id", "dbi-resource-id", "engine", "db-cluster-id", "domain")
    found = [call.instance()] if given.text("DBInstanceIdentifier") else call.instances()
    kept = [one for one in found if all(_facts(one)[name] & values for name, values in wanted.items())]
    page = show.page(kept, given, lambda one: one.identifier, show.instance)
    return {"DBInstances": page["Page"], "Marker": page["Marker"]}


def _facts(instance: Instance) -> dict[str, set[str]]:
    """Return the values that filters compare; there are no clusters and no domains."""
    return {
        "db-instance-id": {instance.identifier, instance.arn},
        "dbi-resource-id": {instance.resource_id},
        "engine": {instance.engine},
        "db-cluster-id": set(),
        "domain": set(),
    }


def modify(call: Call) -> dict[str, Any]:
    """ModifyDBInstance: class and storage change at once only when asked to, else at the next restart."""
    given = call.parameters
    given.allow(*MODIFY)
    rules.refuse_promises(given)
    instance = call.instance()
    call.demand(instance, "available")
    offer = offer_for(instance.engine)
    offer.check_version(given.text("EngineVersion"))
    pending = changes(given, instance)
    if given.given("MasterUserPassword"):
        if instance.secret_arn:
            raise Fault("InvalidParameterCombination", "The master password is managed in Secrets Manager.")
        instance.pending_hash = offer.behind.hashed(rules.password(given, offer))
    maximum = rules.maximum_storage(given, pending.get("storage", instance.storage), instance.maximum_storage)
    instance.maximum_storage = maximum
    options(given, instance)
    instance.pending.update(pending)
    answer = {"DBInstance": show.instance(instance)}
    if instance.pending_hash or (pending and given.flag("ApplyImmediately")):
        _change(call, instance, given.flag("ApplyImmediately"))
    call.book.save()
    return answer


def changes(given: Parameters, instance: Instance) -> dict[str, Any]:
    """Return the changes that wait for ApplyImmediately or a restart."""
    wanted: dict[str, Any] = {}
    if given.given("DBInstanceClass"):
        wanted["instance_class"] = rules.instance_class(given)
    if given.given("AllocatedStorage"):
        wanted["storage"] = given.number("AllocatedStorage", 20, rules.LARGEST)
        if wanted["storage"] < instance.storage:
            raise Fault("InvalidParameterCombination", "Storage can grow only: AllocatedStorage is less than now.")
    if given.given("StorageType"):
        wanted["storage_type"] = rules.storage_type(given)
    return {name: value for name, value in wanted.items() if value != getattr(instance, name)}


def _change(call: Call, instance: Instance, everything: bool) -> None:
    password = bool(instance.pending_hash)
    call.servers.become(instance, "resetting-master-credentials" if password else "modifying")
    later = {} if everything else dict(instance.pending)

    async def work(one: Instance) -> None:
        for name in later:
            one.pending.pop(name, None)
        await call.servers.apply(one)
        one.pending = later
        call.servers.become(one, "available")

    call.servers.begin(instance, work)


def reboot(call: Call) -> dict[str, Any]:
    """RebootDBInstance."""
    call.parameters.allow("DBInstanceIdentifier", "ForceFailover")
    if call.parameters.flag("ForceFailover"):
        raise Fault("InvalidParameterCombination", "ForceFailover needs a Multi-AZ DB instance.")
    instance = call.instance()
    call.demand(instance, "available")
    call.servers.become(instance, "rebooting")

    async def work(one: Instance) -> None:
        await call.servers.stop(one)
        call.book.tell(one, "DB instance shutdown", "availability")
        await call.servers.start(one)
        call.servers.become(one, "available", "DB instance restarted", "availability")

    call.servers.begin(instance, work)
    return {"DBInstance": show.instance(instance)}


def start(call: Call) -> dict[str, Any]:
    """StartDBInstance."""
    call.parameters.allow("DBInstanceIdentifier")
    instance = call.instance()
    call.demand(instance, "stopped")
    call.servers.become(instance, "starting")

    async def work(one: Instance) -> None:
        await call.servers.start(one)
        call.servers.become(one, "available", "DB instance started", "notification")

    call.servers.begin(instance, work)
    return {"DBInstance": show.instance(instance)}
