"""One installed bundle for the whole run, served over an embedded AWS with a bucket and a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bundle.instance import REFERENCES, Instance
from tests.bundle.visitor import Visitor
from tests.embedded.process import Embedded, start
from tests.rds.conftest import make_instances

BUCKET = "demo-pictures"
DATABASE = "database-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what installs and serves the bundle, so that `-m "not bundle"` leaves it out."""
    for item in items:
        if item.path.name == "test_served.py" and "tests/bundle/" in item.path.as_posix():
            item.add_marker(pytest.mark.bundle)
            item.add_marker(pytest.mark.timeout(300))  # pip may have much to fetch


@dataclass(frozen=True)
class Served:
    """The running instance and the AWS behind it."""

    instance: Instance
    aws: Embedded

    def visitor(self, address: str = "127.0.0.1", balanced: bool = False) -> Visitor:
        """Return a browser that asks nginx, or the load balancer in front of it."""
        return Visitor(self.instance.balancer if balanced else self.instance.port, address=address)


@pytest.fixture(scope="session")
def bundle_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield an embedded AWS with what the environment's stack would hold, a bucket and a database."""
    running = start(tmp_path_factory.mktemp("bundle-aws") / "home")
    try:
        s3 = running.client("s3")
        for bucket in (BUCKET, REFERENCES["TrellisCache"]):
            s3.create_bucket(Bucket=bucket)
        running.client("dynamodb").create_table(
            TableName=REFERENCES["TrellisState"],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("owner", "id")],
            KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        make_instances(running, {DATABASE: "mysql"})
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def served(bundle_aws: Embedded) -> Iterator[Served]:
    """Yield the bundle of this tree, installed and running as on a single instance."""
    instance = Instance("single")
    try:
        instance.unpack()
        instance.install()
        instance.start(settings(bundle_aws))
        yield Served(instance, bundle_aws)
    finally:
        instance.remove()


def settings(aws: Embedded) -> dict[str, str]:
    """Return what the deploy command sets, and the way to the embedded AWS in place of the instance's role."""
    kept = {name: value for name, value in aws.env.items() if name.startswith("AWS_")}
    readable = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    return {**kept, **readable, "TRELLIS_SECRET_KEY": "of the environment", "TRELLIS_FIRST_INSTRUCTOR": CODE}


CODE = "the first instructor's code"
ROOT = Path(__file__).parents[2]
