"""The Data Catalog: databases, tables, columns, partitions, and the first rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import made, places
from app.blueprints.glue.service.made import Made
from app.problems import refused

PAGE = 100
PARTITIONS = 50


@dataclass(frozen=True)
class Database:
    """A database."""

    name: str
    description: str = ""
    location: str = ""
    created: datetime | None = None


@dataclass(frozen=True)
class Column:
    """A column; `key` says that it is one of the partitions."""

    name: str
    type: str
    comment: str = ""
    key: bool = False


@dataclass(frozen=True)
class Table:
    """A table of files."""

    name: str
    database: str
    columns: tuple[Column, ...]
    location: str = ""
    classification: str = ""
    description: str = ""
    updated: datetime | None = None

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that name its partitions."""
        return tuple(one for one in self.columns if one.key)


@dataclass(frozen=True)
class Partition:
    """One partition: its values, and where its files lie."""

    values: tuple[str, ...]
    location: str = ""


@dataclass(frozen=True)
class Catalog:
    """What a page of the catalogue shows: databases, or one's tables, or one table; tokens lead to the next page."""

    databases: tuple[Database, ...] = ()
    database: str = ""
    tables: tuple[Table, ...] = ()
    table: Table | None = None
    partitions: tuple[Partition, ...] = ()
    rows: Made | None = None
    next_token: str = ""


def databases(client: Any, token: str = "") -> Catalog:
    """Return a page of databases."""
    answer = client.get_databases(MaxResults=PAGE, **({"NextToken": token} if token else {}))
    found = (
        Database(one["Name"], one.get("Description", ""), one.get("LocationUri", ""), one.get("CreateTime"))
        for one in answer["DatabaseList"]
    )
    return Catalog(tuple(found), next_token=answer.get("NextToken", ""))


def tables(client: Any, database: str, token: str = "") -> Catalog:
    """Return a page of a database's tables. Raises Refused where there is no such database."""
    more = {"NextToken": token} if token else {}
    try:
        answer = client.get_tables(DatabaseName=database, MaxResults=PAGE, **more)
    except ClientError as error:
        raise _missing(error, f"There is no database “{database}” in the Data Catalog.") from error
    found = tuple(_table(one, database) for one in answer["TableList"])
    return Catalog(database=database, tables=found, next_token=answer.get("NextToken", ""))


def table(client: Any, s3: Any, database: str, name: str) -> Catalog:
    """Return a table with its partitions and its first rows. Raises Refused where there is none."""
    try:
        found = _table(client.get_table(DatabaseName=database, Name=name)["Table"], database)
    except ClientError as error:
        raise _missing(error, f"There is no table “{name}” in the database “{database}”.") from error
    parts = _partitions(client, found) if found.keys else ()
    place = places.read(parts[0].location if parts else found.location)
    return Catalog(database=database, table=found, partitions=parts, rows=made.look(s3, place, None) if place else None)


def _missing(error: ClientError, happened: str) -> Exception:
    """Return what to raise: the refusal where there is no such thing, else the error itself."""
    if error.response["Error"]["Code"] == "EntityNotFoundException":
        return refused(404, "Not in the catalogue", happened, "Choose one from the list.", "EntityNotFoundException")
    found: Exception = error
    return found


def _partitions(client: Any, found: Table) -> tuple[Partition, ...]:
    answer = client.get_partitions(DatabaseName=found.database, TableName=found.name, MaxResults=PARTITIONS)
    return tuple(
        Partition(tuple(one["Values"]), one.get("StorageDescriptor", {}).get("Location", ""))
        for one in answer["Partitions"]
    )


def _table(one: Mapping[str, Any], database: str) -> Table:
    storage = one.get("StorageDescriptor", {})
    columns = [_column(column, False) for column in storage.get("Columns", [])]
    return Table(
        one["Name"],
        database,
        tuple(columns + [_column(column, True) for column in one.get("PartitionKeys", [])]),
        storage.get("Location", ""),
        one.get("Parameters", {}).get("classification", ""),
        one.get("Description", ""),
        one.get("UpdateTime") or one.get("CreateTime"),
    )


def _column(one: Mapping[str, Any], key: bool) -> Column:
    return Column(one["Name"], one.get("Type", ""), one.get("Comment", ""), key)
