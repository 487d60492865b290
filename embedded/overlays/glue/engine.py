"""Job runs over time: started, followed, ended, tried again; one task for each that goes on."""

import asyncio
import contextlib
import logging
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from embedded.book import Book, Record, Where
from embedded.emulator import Emulator
from embedded.layers import Below
from embedded.overlays.glue.asked import Fault, NotReadyError
from embedded.overlays.glue.clock import read_options
from embedded.overlays.glue.execution import Execution, Outcome
from embedded.overlays.glue.identity import retried
from embedded.overlays.glue.prepare import Plan, prepare, remove
from embedded.overlays.glue.spark import VENV
from embedded.overlays.glue.streams import Streams
from embedded.overlays.glue.words import command_failed, error_message
from embedded.settings import Home

logger = logging.getLogger("embedded.glue")
# As many as an AWS account may have at first; the emulator runs all of them on one machine.
MOST_RUNS = 50
KEPT_RUNS = 500
FINAL = frozenset(("STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR"))
# How long a script may take to end when everything does.
LAST_SECONDS = 1.5
INTERRUPTED = "The embedded AWS ended while this run was going on."


@dataclass
class Going:
    """A run that goes on."""

    plan: Plan
    execution: Execution | None = None
    # What ends it before the script does: STOPPED or TIMEOUT.
    verdict: str = ""
    began: float = 0.0
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)


