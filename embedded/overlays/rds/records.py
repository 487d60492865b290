"""What is known of instances, snapshots and events, kept in one state file that is replaced whole at each change."""

import json
import logging
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from embedded.state import Store

logger = logging.getLogger("embedded.rds")
STATE = "rds-databases"
EVENT_SECONDS = 14 * 24 * 3600
EVENTS = 1000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def new_id(prefix: str) -> str:
    """Return an identifier of the shape that RDS gives its resources."""
    return f"{prefix}-" + "".join(secrets.choice(_LETTERS) for _ in range(26))


@dataclass
class Scope:
    """To whom something belongs."""

    account: str
    region: str


@dataclass
class Instance(Scope):
    """A DB instance."""

    identifier: str
    resource_id: str
    engine: str
    server: str
    version: str
    instance_class: str
    storage: int
    storage_type: str
    username: str
    database: str
    port: int
    admin_password: str
    status: str = "creating"
    created: float = field(default_factory=time.time)
    # The data directory is whole, and the master user is in it.
    initialised: bool = False
    # The hash of a password that is not yet in the server: never the password.
    pending_hash: str = ""
    pending: dict[str, Any] = field(default_factory=dict)
    deletion_protection: bool = False
    public: bool = False
    copy_tags: bool = False
    maximum_storage: int = 0
    security_groups: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    secret_arn: str = ""
    final_snapshot: str = ""
    # The snapshot that it is still being made from.
    restoring: str = ""
    reason: str = ""

    @property
    def arn(self) -> str:
        """The ARN."""
        return f"arn:aws:rds:{self.region}:{self.account}:db:{self.identifier}"


@dataclass
class Snapshot(Scope):
    """A DB snapshot: a copy of an instance's data, with what is needed to make an instance of it."""

    identifier: str
    resource_id: str
    instance: str
    facts: dict[str, Any]
    status: str = "creating"
    created: float = field(default_factory=time.time)
    size: int = 0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The ARN."""
        return f"arn:aws:rds:{self.region}:{self.account}:snapshot:{self.identifier}"


@dataclass
class Event(Scope):
    """Something that happened."""

    source: str
    kind: str
    arn: str
    message: str
    category: str
    time: float = field(default_factory=time.time)


class Book:
    """Every record; a change is kept by `save`, before it is answered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.instances: list[Instance] = []
        self.snapshots: list[Snapshot] = []
        self.events: list[Event] = []

    def load(self) -> None:
        """Read the last good state."""
        payload = self._store.load(STATE)
        if payload is None:
            return
        try:
            data = json.loads(payload)
            self.instances = [Instance(**fields) for fields in data["instances"]]
            self.snapshots = [Snapshot(**fields) for fields in data["snapshots"]]
            self.events = [Event(**fields) for fields in data["events"]]
        except (ValueError, KeyError, TypeError):
            logger.exception("The records of RDS cannot be read.")
            self._store.set_aside(STATE)

    def save(self) -> None:
        """Write everything."""
        oldest = time.time() - EVENT_SECONDS
        self.events = [event for event in self.events if event.time > oldest][-EVENTS:]
        data = {
            "instances": [asdict(instance) for instance in self.instances],
            "snapshots": [asdict(snapshot) for snapshot in self.snapshots],
            "events": [asdict(event) for event in self.events],
        }
        self._store.write(STATE, json.dumps(data).encode())

    def tell(self, about: Instance | Snapshot, message: str, category: str) -> None:
        """Note an event, and keep everything."""
        kind = "db-instance" if isinstance(about, Instance) else "db-snapshot"
        where = (about.account, about.region)
        self.events.append(Event(*where, about.identifier, kind, about.arn, message, category))
        logger.info("%s %s: %s", kind, about.identifier, message)
        self.save()

    def directories(self) -> set[str]:
        """Return the directories that belong to something."""
        records: list[Instance | Snapshot] = [*self.instances, *self.snapshots]
        return {record.resource_id for record in records}
