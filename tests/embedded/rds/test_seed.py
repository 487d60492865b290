"""The demo databases are made after the ready line, once, and come back only where they were cut off."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.process import start
from tests.embedded.rds.world import World, refusal


def wait_for(path: Path, seconds: float = 150) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} is missing"
        time.sleep(0.1)


def secret(world: World, name: str) -> Any:
    found = world.aws.client("secretsmanager").get_secret_value(SecretId=f"trellis/{name}")
    return json.loads(found["SecretString"])


@pytest.mark.timeout(180)
def test_the_demo_databases(open_directory: Path) -> None:
    home = open_directory / "seeded"
    world = World(start(home, seed=("rds",)))
    try:
        # Cut off as soon as it has begun.
        world.aws.kill()
        world = World(start(home, seed=("rds",)))
        wait_for(home / "state" / "seeded-shop")
        wait_for(home / "state" / "seeded-database-1")
        shop, address = secret(world, "shop"), secret(world, "database-1")
        assert set(shop) == {"username", "password", "engine", "host", "port", "dbname", "dbInstanceIdentifier"}
        assert (shop["engine"], address["engine"]) == ("postgres", "mysql")
        assert shop["port"] == world.instance("shop")["Endpoint"]["Port"]
        totals = "SELECT count(*), sum(price * quantity)::text FROM order_items"
        assert world.run("shop", totals, "shop", password=shop["password"]) == [(120000, "24384785.82")]
        rows = world.run("database-1", "SELECT * FROM address", "address", password=address["password"])
        assert rows == [(1, "Germany"), (2, "USA")]
        world.rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True)
        world.wait_gone("shop")
        world.aws.stop()
        world = World(start(home, seed=("rds",)))
        world.wait("database-1")
        describe = {"DBInstanceIdentifier": "shop"}
        assert refusal(world.rds.describe_db_instances, **describe)[0] == "DBInstanceNotFound"
    finally:
        world.aws.stop()
