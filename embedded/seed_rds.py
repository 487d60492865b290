"""The databases of a first start: instances with a secret each, and data to explore, put in after the ready line.

Each has a mark of its own in the state directory: one that is deleted does not come back, one that a crash cut off,
or whose server was not installed yet, is made at the next start.
"""

import json
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.databases.engine import Engine, Login
from embedded.databases.mariadb import MariaDb
from embedded.databases.postgres import Postgres

SQL = Path(__file__).parent / "seed"
LONGEST = 120.0


@dataclass(frozen=True)
class Demo:
    """One instance of the demo data."""

    identifier: str
    engine: str
    username: str
    database: str
    server: Engine
    # Answers with a row once the data is in; none is needed where it can be put in again.
    proof: str = ""

    def mark(self, state: Path) -> Path:
        """Return the file that says that it was made."""
        return state / f"seeded-{self.identifier}"


DEMOS = (
    Demo("shop", "postgres", "postgres", "shop", Postgres(), "SELECT 1 FROM pg_class WHERE relname = 'sales_by_month'"),
    Demo("database-1", "mysql", "admin", "address", MariaDb()),
)


def due(state: Path) -> list[Demo]:
    """Return what is still to be made, and can be on this machine."""
    return [demo for demo in DEMOS if not demo.mark(state).exists() and not demo.server.missing()]


def secret_name(demo: Demo) -> str:
    """Return the name of an instance's secret."""
    return f"trellis/{demo.identifier}"


def keep_secret(client: Any, demo: Demo, fields: dict[str, Any]) -> dict[str, Any]:
    """Make the secret of an instance, or return what an earlier try left in it."""
    try:
        client.create_secret(
            Name=secret_name(demo),
            Description=f"Master user of the DB instance {demo.identifier}",
            SecretString=json.dumps(fields),
            Tags=[{"Key": "trellis:db-instance", "Value": demo.identifier}],
        )
    except client.exceptions.ResourceExistsException:
        kept: dict[str, Any] = json.loads(client.get_secret_value(SecretId=secret_name(demo))["SecretString"])
        return kept
    return fields


def make(demo: Demo, rds: Any, client: Any) -> dict[str, Any]:
    """Begin to make an instance, its secret first, and return the secret's fields."""
    fields = {"username": demo.username, "password": secrets.token_urlsafe(18), "engine": demo.engine}
    fields = keep_secret(client, demo, {**fields, "dbname": demo.database, "dbInstanceIdentifier": demo.identifier})
    try:
        rds.create_db_instance(
            DBInstanceIdentifier=demo.identifier,
            Engine=demo.engine,
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername=demo.username,
            MasterUserPassword=fields["password"],
            DBName=demo.database,
        )
    except rds.exceptions.DBInstanceAlreadyExistsFault:
        return fields
    return fields


def endpoint(demo: Demo, rds: Any) -> dict[str, Any]:
    """Wait until the instance is available and return its endpoint."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        found = rds.describe_db_instances(DBInstanceIdentifier=demo.identifier)["DBInstances"][0]
        if found["DBInstanceStatus"] == "available":
            where: dict[str, Any] = found["Endpoint"]
            return where
        if found["DBInstanceStatus"] == "failed":
            raise RuntimeError(f"{demo.identifier} has failed: {found.get('StatusInfos')}")
        time.sleep(0.1)
    raise TimeoutError(f"{demo.identifier} did not become available")


def fill(demo: Demo, login: Login) -> None:
    """Put the data in, unless it is there."""
    if demo.proof and demo.server.run(login, demo.proof).strip():
        return
    demo.server.run(login, (SQL / f"{demo.database}.sql").read_text())


def main(state: Path) -> int:
    """Make what is due; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    session: Any = boto3.session.Session()
    rds, client = session.client("rds"), session.client("secretsmanager")
    begun = [(demo, make(demo, rds, client)) for demo in due(state)]
    for demo, fields in begun:
        where = endpoint(demo, rds)
        fields.update(host=where["Address"], port=where["Port"])
        client.put_secret_value(SecretId=secret_name(demo), SecretString=json.dumps(fields))
        fill(demo, Login(where["Port"], demo.username, fields["password"], demo.database))
        demo.mark(state).touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
