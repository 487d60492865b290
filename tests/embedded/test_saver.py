"""Saving while something else happens: a write in the same moment, the end of everything, a save that fails."""

import asyncio
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from embedded.durable import Durable
from embedded.request import Request
from embedded.saver import Saver
from embedded.state import Store

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork everything is written by this process")


class Service:
    """One service whose state is a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.fails = 0

    def state_names(self) -> list[str]:
        return ["s3"]

    def serialise(self, name: str) -> bytes:
        return self.text.encode()

    def changed_names(self) -> list[str]:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("dictionary changed size during iteration")
        return []

    def saved(self, names: Iterable[str]) -> list[str]:
        return []

    def enter_child(self) -> None:
        """Nothing to prepare."""

    def acts_by_itself(self) -> bool:
        return False


class Slow(Store):
    """Its candidate, which a child writes, is half written when the child waits for the file named `go`."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.directory, self.parent = directory, os.getpid()

    def write_candidate(self, service: str, payload: bytes, digest: str) -> None:
        if os.getpid() == self.parent or not (self.directory / "hold").exists():
            super().write_candidate(service, payload, digest)
            return
        with (self.directory / f"{service}.new").open("wb", buffering=0) as file:
            half = b"trellis-state 1 " + digest.encode() + b"\n" + payload[: len(payload) // 2]
            file.write(half)
            (self.directory / "held").write_text(str(os.getpid()))
            while not (self.directory / "go").exists():
                time.sleep(0.005)
            file.write(payload[len(payload) // 2 :])


async def until(path: Path) -> None:
    while not path.exists() or not path.read_text():
        await asyncio.sleep(0.005)


@FORKS
def test_what_is_saved_at_once_is_not_spoiled_by_the_save_that_goes_on(tmp_path: Path) -> None:
    service, store = Service("old" * 1000), Slow(tmp_path)
    saver = Saver(service, store)
    (tmp_path / "hold").touch()

    async def walk() -> None:
        saver.mark(["s3"])
        saving = asyncio.create_task(saver.save())
        await until(tmp_path / "held")
        service.text = "new" * 500
        saver.save_now("s3")
        (tmp_path / "go").write_text("go")
        await saving

    asyncio.run(walk())
    assert Store(tmp_path).load("s3") == b"new" * 500


@FORKS
def test_the_last_save_is_not_spoiled_by_the_one_that_was_cut_off(tmp_path: Path) -> None:
    service, store = Service("old" * 1000), Slow(tmp_path)
    saver = Saver(service, store)
    (tmp_path / "hold").touch()

    async def walk() -> int:
        saver.mark(["s3"])
        saving = asyncio.create_task(saver.save())
        await until(tmp_path / "held")
        child = int((tmp_path / "held").read_text())
        saving.cancel()
        await asyncio.wait([saving])
        (tmp_path / "hold").unlink()
        service.text = "new" * 500
        saver.mark(None)
        await saver.save()
        return child

    child = asyncio.run(walk())
    (tmp_path / "go").write_text("go")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert Store(tmp_path).load("s3") == b"new" * 500


def test_saving_goes_on_after_a_save_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("embedded.saver.PAUSE", 0.001)
    monkeypatch.setattr("embedded.saver.CAN_FORK", False)
    service = Service("kept")
    service.fails = 2
    saver = Saver(service, Store(tmp_path))

    async def walk() -> None:
        running = asyncio.create_task(saver.run())
        saver.mark(["s3"])
        while not running.done() and not (tmp_path / "s3.state").exists():
            await asyncio.sleep(0.001)
        running.cancel()

    asyncio.run(walk())
    assert Store(tmp_path).load("s3") == b"kept"
    assert "it is tried again" in caplog.text


def test_a_change_counts_though_whoever_asked_has_gone(tmp_path: Path) -> None:
    saver = Saver(Service("kept"), Store(tmp_path))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def gone(message: Any) -> None:
        raise ConnectionResetError("the client has gone")

    scope = {"type": "http", "method": "PUT", "headers": [], "raw_path": b"/bucket/key"}
    request = Request(scope, receive, "s3", "us-east-1", "0" * 12)
    durable = Durable(app, saver, lambda _service: ["s3"])
    with pytest.raises(ConnectionResetError):
        asyncio.run(durable({"type": "http", "trellis.request": request}, receive, gone))
    asyncio.run(saver.save())
    assert Store(tmp_path).load("s3") == b"kept"
