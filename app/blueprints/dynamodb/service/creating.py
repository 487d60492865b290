"""New tables."""

from dataclasses import dataclass
from typing import Any

from app.blueprints.dynamodb.service.asking import asked
from app.blueprints.dynamodb.service.tables import Key, Table, read


@dataclass(frozen=True)
class WantedIndex:
    """A new index; a local one (LSI) has the table's partition key."""

    kind: str
    name: str
    keys: tuple[Key, ...]
    projection: str = "ALL"
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """A new table as its form describes it; units count only for provisioned capacity."""

    name: str
    keys: tuple[Key, ...]
    billing: str = "PAY_PER_REQUEST"
    read_units: int = 0
    write_units: int = 0
    indexes: tuple[WantedIndex, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    protected: bool = False


def create_table(client: Any, wanted: Wanted) -> Table:
    """Create a table. Raises Declined with AWS's words where DynamoDB does not take it."""
    attributes = {key.name: key.type for keys in (wanted.keys, *(one.keys for one in wanted.indexes)) for key in keys}
    given: dict[str, Any] = {
        "TableName": wanted.name,
        "KeySchema": _schema(wanted.keys),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in attributes.items()],
        "BillingMode": wanted.billing,
    }
    throughput = {"ReadCapacityUnits": wanted.read_units, "WriteCapacityUnits": wanted.write_units}
    provisioned = {"ProvisionedThroughput": throughput} if wanted.billing == "PROVISIONED" else {}
    optional = {
        "GlobalSecondaryIndexes": [_index(one) | provisioned for one in wanted.indexes if one.kind == "GSI"],
        "LocalSecondaryIndexes": [_index(one) for one in wanted.indexes if one.kind == "LSI"],
        "Tags": [{"Key": name, "Value": value} for name, value in wanted.tags],
        "DeletionProtectionEnabled": wanted.protected,
    }
    given |= provisioned | {name: value for name, value in optional.items() if value}
    return read(asked(client.create_table, **given)["TableDescription"])


def _schema(keys: tuple[Key, ...]) -> list[dict[str, str]]:
    return [{"AttributeName": key.name, "KeyType": role} for key, role in zip(keys, ("HASH", "RANGE"), strict=False)]


def _index(one: WantedIndex) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": one.projection}
    if one.projection == "INCLUDE":
        projection["NonKeyAttributes"] = list(one.attributes)
    return {"IndexName": one.name, "KeySchema": _schema(one.keys), "Projection": projection}


def delete_table(client: Any, name: str) -> Table:
    """Delete a table and all its items. Raises Declined where AWS refuses, for example a protected one."""
    return read(asked(client.delete_table, TableName=name)["TableDescription"])
