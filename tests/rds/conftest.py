"""A real embedded AWS with a real database of each kind, for the tests of RDS's pages."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.embedded.process import Embedded, start
from tests.over_embedded import application

PASSWORD = "correct-horse-battery"
ENGINES = {"shop": "postgres", "database-1": "mysql"}


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with two instances and their secrets."""
    running = start(tmp_path_factory.mktemp("rds"))
    try:
        make_instances(running)
        yield running
    finally:
        running.stop()


def make_instances(aws: Embedded, engines: dict[str, str] = ENGINES) -> None:
    """Create the instances, keep their logins in secrets, wait until they are available."""
    rds, secrets = aws.client("rds"), aws.client("secretsmanager")
    for name, engine in engines.items():
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine=engine,
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="dbadmin",
            MasterUserPassword=PASSWORD,
            DBName="shop",
        )
        login = {"username": "dbadmin", "password": PASSWORD, "dbInstanceIdentifier": name}
        secrets.create_secret(Name=f"rds/{name}", SecretString=json.dumps(login))
    for name in engines:
        wait_for(rds, name, "available")


def wait_for(rds: Any, name: str, state: str, seconds: float = 60) -> None:
    """Wait until an instance is in a state."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]
        if now == state:
            return
        time.sleep(0.2)
    raise TimeoutError(f"{name} is {now}, not {state}")


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    with application(embedded, tmp_path_factory.mktemp("shared"), "rds", "sts", "secretsmanager", "dynamodb") as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