class Engine:
    """All runs of this embedded AWS."""

    def __init__(self, book: Book, home: Home) -> None:
        self.book, self._home = book, home
        self._going: dict[str, Going] = {}
        self._threads = ThreadPoolExecutor(MOST_RUNS, thread_name_prefix="glue")
        self._forward: Below | None = None
        self._closed = False
        # Told of each run that reached its last state.
        self.ended: list[Callable[[Where, Record], None]] = []
        self.options = read_options(home.root)
        self._minute = float(self.options.get("seconds_per_minute", 60))

    def reach(self, forward: Below) -> None:
        """Keep the way to the emulator."""
        self._forward = forward

    def emulator(self, where: Where) -> Emulator:
        """Return the emulator as one account and region see it."""
        if self._forward is None:
            raise Fault("OperationTimeoutException", "The embedded AWS is still starting.")
        return Emulator(self._forward, where, self._home.last_port())

    def resume(self) -> None:
        """After a start: what an earlier end cut off has failed, and what it left on disk goes."""
        for kind, where, run in self.book.everywhere("run "):
            if run["JobRunState"] not in FINAL:
                if run.get("_Directory"):
                    remove(Path(run["_Directory"]))
                seconds = max(0, int(run["LastModifiedOn"] - run["StartedOn"]))
                run.update(JobRunState="FAILED", ErrorMessage=INTERRUPTED, ExecutionTime=seconds)
                run["CompletedOn"] = run["LastModifiedOn"] = time.time()
                self.book.put(kind, where, run["Id"], run)

    async def close(self) -> None:
        """Stop everything that goes on: the embedded AWS ends."""
        self._closed = True
        for end, seconds in ((Execution.stop, LAST_SECONDS), (Execution.abandon, 3.0)):
            for going in self._going.values():
                going.verdict = going.verdict or "STOPPED"
                if going.execution is not None:
                    end(going.execution)
            if tasks := [going.task for going in self._going.values() if going.task is not None]:
                await asyncio.wait(tasks, timeout=seconds)
        self.resume()
        self.book.close()

    def start(self, where: Where, job: Record, run: Record) -> None:
        """Begin a run, let it wait where the job queues, or refuse it where too many go on."""
        most = (job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1)
        full = self.busy(where, job["Name"]) >= most
        if full and not run.get("JobRunQueuingEnabled", job.get("JobRunQueuingEnabled")):
            raise Fault("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}")
        if len(self._going) >= MOST_RUNS:
            raise Fault("ResourceNumberLimitExceededException", f"At most {MOST_RUNS} job runs go on at a time.")
        self._trim(where, job["Name"])
        if full:
            run["JobRunState"] = "WAITING"
            self._note(where, run)
        else:
            self._begin(where, job, run)

    def refuse(self, where: Where, run: Record, reason: str) -> None:
        """Keep a run that could not be started."""
        self._finish(where, run, "FAILED", reason)

    def busy(self, where: Where, job: str) -> int:
        """Return how many runs of a job go on."""
        return sum(1 for going in self._going.values() if (going.plan.where, going.plan.job["Name"]) == (where, job))

    def stop(self, where: Where, run: Record) -> None:
        """Stop a run that waits or goes on."""
        going = self._going.get(run["Id"])
        if going is None:
            self._finish(where, run, "STOPPED", "")
            return
        going.verdict = going.verdict or "STOPPED"
        run["JobRunState"] = "STOPPING"
        self._note(where, run)
        if going.execution is not None:
            going.execution.stop()

    def _begin(self, where: Where, job: Record, run: Record) -> None:
        directory = Path(tempfile.mkdtemp(prefix="glue-python-scripts-"))
        run.update(JobRunState="STARTING", _Directory=str(directory))
        self._note(where, run)
        going = self._going[run["Id"]] = Going(Plan(where, dict(job), run, directory))
        going.task = asyncio.get_running_loop().create_task(self._live(going))

    async def _live(self, going: Going) -> None:
        plan, run = going.plan, going.plan.run
        state, message = "FAILED", ""
        try:
            outcome = await self._run(going)
            if outcome is not None:
                state, message = self._judge(going, outcome)
            else:
                state = going.verdict
        except NotReadyError as error:
            message = str(error)
        except Exception as error:
            logger.exception("The run %s of the Glue job %s failed here.", run["Id"], plan.job["Name"])
            message = f"The embedded AWS failed: {error}"
        finally:
            await asyncio.to_thread(remove, plan.directory)
            del self._going[run["Id"]]
        if self._closed:
            state, message = "FAILED", INTERRUPTED
        self._finish(plan.where, run, state, message, time.time() - going.began if going.began else 0.0)
        if not self._closed:
            self._next(plan, state)

    async def _run(self, going: Going) -> Outcome | None:
        """Run the script; None when it was stopped before it began."""
        loop, plan = asyncio.get_running_loop(), going.plan
        emulator = self.emulator(plan.where)
        order = await prepare(plan, emulator, Path(self.options.get("spark", VENV)))
        streams = Streams(emulator, loop, plan.run)
        await streams.make()
        if going.verdict:
            return None
        output, error = streams.lines()
        going.execution = Execution(order, output, error, lambda: _tell(loop, self._running, going))
        expiry = loop.call_later(plan.run["Timeout"] * self._minute, self._expire, going)
        try:
            return await loop.run_in_executor(self._threads, going.execution.run)
        finally:
            expiry.cancel()

    def _running(self, going: Going) -> None:
        going.began = going.plan.run["_Began"] = time.time()
        if not going.verdict:
            going.plan.run["JobRunState"] = "RUNNING"
            self._note(going.plan.where, going.plan.run)

    def _expire(self, going: Going) -> None:
        going.verdict = going.verdict or "TIMEOUT"
        if going.execution is not None:
            going.execution.stop()

    def _judge(self, going: Going, outcome: Outcome) -> tuple[str, str]:
        """Return the last state and the reason."""
        going.plan.run["_Peak"] = outcome.peak
        if going.verdict:
            return going.verdict, ""
        if outcome.failed:
            return "FAILED", f"{command_failed(outcome.code)}: {outcome.failed}"
        if outcome.code == 0:
            return "SUCCEEDED", ""
        plan = going.plan
        name = plan.job["Command"]["ScriptLocation"].rpartition("/")[2] or "script.py"
        script = str(plan.directory / "script" / name)
        return "FAILED", error_message(outcome.code, outcome.written, script, plan.spark)

    def _finish(self, where: Where, run: Record, state: str, message: str, seconds: float = 0.0) -> None:
        run.update(JobRunState=state, ExecutionTime=round(seconds), CompletedOn=time.time())
        run["DPUSeconds"] = round(seconds * run["MaxCapacity"], 3)
        run.pop("_Directory", None)
        if message:
            run["ErrorMessage"] = message
        self._note(where, run)
        for tell in () if self._closed else self.ended:
            try:
                tell(where, run)
            except Exception:
                logger.exception("What follows the run %s failed.", run["Id"])

    def _next(self, plan: Plan, state: str) -> None:
        """Try again what failed, where the job says so; begin what waits for its place."""
        name = plan.job["Name"]
        job = self.book.find("job", plan.where, name)
        if job is None:
            return
        if state == "FAILED" and plan.run["Attempt"] < plan.job.get("MaxRetries", 0):
            self._begin(plan.where, job, retried(plan.run))
        most = (job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1)
        for run in self.book.all(f"run {name}", plan.where):
            if run["JobRunState"] == "WAITING" and self.busy(plan.where, name) < most:
                self._begin(plan.where, job, run)

    def _note(self, where: Where, run: Record) -> None:
        run["LastModifiedOn"] = time.time()
        if self.book.find("job", where, run["JobName"]) is not None or run["JobRunState"] not in FINAL:
            self.book.put(f"run {run['JobName']}", where, run["Id"], run)

    def _trim(self, where: Where, job: str) -> None:
        runs = self.book.all(f"run {job}", where)
        for run in runs[: max(0, len(runs) - KEPT_RUNS + 1)]:
            if run["JobRunState"] in FINAL:
                self.book.drop(f"run {job}", where, run["Id"])


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[[Going], None], going: Going) -> None:
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function, going)
