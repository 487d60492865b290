"""Tables: their list, and all that DynamoDB says about one."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

PAGE = 50  # tables of one page: each costs a call of its own
AT_ONCE = 8
MOVING = {"CREATING", "UPDATING", "DELETING", "ARCHIVING"}
BROKEN = {"INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED"}


@dataclass(frozen=True)
class Key:
    """One attribute of a key and its type: S, N or B."""

    name: str
    type: str


@dataclass(frozen=True)
class Index:
    """A secondary index; `kind` is GSI or LSI, `attributes` what it holds besides keys (only for INCLUDE)."""

    name: str
    kind: str
    keys: tuple[Key, ...]
    projection: str
    attributes: tuple[str, ...]
    status: str
    items: int | None
    size: int | None


@dataclass(frozen=True)
class Table:
    """One table; `items` and `size` (bytes) are what DynamoDB counted some six hours ago, at most."""

    name: str
    status: str
    arn: str
    keys: tuple[Key, ...]
    indexes: tuple[Index, ...]
    billing: str
    read_units: int
    write_units: int
    items: int
    size: int
    created: datetime | None
    protected: bool
    stream: str
    table_class: str
    encryption: str
    replicas: tuple[str, ...]

    @property
    def moving(self) -> bool:
        """Whether the state will change by itself, of the table or of an index."""
        return self.status in MOVING or any(index.status in MOVING for index in self.indexes)

    @property
    def kind(self) -> str:
        """The state as the pages' badges know it."""
        if self.status in MOVING:
            return "running"
        return "failed" if self.status in BROKEN else "done"

    @property
    def on_demand(self) -> bool:
        """Whether requests are paid one by one."""
        return self.billing == "PAY_PER_REQUEST"

    def index(self, name: str) -> Index | None:
        """Return an index by its name."""
        return next((one for one in self.indexes if one.name == name), None)

    def keys_of(self, index: str) -> tuple[Key, ...]:
        """Return the key of an index, of the table for the empty name; KeyError where there is no such index."""
        if not index:
            return self.keys
        found = self.index(index)
        if found is None:
            raise KeyError(index)
        return found.keys


@dataclass(frozen=True)
class Listing:
    """A page of tables; `refused` names those that could not be described, with AWS's sentence."""

    tables: tuple[Table, ...]
    refused: tuple[tuple[str, str], ...] = ()
    after: str = ""
    first: bool = True

    @property
    def moving(self) -> bool:
        """Whether any state will change by itself."""
        return any(table.moving for table in self.tables)


def names(client: Any, after: str = "", most: int = 100) -> tuple[list[str], str]:
    """Return the names of tables after one, and the name to go on from: empty at the end."""
    start = {"ExclusiveStartTableName": after} if after else {}
    answer = client.list_tables(Limit=most, **start)
    return list(answer["TableNames"]), answer.get("LastEvaluatedTableName") or ""


def list_tables(client: Any, after: str = "") -> Listing:
    """Return a page of the region's tables by name.

    DynamoDB describes one table a call: they are asked side by side.
    """
    found, more = names(client, after, PAGE)
    described = side_by_side([lambda name=name: _described(client, name) for name in found])  # type: ignore[misc]
    tables = tuple(one for one in described if isinstance(one, Table))
    refused = tuple(one for one in described if isinstance(one, tuple))
    return Listing(tables, refused, more, not after)


def side_by_side(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Return what calls return, several at a time; they are recorded as calls of this request."""
    if len(calls) < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(copy_context().run, call) for call in calls]
    return [one.result() for one in running]


def _described(client: Any, name: str) -> Table | tuple[str, str] | None:
    try:
        return get_table(client, name)
    except ClientError as error:
        details = error.response.get("Error", {})
        if details.get("Code") == "ResourceNotFoundException":
            return None  # deleted since it was listed
        return name, str(details.get("Message") or error)


def get_table(client: Any, name: str) -> Table:
    """Return one table; DynamoDB's ResourceNotFoundException where there is none."""
    return read(client.describe_table(TableName=name)["Table"])


def read(item: Mapping[str, Any]) -> Table:
    """Return a table from DynamoDB's description."""
    types = {one["AttributeName"]: one["AttributeType"] for one in item.get("AttributeDefinitions") or []}
    throughput = item.get("ProvisionedThroughput") or {}
    read_units = int(throughput.get("ReadCapacityUnits") or 0)
    billing = (item.get("BillingModeSummary") or {}).get("BillingMode") or _billing(read_units)
    indexes = [_index(one, "GSI", types) for one in item.get("GlobalSecondaryIndexes") or []]
    indexes += [_index(one, "LSI", types) for one in item.get("LocalSecondaryIndexes") or []]
    stream = item.get("StreamSpecification") or {}
    return Table(
        name=item["TableName"],
        status=item.get("TableStatus") or "UNKNOWN",
        arn=item.get("TableArn") or "",
        keys=_keys(item.get("KeySchema") or [], types),
        indexes=tuple(indexes),
        billing=billing,
        read_units=read_units,
        write_units=int(throughput.get("WriteCapacityUnits") or 0),
        items=int(item.get("ItemCount") or 0),
        size=int(item.get("TableSizeBytes") or 0),
        created=item.get("CreationDateTime"),
        protected=bool(item.get("DeletionProtectionEnabled")),
        stream=str(stream.get("StreamViewType") or "") if stream.get("StreamEnabled") else "",
        table_class=(item.get("TableClassSummary") or {}).get("TableClass") or "STANDARD",
        encryption=(item.get("SSEDescription") or {}).get("SSEType") or "",
        replicas=tuple(one.get("RegionName", "") for one in item.get("Replicas") or []),
    )


def _billing(read_units: int) -> str:
    return "PROVISIONED" if read_units else "PAY_PER_REQUEST"


def _keys(schema: Sequence[Mapping[str, str]], types: Mapping[str, str]) -> tuple[Key, ...]:
    ordered = sorted(schema, key=lambda one: one["KeyType"] != "HASH")
    return tuple(Key(one["AttributeName"], types.get(one["AttributeName"], "S")) for one in ordered)


def _index(item: Mapping[str, Any], kind: str, types: Mapping[str, str]) -> Index:
    projection = item.get("Projection") or {}
    return Index(
        name=item["IndexName"],
        kind=kind,
        keys=_keys(item.get("KeySchema") or [], types),
        projection=projection.get("ProjectionType") or "ALL",
        attributes=tuple(projection.get("NonKeyAttributes") or ()),
        status=item.get("IndexStatus") or "ACTIVE",
        items=item.get("ItemCount"),
        size=item.get("IndexSizeBytes"),
    )
