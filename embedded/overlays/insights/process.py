"""The worker process as the overlay sees it: begun with the first query, ended when nothing was asked for a while."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

logger = logging.getLogger("embedded.insights")
IDLE = 60.0
# After so long a query that was to stop is ended with its process; the others there begin anew.
PATIENCE = 5.0
ROOT = Path(__file__).parents[3]


class WorkerProcess:
    """Sends queries and reports what becomes of them (`report(message)`)."""

    def __init__(self, state: Path, report: Callable[[Mapping[str, Any]], None]) -> None:
        self._state, self._report = state, report
        self._process: asyncio.subprocess.Process | None = None
        self._sent: dict[str, Mapping[str, Any]] = {}
        self._tried: dict[str, int] = {}
        self._idle: asyncio.TimerHandle | None = None
        self._starting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process id while there is one."""
        return self._process.pid if self._process else None

    async def run(self, query: Mapping[str, Any]) -> None:
        """Have a query run; everything about it is reported."""
        self._sent[query["id"]] = query
        self._tried[query["id"]] = self._tried.get(query["id"], 0) + 1
        if self._idle is not None:
            self._idle.cancel()
        async with self._starting:
            if self._process is None:
                await self._start()
        self._write({"run": query})

    def stop(self, query: str) -> None:
        """Have a query stopped; what does not stop is killed."""
        if query in self._sent:
            self._write({"stop": query})
            asyncio.get_running_loop().call_later(PATIENCE, self._kill_if_running, query)

    async def close(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.cancel()
        self._sent.clear()
        process = self._process
        if process is not None and process.returncode is None:
            self._end_input()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
            except TimeoutError:
                process.kill()
        for task in list(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _start(self) -> None:
        # What the process complains about goes to the log of this one.
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "embedded.overlays.insights.worker", str(self._state)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        self._task(self._listen(self._process))
        self._task(self._complaints(self._process))

    def _task(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _complaints(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None  # noqa: S101 - for the type checker: it is a pipe
        while line := await process.stderr.readline():
            logger.warning("The query process says: %s", line.decode("utf-8", "replace").rstrip()[:500])

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101
        while line := await process.stdout.readline():
            message = json.loads(line)
            if message["state"] != "Running":
                self._forget(message["id"])
            self._report(message)
        await process.wait()
        if self._process is process:
            self._process = None
        await self._again()

    async def _again(self) -> None:
        """Begin anew what a process that ended has left behind; what ended it twice has failed."""
        for name, query in list(self._sent.items()):
            if self._tried[name] > 1:
                self._forget(name)
                self._report({"id": name, "state": "Failed", "message": "The query process ended."})
            else:
                await self.run(query)

    def _forget(self, name: str) -> None:
        self._sent.pop(name, None)
        self._tried.pop(name, None)
        if not self._sent:
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._end_input)

    def _end_input(self) -> None:
        """Let the process end; the next query begins another."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _kill_if_running(self, query: str) -> None:
        if query in self._sent and self._process is not None:
            self._forget(query)
            self._process.kill()

    def _write(self, command: Mapping[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(command).encode() + b"\n")
