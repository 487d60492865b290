"""DB instances: list, create, start, stop, reboot, delete."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.blueprints.rds.service.prices import monthly
from app.declined import asking

RESTING = {"available", "stopped", "failed", "storage-full", "restore-error", "insufficient-capacity"}
ENGINES = {"mysql": "MySQL", "mariadb": "MariaDB", "postgres": "PostgreSQL"}
FAMILIES = {"aurora-mysql": "mysql", "aurora-postgresql": "postgres"}
# Refusals that belong beside the form: what was typed stays, and AWS's sentence says what to change.
ABOUT_INPUT = {
    "DBInstanceAlreadyExists",
    "DBSnapshotAlreadyExists",
    "InvalidParameterValue",
    "InvalidParameterCombination",
    "InstanceQuotaExceeded",
    "StorageQuotaExceeded",
    "MissingParameter",
    "ValidationError",
}


asked = asking(ABOUT_INPUT)


@dataclass(frozen=True)
class Instance:
    """One DB instance; `kind` is the state as done, running, failed or unknown, sizes are GiB.

    `engine` is RDS's name, `dialect` what the SQL core calls it ("" for one it does not speak); `price` is US dollars
    a month.
    """

    identifier: str
    status: str
    engine: str
    version: str
    instance_class: str
    host: str
    port: int
    storage: int
    most_storage: int
    storage_type: str
    multi_az: bool
    public: bool
    username: str
    database: str
    arn: str
    resource_id: str
    secret_arn: str
    iam: bool
    protected: bool
    created: datetime | None
    security_groups: tuple[str, ...]
    notes: tuple[str, ...]
    pending: tuple[str, ...]
    price: float | None

    @property
    def kind(self) -> str:
        """The state as the pages' badges know it."""
        if self.status == "available":
            return "done"
        if self.status == "stopped":
            return "unknown"
        return "running" if self.moving else "failed"

    @property
    def moving(self) -> bool:
        """Whether the state will change by itself."""
        return self.status not in RESTING and not self.status.startswith(("incompatible-", "inaccessible-"))

    @property
    def dialect(self) -> str:
        """The engine as the SQL core names it, "" where it has no such."""
        engine = FAMILIES.get(self.engine, self.engine)
        return engine if engine in ENGINES else ""

    @property
    def engine_name(self) -> str:
        """The engine as people write it."""
        return ENGINES.get(self.engine, self.engine)


@dataclass(frozen=True)
class Listing:
    """Every instance of the region."""

    instances: tuple[Instance, ...]

    @property
    def moving(self) -> bool:
        """Whether any state will change by itself."""
        return any(instance.moving for instance in self.instances)


def list_instances(rds: Any) -> Listing:
    """Return the instances of the client's region, by name."""
    pages = rds.get_paginator("describe_db_instances").paginate()
    found = [read(item) for page in pages for item in page["DBInstances"]]
    return Listing(tuple(sorted(found, key=lambda one: one.identifier)))


def free_name(listing: Listing, name: str) -> str:
    """Return the name, or with the next number that no instance has: database-1, database-2, …"""
    taken = {one.identifier for one in listing.instances}
    base = name.rstrip("0123456789")
    return next(f"{base}{number}" for number in range(1, len(taken) + 2) if f"{base}{number}" not in taken)


def get_instance(rds: Any, identifier: str) -> Instance:
    """Return one instance; RDS's DBInstanceNotFound where there is none."""
    return read(rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0])


def read(item: Mapping[str, Any]) -> Instance:
    """Return an instance from RDS's description."""
    endpoint = item.get("Endpoint") or {}
    multi_az, storage = bool(item.get("MultiAZ")), int(item.get("AllocatedStorage") or 0)
    kind = item.get("StorageType") or "gp2"
    return Instance(
        identifier=item["DBInstanceIdentifier"],
        status=item.get("DBInstanceStatus") or "unknown",
        engine=item["Engine"],
        version=item.get("EngineVersion") or "",
        instance_class=item.get("DBInstanceClass") or "",
        host=endpoint.get("Address") or "",
        port=int(endpoint.get("Port") or 0),
        storage=storage,
        most_storage=int(item.get("MaxAllocatedStorage") or 0),
        storage_type=kind,
        multi_az=multi_az,
        public=bool(item.get("PubliclyAccessible")),
        username=item.get("MasterUsername") or "",
        database=item.get("DBName") or "",
        arn=item.get("DBInstanceArn") or "",
        resource_id=item.get("DbiResourceId") or "",
        secret_arn=(item.get("MasterUserSecret") or {}).get("SecretArn") or "",
        iam=bool(item.get("IAMDatabaseAuthenticationEnabled")),
        protected=bool(item.get("DeletionProtection")),
        created=item.get("InstanceCreateTime"),
        security_groups=tuple(group["VpcSecurityGroupId"] for group in item.get("VpcSecurityGroups") or []),
        notes=tuple(info["Message"] for info in item.get("StatusInfos") or [] if info.get("Message")),
        pending=tuple(item.get("PendingModifiedValues") or {}),
        price=monthly(item["Engine"], item.get("DBInstanceClass") or "", storage, multi_az, kind),
    )


def start(rds: Any, identifier: str) -> Instance:
    """Start a stopped instance."""
    return read(asked(rds.start_db_instance, DBInstanceIdentifier=identifier)["DBInstance"])


def stop(rds: Any, identifier: str) -> Instance:
    """Stop an instance; AWS starts it again by itself after seven days."""
    return read(asked(rds.stop_db_instance, DBInstanceIdentifier=identifier)["DBInstance"])


def reboot(rds: Any, identifier: str) -> Instance:
    """Restart an instance's database server."""
    return read(asked(rds.reboot_db_instance, DBInstanceIdentifier=identifier)["DBInstance"])


def delete(rds: Any, identifier: str, final_snapshot: str = "") -> Instance:
    """Delete an instance and its data, with a last snapshot under a name where one is given."""
    last = {"FinalDBSnapshotIdentifier": final_snapshot} if final_snapshot else {"SkipFinalSnapshot": True}
    return read(asked(rds.delete_db_instance, DBInstanceIdentifier=identifier, **last)["DBInstance"])


def is_gone(rds: Any, identifier: str) -> bool:
    """Whether an instance is not (any more) there."""
    with suppress(rds.exceptions.DBInstanceNotFoundFault):
        get_instance(rds, identifier)
        return False
    return True
