"""The process that runs queries, where one ends while the next query comes. Queries here end when they are told to."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded.overlays.insights.process import WorkerProcess

# It says what it was sent and from which process; it ends, after its input has, when the file named `end` is there.
SCRIPT = """
import json, os, pathlib, sys, time
state = pathlib.Path(sys.argv[1])
alone = state / "running"
for line in sys.stdin:
    command = json.loads(line)
    if "run" in command:
        name = command["run"]["id"]
        others = alone.exists() and alone.read_text() != str(os.getpid())
        alone.write_text(str(os.getpid()))
        for word in ("Running", "Complete"):
            print(json.dumps({"id": name, "state": word, "pid": os.getpid(), "others": others}), flush=True)
while not (state / "end").exists():
    time.sleep(0.01)
alone.unlink(missing_ok=True)
"""
Told = list[Mapping[str, Any]]
Steps = Callable[[WorkerProcess, Told], Awaitable[None]]


def walk(state: Path, steps: Steps, idle: float) -> Told:
    """Take steps with a process that ends after `idle` seconds, and return what was reported."""

    async def walked() -> Told:
        told: Told = []
        process = WorkerProcess(state, told.append, (sys.executable, "-c", SCRIPT), idle)
        try:
            await asyncio.wait_for(steps(process, told), 60)
        finally:
            (state / "end").touch()
            await process.close()
        return told

    return asyncio.run(walked())


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


def ended(told: Told, name: str) -> list[str]:
    return [message["state"] for message in told if message["id"] == name]


def test_a_query_that_comes_while_the_process_ends_runs_once(tmp_path: Path) -> None:
    async def steps(process: WorkerProcess, told: Told) -> None:
        await process.run({"id": "first"})
        await until(lambda: process.pid is None and len(told) == 2)
        running = asyncio.create_task(process.run({"id": "second"}))
        await asyncio.sleep(0.05)
        (tmp_path / "end").touch()
        await running
        await until(lambda: ended(told, "second")[-1:] == ["Complete"])

    told = walk(tmp_path, steps, idle=0.0)
    assert ended(told, "second") == ["Running", "Complete"]
    assert len({message["pid"] for message in told}) == 2
    assert not any(message["others"] for message in told)


def test_a_process_that_does_not_end_is_killed_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.overlays.insights.process.PATIENCE", 0.05)

    async def steps(process: WorkerProcess, told: Told) -> None:
        await process.run({"id": "first"})
        await until(lambda: process.pid is None and len(told) == 2)
        await process.run({"id": "second"})
        await until(lambda: ended(told, "second")[-1:] == ["Complete"])

    assert ended(walk(tmp_path, steps, idle=0.0), "second") == ["Running", "Complete"]


def test_a_query_stopped_before_there_is_a_process_never_runs(tmp_path: Path) -> None:
    async def steps(process: WorkerProcess, told: Told) -> None:
        starting = asyncio.create_task(process.run({"id": "first"}))
        await asyncio.sleep(0)
        process.stop("first")
        await starting
        await process.run({"id": "second"})
        await until(lambda: ended(told, "second")[-1:] == ["Complete"])

    assert ended(walk(tmp_path, steps, idle=60.0), "first") == []


def test_queries_that_came_before_the_end_keep_the_process(tmp_path: Path) -> None:
    async def steps(process: WorkerProcess, told: Told) -> None:
        for name in ("first", "second", "third"):
            await process.run({"id": name})
            await until(lambda name=name: ended(told, name)[-1:] == ["Complete"])  # type: ignore[misc]

    told = walk(tmp_path, steps, idle=60.0)
    assert len({message["pid"] for message in told}) == 1
