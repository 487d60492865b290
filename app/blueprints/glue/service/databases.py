"""What a recipe must know of an RDS instance: which there are, how to sign in, a table's columns."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service.recipes.columns import MOST, Column
from app.sql import schema, tls
from app.sql.errors import SqlError
from app.sql.secret_login import read_secret
from app.sql.target import Target

DIALECTS = {
    **{"mysql": "mysql", "mariadb": "mysql", "aurora-mysql": "mysql"},
    **{"postgres": "postgres", "aurora-postgresql": "postgres"},
}
PAGES = 5


@dataclass(frozen=True)
class Choices:
    """Names to choose from; `said` is what could not be listed."""

    instances: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Looked:
    """What is known of a table; `faults` by field of the form."""

    dialect: str = ""
    database: str = ""
    columns: tuple[Column, ...] = ()
    tables: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def choices(rds: Any, secrets: Any) -> Choices:
    """Return the instances and the secrets of this region, as far as they may be listed."""
    try:
        found = rds.describe_db_instances()["DBInstances"]
        pages = secrets.get_paginator("list_secrets").paginate(PaginationConfig={"MaxItems": PAGES * 100})
        names = sorted(one["Name"] for page in pages for one in page["SecretList"])
    except ClientError as error:
        return Choices(said=error.response["Error"].get("Message") or str(error))
    spoken = [(one["DBInstanceIdentifier"], one["Engine"]) for one in found if one["Engine"] in DIALECTS]
    return Choices(tuple(sorted(spoken)), tuple(names))


def look(clients: dict[str, Any], instance: str, login: str, database: str, table: str) -> Looked:
    """Return a table's columns, or, where none is named or there is no such, the tables to choose from."""
    blanks = {"instance": (instance, "Name the instance."), "login": (login, "Name the secret that holds its login.")}
    missing = tuple((name, said) for name, (value, said) in blanks.items() if not value)
    if missing:
        return Looked(faults=missing)
    try:
        found = clients["rds"].describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]
    except ClientError as error:
        return Looked(faults=(("instance", error.response["Error"].get("Message") or str(error)),))
    dialect = DIALECTS.get(found["Engine"], "")
    if not dialect or not found.get("Endpoint", {}).get("Address"):
        said = f"It is {found.get('DBInstanceStatus')}." if dialect else f"{found['Engine']} is not known here."
        return Looked(faults=(("instance", said),))
    try:
        return _asked(clients["secretsmanager"], found, dialect, login, database, table)
    except ClientError as error:
        return Looked(dialect, faults=(("login", error.response["Error"].get("Message") or str(error)),))
    except SqlError as error:
        return Looked(dialect, faults=(("login", f"{error.title}: {error}"),))


def _asked(secrets: Any, found: dict[str, Any], dialect: str, login: str, database: str, table: str) -> Looked:
    secret = read_secret(secrets, login)
    name = database or secret.database or found.get("DBName") or ""
    if not name:
        return Looked(dialect, faults=(("database", "Name the database: neither instance nor secret does."),))
    target = _target(found, dialect, login, name, secret.username or found["MasterUsername"], secrets)
    place, _, plain = table.rpartition(".") if dialect == "postgres" else (name, "", table)
    structure = schema.structure(target, place or "public", plain) if table else None
    if structure is not None and structure.columns:
        columns = tuple(Column(one.name, one.name, "text", True, one.type) for one in structure.columns[:MOST])
        return Looked(dialect, name, columns)
    tables = tuple(_full(one, dialect) for one in schema.tables(target))
    said = f"There is no table {table} in {name}." if table else f"Choose one of the {len(tables)} tables of {name}."
    return Looked(dialect, name, tables=tables, faults=(("relation", said),))


def _full(table: schema.Table, dialect: str) -> str:
    return f"{table.schema}.{table.name}" if dialect == "postgres" else table.name


def _target(found: dict[str, Any], dialect: str, login: str, database: str, user: str, secrets: Any) -> Target:
    mariadb = "MariaDB" in (found.get("EngineVersion") or "") or found["Engine"] == "mariadb"
    engine: Any = "mariadb" if mariadb else dialect
    place = found["Endpoint"]
    return Target(
        engine=engine,
        host=place["Address"],
        port=place["Port"],
        user=user,
        database=database,
        password=lambda _fresh: read_secret(secrets, login).password,
        credential=login,
        **tls.of_host(place["Address"]),
    )
