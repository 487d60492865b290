"""What PartiQL must know of a table: its keys and its indexes, asked of the emulator."""

from dataclasses import dataclass
from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.faults import Fault, fault_of
from embedded.request import Request

TARGET = "DynamoDB_20120810"
_COMPOSITE = (
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."
)


async def call(forward: Below, request: Request, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Call an operation of the emulator's DynamoDB; its error is a Fault."""
    status, answer = await forward.json(request, "dynamodb", f"{TARGET}.{operation}", fields)
    if status >= 400:
        raise fault_of(answer)
    found: dict[str, Any] = answer
    return found


@dataclass(frozen=True)
class Index:
    """Where items are read from: the table itself (no name) or an index of it."""

    name: str
    hash: str
    range: str
    is_global: bool = False
    # The attributes that it holds, None for all of them.
    holds: frozenset[str] | None = None

    @property
    def keys(self) -> list[str]:
        """The names of its key attributes."""
        return [name for name in (self.hash, self.range) if name]


@dataclass(frozen=True)
class Table:
    """A table's keys and indexes."""

    name: str
    base: Index
    indexes: dict[str, Index]

    def index(self, name: str) -> Index:
        """Return the index of this name, or the table's own keys for none."""
        if not name:
            return self.base
        if name not in self.indexes:
            raise Fault("The table does not have the specified index")
        if not self.indexes[name].hash:
            raise Fault(_COMPOSITE)
        return self.indexes[name]


async def table_of(forward: Below, request: Request, name: str) -> Table:
    """Ask what a table is like."""
    try:
        described = (await call(forward, request, "DescribeTable", {"TableName": name}))["Table"]
    except Fault as fault:
        if fault.code == "ResourceNotFoundException":
            raise Fault(f"Requested resource not found: Table: {name} not found", fault.code) from None
        raise
    base = Index("", *_keys(described["KeySchema"]))
    indexes = {
        **{one["IndexName"]: _index(one, base, True) for one in described.get("GlobalSecondaryIndexes", ())},
        **{one["IndexName"]: _index(one, base, False) for one in described.get("LocalSecondaryIndexes", ())},
    }
    return Table(name, base, indexes)


def _keys(schema: list[dict[str, str]]) -> tuple[str, str]:
    """Return partition and sort key, both empty for keys of several attributes."""
    by_kind = {key["KeyType"]: key["AttributeName"] for key in schema}
    return (by_kind["HASH"], by_kind.get("RANGE", "")) if len(by_kind) == len(schema) else ("", "")


def _index(described: dict[str, Any], base: Index, is_global: bool) -> Index:
    found = Index(described["IndexName"], *_keys(described["KeySchema"]))
    projection = described.get("Projection", {})
    holds = None
    if projection.get("ProjectionType", "ALL") != "ALL":
        holds = frozenset([*found.keys, *base.keys, *projection.get("NonKeyAttributes", ())])
    return Index(found.name, found.hash, found.range, is_global, holds)
