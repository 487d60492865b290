"""One embedded AWS with a database of each family for the tests that leave them running."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded.databases.mariadb import MariaDb
from tests.embedded.process import start
from tests.embedded.rds.world import World


@pytest.fixture(scope="session", autouse=True)
def mariadb_is_installed() -> None:
    """These tests need the system's MariaDB: without it they must not pass."""
    assert not MariaDb().missing(), MariaDb().missing()


@pytest.fixture(scope="session")
def open_directory() -> Iterator[Path]:
    """A directory that any user can pass through: pytest's own is closed to the servers' user when this is root."""
    path = Path(tempfile.mkdtemp(prefix="trellis-rds-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def world(open_directory: Path) -> Iterator[World]:
    """An embedded AWS with `database-1` (mysql) and `shop` (postgres) available."""
    running = World(start(open_directory / "shared"))
    running.create("database-1", "mysql", DBName="address")
    running.create("shop", "postgres", DBName="shop")
    running.wait("database-1")
    running.wait("shop")
    yield running
    running.aws.stop()


@pytest.fixture
def fresh_world(open_directory: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], World]]:
    """Start (again) an embedded AWS on this test's own state directory."""
    home = open_directory / request.node.name[:40].replace("[", "-").replace("]", "")
    started: list[World] = []

    def begin() -> World:
        started.append(World(start(home)))
        return started[-1]

    yield begin
    for running in started:
        running.aws.stop()
