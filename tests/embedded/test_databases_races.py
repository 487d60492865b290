"""What several embedded AWSs do at once to what they share: stand-ins and directories in memory that were left."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embedded import lock
from embedded.databases import engine, place, process, scratch
from embedded.databases.engine import Database
from embedded.databases.mariadb import MariaDb
from embedded.databases.place import Owner
from embedded.databases.process import Launch, Server

ORIGINAL = shutil.rmtree


def left_behind(elsewhere: Path, number: int, gone: Path) -> Path:
    path = elsewhere / f"databases-{number}"
    (path / "data").mkdir(parents=True)
    (path / "state-directory").write_text(f"{gone}\n")
    return path


def test_a_stand_in_that_another_removes_meanwhile_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        left_behind(tmp_path / "elsewhere", number, tmp_path / "gone")

    def after_another(path: Path) -> None:
        ORIGINAL(path)  # the other embedded AWS is quicker
        ORIGINAL(path)

    monkeypatch.setattr(shutil, "rmtree", after_another)
    place.sweep(tmp_path / "elsewhere")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_stand_in_that_cannot_be_removed_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept, removed = (left_behind(tmp_path / "elsewhere", number, tmp_path / "gone") for number in range(2))

    def refuse(path: Path) -> None:
        if path == kept:
            raise OSError(39, "Directory not empty", str(path))
        ORIGINAL(path)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    place.sweep(tmp_path / "elsewhere")
    assert (kept.exists(), removed.exists()) == (True, False)
    assert "could not be removed" in caplog.text


def meddling(monkeypatch: pytest.MonkeyPatch, meddle: Callable[[Path], None]) -> None:
    """Have something done before the next lock is taken, once."""
    acquire = lock.acquire

    def meddled(path: Path, create: bool = True) -> int:
        monkeypatch.setattr(lock, "acquire", acquire)
        meddle(path)
        return lock.acquire(path, create)

    monkeypatch.setattr(lock, "acquire", meddled)


def test_a_directory_that_is_swept_before_its_lock_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sweep_first(path: Path) -> None:
        held.append(os.open(path, os.O_RDWR | os.O_CREAT))
        scratch.sweep(tmp_path)

    held: list[int] = []
    meddling(monkeypatch, sweep_first)
    with scratch.scratch(Owner(), tmp_path, tmp_path) as made:
        (made / "file").write_text("whole")
        scratch.sweep(tmp_path)
        assert (made / "file").read_text() == "whole"
    os.close(held[0])
    assert list(tmp_path.iterdir()) == []


def test_a_directory_whose_lock_another_holds_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    meddling(monkeypatch, lambda path: held.append(lock.acquire(path)))
    with scratch.scratch(Owner(), tmp_path, tmp_path) as made:
        assert made.is_dir()
    os.close(held[0])
    scratch.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sweeping_puts_nothing_into_what_another_is_removing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / f"{scratch.PREFIX}left"
    folder.mkdir()
    (folder / "lock").touch()
    meddling(monkeypatch, lambda path: path.unlink())
    scratch.sweep(tmp_path)
    assert list(folder.iterdir()) == []


def test_a_helper_that_does_not_end_is_a_failure_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LONGEST_HELP", 0.2)
    with pytest.raises(RuntimeError, match="did not end in 0 seconds"):
        process.run_as(Owner(), [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="a server is a POSIX program here")
def test_a_server_whose_state_cannot_be_asked_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Server] = []

    class Unasked(MariaDb):
        stop_signal = signal.SIGKILL

        def launch(self, database: Database, _first: Any) -> Launch:
            return Launch([sys.executable], tmp_path, database.port, database.log, database.owner)

        def ready(self, database: Database) -> bool:
            raise BlockingIOError(11, "Resource temporarily unavailable")

    begin = process.start

    def start(launch: Launch) -> Server:
        started.append(begin(launch))
        return started[-1]

    monkeypatch.setattr(process, "start", start)
    # In place of a server something that lasts.
    monkeypatch.setattr(process, "confined", lambda launch: [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(BlockingIOError):
        engine.bring_up(Unasked(), Database(tmp_path, 1, "", tmp_path / "log", Owner()))
    assert [server.alive for server in started] == [False]
