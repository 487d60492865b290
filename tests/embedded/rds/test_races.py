"""Two calls about one instance at once, and what goes on when something beside it fails. No server is started."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from embedded.databases import process
from embedded.layers import Below
from embedded.overlays.rds import ending, instances, lifecycle
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.lifecycle import Servers
from embedded.overlays.rds.parameters import Fault, Parameters
from embedded.overlays.rds.records import Book, Instance
from embedded.request import Request
from embedded.state import Store

CREATE = {
    "DBInstanceIdentifier": "mine",
    "Engine": "mariadb",
    "DBInstanceClass": "db.t3.micro",
    "AllocatedStorage": "20",
    "MasterUsername": "admin",
    "ManageMasterUserPassword": "true",
}
DELETE = {"DBInstanceIdentifier": "mine", "FinalDBSnapshotIdentifier": "last"}


class Still(Servers):
    """Servers that are told what to do and do nothing."""

    def begin(self, instance: Instance, work: Callable[[Instance], Awaitable[None]]) -> None:
        """Leave it."""


class Secrets(Below):
    """Secrets Manager, which answers when it is let."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.asked, self.let = status, asyncio.Event(), asyncio.Event()
        self.targets: list[str] = []

    async def json(self, request: Request, service: str, target: str, parameters: Any) -> tuple[int, Any]:
        self.targets.append(target.rpartition(".")[2])
        self.asked.set()
        await self.let.wait()
        return self.status, {"ARN": f"arn:{len(self.targets)}"}


@pytest.fixture
def servers(tmp_path: Path) -> Servers:
    for name in ("state", "log"):
        (tmp_path / name).mkdir()
    return Still(tmp_path / "state", tmp_path / "log", Book(Store(tmp_path / "state")))


async def nothing() -> Any:
    raise AssertionError("the body is not read")


def call(servers: Servers, parameters: dict[str, str]) -> Call:
    request = Request({"type": "http", "headers": []}, nothing, "rds", "us-east-1", "000000000000")
    return Call(request, Parameters({name: [value] for name, value in parameters.items()}), servers)


async def outcome(work: Awaitable[Any]) -> str:
    try:
        await work
    except Fault as fault:
        return fault.code
    return ""


def test_one_name_is_given_once_however_long_its_secret_takes(servers: Servers) -> None:
    async def walk() -> tuple[list[str], list[str]]:
        slow, quick = Secrets(), Secrets()
        quick.let.set()
        first = asyncio.create_task(outcome(instances.create(call(servers, CREATE), slow)))
        await slow.asked.wait()
        second = await outcome(instances.create(call(servers, CREATE), quick))
        slow.let.set()
        return [await first, second], slow.targets

    codes, targets = asyncio.run(walk())
    assert codes == ["DBInstanceAlreadyExists", ""]
    assert [one.identifier for one in servers.book.instances] == ["mine"]
    assert targets == ["CreateSecret", "DeleteSecret"]


def made(servers: Servers) -> Instance:
    secrets = Secrets()
    secrets.let.set()
    asyncio.run(instances.create(call(servers, CREATE), secrets))
    (instance,) = servers.book.instances
    instance.status, instance.initialised = "available", True
    return instance


def test_an_instance_is_deleted_once_however_long_its_secret_takes(servers: Servers) -> None:
    instance = made(servers)

    async def walk() -> list[str]:
        slow = Secrets()
        first = asyncio.create_task(outcome(ending.delete(call(servers, DELETE), slow)))
        await slow.asked.wait()
        again = {**DELETE, "FinalDBSnapshotIdentifier": "other"}
        second = await outcome(ending.delete(call(servers, again), slow))
        slow.let.set()
        return [await first, second]

    assert asyncio.run(walk()) == ["", "InvalidDBInstanceState"]
    assert instance.status == "deleting"
    assert [(one.identifier, one.resource_id) for one in servers.book.snapshots] == [("last", instance.final_snapshot)]


def test_an_instance_whose_secret_stays_is_as_it_was(servers: Servers) -> None:
    instance = made(servers)

    async def walk() -> str:
        secrets = Secrets(status=500)
        secrets.let.set()
        return await outcome(ending.delete(call(servers, DELETE), secrets))

    assert asyncio.run(walk()) == "InvalidParameterCombination"
    assert (instance.status, instance.final_snapshot, servers.book.snapshots) == ("available", "", [])


def test_an_instance_can_be_made_where_the_place_was_removed(servers: Servers) -> None:
    made(servers)
    shutil.rmtree(servers.place.base)
    another = call(servers, {**CREATE, "DBInstanceIdentifier": "another"})
    secrets = Secrets()
    secrets.let.set()
    assert asyncio.run(outcome(instances.create(another, secrets))) == ""
    assert servers.place.make("another").is_dir()


def test_servers_are_watched_on_after_a_log_that_cannot_be_shortened(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    instance = made(servers)
    monkeypatch.setattr(lifecycle, "WATCH_SECONDS", 0.001)
    monkeypatch.setattr(lifecycle, "SHORTEN_EVERY", 1)

    def full(_log: Path) -> bool:
        server.alive = False
        raise OSError(28, "No space left on device")

    class Process:
        """A server that ends when its log was looked at."""

        alive, ending = True, False
        launch = type("Launch", (), {"log": Path("log")})
        popen = type("Popen", (), {"returncode": -9})

    server: Any = Process()
    monkeypatch.setattr(process, "shorten", full)
    servers.running[instance.resource_id] = server

    async def walk() -> None:
        watching = asyncio.create_task(servers._watching())
        while instance.status != "starting" and not watching.done():
            await asyncio.sleep(0.001)
        watching.cancel()

    asyncio.run(walk())
    assert instance.status == "starting"
    assert "could not be looked at" in caplog.text
