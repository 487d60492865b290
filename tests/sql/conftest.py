"""The two servers, one of each for the whole session, and a target on each."""

from collections.abc import Iterator

import pytest

from app.sql.engines import Engines
from app.sql.target import Target
from tests.sql import servers


@pytest.fixture(scope="session")
def mariadb_port() -> Iterator[int]:
    with servers.mariadb("--max-connections=40") as port:
        yield port


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    with servers.postgres("max_connections=40") as port:
        yield port


@pytest.fixture(params=["mariadb", "postgres"])
def target(request: pytest.FixtureRequest) -> Target:
    return make(request.param, request.getfixturevalue(f"{request.param}_port"))


@pytest.fixture
def maria(mariadb_port: int) -> Target:
    return make("mariadb", mariadb_port)


@pytest.fixture
def pg(postgres_port: int) -> Target:
    return make("postgres", postgres_port)


def make(engine: str, port: int, *, database: str = "shop", password: str = servers.PASSWORD) -> Target:
    return Target(
        engine="postgres" if engine == "postgres" else "mariadb",
        host="127.0.0.1",
        port=port,
        user=servers.MASTER,
        password=lambda fresh: password,
        database=database,
        writable=True,
    )


@pytest.fixture
def engines() -> Iterator[Engines]:
    made = Engines()
    yield made
    made.close()
