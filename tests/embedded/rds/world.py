"""DB instances for tests: made, waited for, and connected to as anyone would."""

import functools
import random
import time
from dataclasses import dataclass
from typing import Any

import psycopg
import pymysql
from botocore.exceptions import ClientError

from embedded.databases import ports
from tests.embedded.process import Embedded

PASSWORD = "s3cr'et\\pa$$w%rd"
NAMES = {"mysql": "admin", "mariadb": "admin", "postgres": "postgres"}


def refusal(call: Any, **parameters: Any) -> tuple[str, str]:
    """Return the code and the message of a call that must be refused."""
    try:
        answer = call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError(f"not refused: {answer}")


@dataclass
class World:
    """An embedded AWS with databases."""

    aws: Embedded

    @functools.cached_property
    def rds(self) -> Any:
        return self.aws.client("rds")

    def create(self, name: str, engine: str, **more: Any) -> Any:
        """Begin to make an instance."""
        asked = {
            "DBInstanceIdentifier": name,
            "Engine": engine,
            "DBInstanceClass": "db.t3.micro",
            "AllocatedStorage": 20,
            "MasterUsername": NAMES[engine],
            "MasterUserPassword": PASSWORD,
            # Not the engine's own: other embedded AWSs of these tests would want the same one.
            "Port": ports.choose(0, (), random.randrange(len(ports.FALLBACKS))),
        }
        kept = {key: value for key, value in {**asked, **more}.items() if value is not None}
        return self.rds.create_db_instance(**kept)["DBInstance"]

    def instance(self, name: str) -> Any:
        """Return an instance as it is described now."""
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def wait(self, name: str, status: str = "available", seconds: float = 90) -> Any:
        """Wait until an instance has a state; one that fails meanwhile is an error."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.instance(name)
            if found["DBInstanceStatus"] == status:
                return found
            assert found["DBInstanceStatus"] != "failed", found["StatusInfos"]
            time.sleep(0.05)
        raise TimeoutError(f"{name} is still {found['DBInstanceStatus']}")

    def wait_gone(self, name: str, seconds: float = 90) -> None:
        """Wait until there is no such instance."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            names = [one["DBInstanceIdentifier"] for one in self.rds.describe_db_instances()["DBInstances"]]
            if name not in names:
                return
            time.sleep(0.05)
        raise TimeoutError(f"{name} is still there")

    def wait_snapshot(self, name: str, seconds: float = 90) -> Any:
        """Wait until a snapshot is available."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
            if found["Status"] == "available":
                return found
            assert found["Status"] == "creating", found
            time.sleep(0.05)
        raise TimeoutError(f"{name} is not available")

    def connect(self, name: str, password: str = PASSWORD, database: str | None = None, user: str = "") -> Any:
        """Connect with the engine's own driver to the endpoint that RDS gives."""
        found = self.instance(name)
        endpoint, user = found["Endpoint"], user or found["MasterUsername"]
        where = {"host": endpoint["Address"], "port": endpoint["Port"], "user": user, "password": password}
        if found["Engine"] == "postgres":
            return psycopg.connect(**where, dbname=database or "postgres", autocommit=True, connect_timeout=60)
        return pymysql.connect(**where, database=database, autocommit=True, connect_timeout=60, local_infile=True)

    def run(self, name: str, sql: str, database: str | None = None, **more: Any) -> list[tuple[Any, ...]]:
        """Run one statement on a connection of its own and return its rows."""
        connection = self.connect(name, database=database, **more)
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
        finally:
            connection.close()
