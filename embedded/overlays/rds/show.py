"""Records as RDS shows them, and lists of them page by page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from embedded.overlays.rds.catalogue import OFFERS
from embedded.overlays.rds.parameters import Fault, Parameters
from embedded.overlays.rds.records import Event, Instance, Snapshot

# Servers listen on loopback only; "localhost" would make MySQL's clients look for a socket file.
ADDRESS = "127.0.0.1"
# What no instance has here.
NOT_HERE: dict[str, Any] = {
    "BackupRetentionPeriod": 0,
    "DBSecurityGroups": [],
    "DBParameterGroups": [],
    "MultiAZ": False,
    "AutoMinorVersionUpgrade": False,
    "ReadReplicaDBInstanceIdentifiers": [],
    "OptionGroupMemberships": [],
    "DbInstancePort": 0,
    "StorageEncrypted": False,
    "DomainMemberships": [],
    "MonitoringInterval": 0,
    "IAMDatabaseAuthenticationEnabled": False,
    "PerformanceInsightsEnabled": False,
    "AssociatedRoles": [],
}
Record = TypeVar("Record")


def moment(seconds: float) -> datetime:
    """Return a time as an answer holds it."""
    return datetime.fromtimestamp(seconds, UTC)


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as an answer holds them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance(found: Instance) -> dict[str, Any]:
    """Return a DB instance."""
    return {
        **NOT_HERE,
        "DBInstanceIdentifier": found.identifier,
        "DBInstanceClass": found.instance_class,
        "Engine": found.engine,
        "DBInstanceStatus": found.status,
        "MasterUsername": found.username,
        "DBName": found.database or None,
        # As on AWS, an address appears when the instance has one.
        "Endpoint": {"Address": ADDRESS, "Port": found.port} if found.initialised else None,
        "AllocatedStorage": found.storage,
        "MaxAllocatedStorage": found.maximum_storage or None,
        "InstanceCreateTime": moment(found.created) if found.initialised else None,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in found.security_groups],
        "AvailabilityZone": f"{found.region}a",
        "PendingModifiedValues": pending(found),
        "EngineVersion": found.version,
        "LicenseModel": OFFERS[found.engine].licence,
        "PubliclyAccessible": found.public,
        "StatusInfos": status_infos(found),
        "StorageType": found.storage_type,
        "DbiResourceId": found.resource_id,
        "CopyTagsToSnapshot": found.copy_tags,
        "DBInstanceArn": found.arn,
        "DeletionProtection": found.deletion_protection,
        "TagList": tag_list(found.tags),
        "MasterUserSecret": {"SecretArn": found.secret_arn, "SecretStatus": "active"} if found.secret_arn else None,
    }


def pending(found: Instance) -> dict[str, Any]:
    """Return what was asked for and is not yet so."""
    names = {"instance_class": "DBInstanceClass", "storage": "AllocatedStorage"}
    values = {names[name]: value for name, value in found.pending.items() if name in names}
    return {**values, "MasterUserPassword": "****"} if found.pending_hash else values


def status_infos(found: Instance) -> list[dict[str, Any]]:
    """Return what the state alone does not say: why it failed, and who serves the engine mysql."""
    infos = []
    if found.engine == "mysql":
        text = f"The engine mysql is served by MariaDB {found.version.removesuffix('-MariaDB')}."
        infos.append({"StatusType": "server", "Normal": True, "Status": "MariaDB", "Message": text})
    if found.status == "failed":
        infos.append({"StatusType": "server", "Normal": False, "Status": "failed", "Message": found.reason})
    return infos


def snapshot(found: Snapshot) -> dict[str, Any]:
    """Return a DB snapshot."""
    facts = found.facts
    return {
        "DBSnapshotIdentifier": found.identifier,
        "DBInstanceIdentifier": found.instance,
        "SnapshotCreateTime": moment(found.created) if found.status == "available" else None,
        "Engine": facts["engine"],
        "AllocatedStorage": facts["storage"],
        "Status": found.status,
        "Port": facts["port"],
        "AvailabilityZone": f"{found.region}a",
        "InstanceCreateTime": moment(facts["created"]),
        "MasterUsername": facts["username"],
        "EngineVersion": facts["version"],
        "LicenseModel": OFFERS[facts["engine"]].licence,
        "SnapshotType": "manual",
        "PercentProgress": 100 if found.status == "available" else 0,
        "StorageType": facts["storage_type"],
        "Encrypted": False,
        "DBSnapshotArn": found.arn,
        "IAMDatabaseAuthenticationEnabled": False,
        "DbiResourceId": facts["resource_id"],
        "TagList": tag_list(found.tags),
        "SnapshotTarget": "region",
    }


def event(found: Event) -> dict[str, Any]:
    """Return an event."""
    return {
        "SourceIdentifier": found.source,
        "SourceType": found.kind,
        "Message": found.message,
        "EventCategories": [found.category],
        "Date": moment(found.time),
        "SourceArn": found.arn,
    }


def page(
    records: Sequence[Record], parameters: Parameters, key: Callable[[Record], str], shown: Callable[[Record], Any]
) -> dict[str, Any]:
    """Return one page of records, ordered by their keys: `Page` and, where more follow, `Marker`."""
    size = parameters.number("MaxRecords", 20, 100, 100)
    after = _unmark(parameters.text("Marker"))
    left = [record for record in sorted(records, key=key) if not after or key(record) > after]
    more = _mark(key(left[size - 1])) if len(left) > size else None
    return {"Page": [shown(record) for record in left[:size]], "Marker": more}


def _mark(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _unmark(marker: str) -> str:
    try:
        return base64.b64decode(marker.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Fault("InvalidParameterValue", "Invalid marker.") from error
