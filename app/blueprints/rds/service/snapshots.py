"""Snapshots: list, take, restore, delete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.blueprints.rds.service.instances import ABOUT_INPUT, ENGINES, Instance, asked
from app.blueprints.rds.service.instances import read as read_instance
from app.declined import asking


@dataclass(frozen=True)
class Snapshot:
    """One snapshot; `size` is the storage of its instance in GiB, `percent` how much is done."""

    identifier: str
    instance: str
    status: str
    engine: str
    version: str
    size: int
    percent: int
    automatic: bool
    created: datetime | None

    @property
    def kind(self) -> str:
        """The state as the pages' badges know it."""
        return {"available": "done", "failed": "failed"}.get(self.status, "running")

    @property
    def engine_name(self) -> str:
        """The engine as people write it."""
        return ENGINES.get(self.engine, self.engine)


def list_snapshots(rds: Any, instance: str = "") -> tuple[Snapshot, ...]:
    """Return the snapshots of an instance, or of all, newest first; those still being made before them."""
    only = {"DBInstanceIdentifier": instance} if instance else {}
    pages = rds.get_paginator("describe_db_snapshots").paginate(**only)
    found = [read(item) for page in pages for item in page["DBSnapshots"]]
    return tuple(sorted(found, key=lambda one: one.created.timestamp() if one.created else 1e12, reverse=True))


def read(item: Mapping[str, Any]) -> Snapshot:
    """Return a snapshot from RDS's description."""
    return Snapshot(
        identifier=item["DBSnapshotIdentifier"],
        instance=item["DBInstanceIdentifier"],
        status=item.get("Status") or "unknown",
        engine=item["Engine"],
        version=item.get("EngineVersion") or "",
        size=int(item.get("AllocatedStorage") or 0),
        percent=int(item.get("PercentProgress") or 0),
        automatic=item.get("SnapshotType") == "automated",
        created=item.get("SnapshotCreateTime"),
    )


asked_of_state = asking({*ABOUT_INPUT, "InvalidDBInstanceState"})


def take(rds: Any, instance: str, name: str) -> Snapshot:
    """Take a snapshot of an instance under a name; Declined where the instance is not available, too."""
    answer = asked_of_state(rds.create_db_snapshot, DBInstanceIdentifier=instance, DBSnapshotIdentifier=name)
    return read(answer["DBSnapshot"])


def get(rds: Any, name: str) -> Snapshot:
    """Return one snapshot; RDS's DBSnapshotNotFound where there is none."""
    return read(rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0])


def restore(rds: Any, snapshot: str, identifier: str, instance_class: str) -> Instance:
    """Make a new instance of a snapshot."""
    answer = asked(
        rds.restore_db_instance_from_db_snapshot,
        DBSnapshotIdentifier=snapshot,
        DBInstanceIdentifier=identifier,
        DBInstanceClass=instance_class,
    )
    return read_instance(answer["DBInstance"])


def delete(rds: Any, name: str) -> Snapshot:
    """Delete a snapshot."""
    return read(rds.delete_db_snapshot(DBSnapshotIdentifier=name)["DBSnapshot"])
