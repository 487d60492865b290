"""The worker process as the overlay sees it: begun with the first query, ended when nothing was asked for a while."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger("embedded.insights")
WORKER = (sys.executable, "-m", "embedded.overlays.insights.worker")
IDLE = 60.0
# After so long a query that was to stop is ended with its process; the others there begin anew.
PATIENCE = 5.0
ROOT = Path(__file__).parents[3]


@dataclass
class Sent:
    """A query that has not ended, how often it was begun, and the process that has it: none while one is awaited."""

    query: Mapping[str, Any]
    begun: int = 0
    process: asyncio.subprocess.Process | None = None


class WorkerProcess:
    """Sends queries and reports what becomes of them (`report(message)`).

    There is one process at a time: each holds the copy of the events for itself, so the next waits for its end.
    """

    def __init__(
        self,
        state: Path,
        report: Callable[[Mapping[str, Any]], None],
        command: Sequence[str] = WORKER,
        idle: float = IDLE,
    ) -> None:
        self._state, self._report, self._command, self._longest_idle = state, report, command, idle
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.subprocess.Process | None = None
        self._sent: dict[str, Sent] = {}
        self._idle: asyncio.TimerHandle | None = None
        self._starting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process id while there is one."""
        return self._process.pid if self._process else None

    async def run(self, query: Mapping[str, Any]) -> None:
        """Have a query run; everything about it is reported."""
        sent = self._sent.setdefault(query["id"], Sent(query))
        sent.begun, sent.process = sent.begun + 1, None
        self._stay()
        async with self._starting:
            if self._process is None:
                await self._start()
            sent.process = self._process
        if self._sent.get(query["id"]) is sent:
            self._write({"run": query})

    def stop(self, query: str) -> None:
        """Have a query stopped; what does not stop is killed."""
        sent = self._sent.get(query)
        if sent is None:
            return
        if sent.process is None:
            self._forget(query)
            return
        self._write({"stop": query})
        asyncio.get_running_loop().call_later(PATIENCE, self._kill_if_running, query)

    async def close(self) -> None:
        """End the process."""
        self._stay()
        self._sent.clear()
        self._end_input()
        await self._until_ended()
        for task in list(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _start(self) -> None:
        await self._until_ended()
        # What the process complains about goes to the log of this one.
        self._process = await asyncio.create_subprocess_exec(
            *(*self._command, str(self._state)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        self._task(self._listen(self._process))
        self._task(self._complaints(self._process))

    async def _until_ended(self) -> None:
        """Wait for the process that was told to end; one that does not is killed."""
        process, self._ending = self._ending, None
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            _kill(process)
            await process.wait()

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
        await self._again(process)

    async def _again(self, process: asyncio.subprocess.Process) -> None:
        """Begin anew what a process that ended has left behind; what ended one twice has failed."""
        for name, sent in list(self._sent.items()):
            if sent.process is not process:
                continue
            if sent.begun > 1:
                self._forget(name)
                self._report({"id": name, "state": "Failed", "message": "The query process ended."})
            else:
                await self.run(sent.query)

    def _forget(self, name: str) -> None:
        self._sent.pop(name, None)
        self._stay()
        if not self._sent:
            self._idle = asyncio.get_running_loop().call_later(self._longest_idle, self._end_input)

    def _stay(self) -> None:
        """Do not end for having had nothing to do."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end_input(self) -> None:
        """Let the process end; the next query begins another."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            self._ending = process

    def _kill_if_running(self, query: str) -> None:
        sent = self._sent.get(query)
        if sent is not None and sent.process is not None:
            self._forget(query)
            _kill(sent.process)

    def _write(self, command: Mapping[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(command).encode() + b"\n")


def _kill(process: asyncio.subprocess.Process) -> None:
    # It may have ended in this moment.
    with contextlib.suppress(ProcessLookupError):
        process.kill()
