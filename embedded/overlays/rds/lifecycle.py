"""What happens to instances and their servers over time; each instance does one thing after the other."""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded.databases import engine, ports, process, scratch
from embedded.databases.engine import Database, Master, ServerFailed
from embedded.databases.place import Place, exists, prepare
from embedded.databases.process import Server
from embedded.overlays.rds.accidents import RECOVERIES, Accidents
from embedded.overlays.rds.catalogue import SERVERS
from embedded.overlays.rds.records import Book, Instance, Snapshot

logger = logging.getLogger("embedded.rds")
WATCH_SECONDS = 0.5
SHORTEN_EVERY = 20
LAST_SECONDS = 8.0
ATTEMPTS = 3


class Servers:
    """The servers of this embedded AWS, and the work that is going on with them."""

    def __init__(self, state: Path, logs: Path, book: Book) -> None:
        self._state, self._logs, self.book = state, logs, book
        self._place: Place | None = None
        self.running: dict[str, Server] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._accidents = Accidents()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="rds")
        self.closed = False

    @property
    def place(self) -> Place:
        """Where data is kept, made when the first instance is, and again when someone removed it."""
        if self._place is None or not self._place.base.is_dir():
            self._place = prepare(self._state)
            scratch.sweep()
        return self._place

    def has_place(self) -> bool:
        """Whether data was ever kept."""
        return exists(self._state)

    def database(self, instance: Instance) -> Database:
        """Return an instance's database."""
        log = self._logs / f"{instance.resource_id}.log"
        directory = self.place.directory(instance.resource_id)
        return Database(directory, instance.port, instance.admin_password, log, self.place.owner)

    async def thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run what waits for processes or disks without holding up requests."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def begin(self, instance: Instance, work: Callable[[Instance], Awaitable[None]]) -> None:
        """Do some work with an instance after what is still being done with it."""
        task = asyncio.get_running_loop().create_task(self._alone(instance, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._watching())

    async def _alone(self, instance: Instance, work: Callable[[Instance], Awaitable[None]]) -> None:
        async with self._locks.setdefault(instance.resource_id, asyncio.Lock()):
            if self.closed:
                return
            try:
                await work(instance)
            except Exception as error:
                if self.closed:
                    return
                if not isinstance(error, ServerFailed):
                    logger.exception("Work on the DB instance %s failed.", instance.identifier)
                self.fail(instance, str(error))

    def fail(self, instance: Instance, reason: str) -> None:
        """Say that an instance's server cannot run, and why."""
        instance.reason = reason
        self.become(instance, "failed")
        self.book.tell(instance, f"The DB instance has failed. {reason}", "failure")

    def become(self, instance: Instance, status: str, message: str = "", category: str = "") -> None:
        """Change an instance's state, unless it is being deleted or everything is ending."""
        if self.closed or instance.status == "deleting":
            return
        instance.status = status
        if message:
            self.book.tell(instance, message, category)
        else:
            self.book.save()

    def port_for(self, wanted: int) -> int:
        """Return the wanted port where nobody has it, else another one that stays free."""
        taken = {instance.port for instance in self.book.instances}
        return ports.choose(wanted, taken, zlib.crc32(str(self._state).encode()))

    async def create(self, instance: Instance) -> None:
        """Make a new instance's data and start its server."""
        master = Master(instance.username, instance.pending_hash, instance.database)
        await self._up(instance, lambda: self._create(instance, master))
        instance.initialised, instance.pending_hash = True, ""
        self.become(instance, "available", "DB instance created", "creation")

    def _create(self, instance: Instance, master: Master) -> Server:
        self._clear(instance)
        return engine.create(SERVERS[instance.server], self.database(instance), master)

    def _clear(self, instance: Instance) -> None:
        engine.discard(self.place.directory(instance.resource_id))
        self.place.make(instance.resource_id)

    async def start(self, instance: Instance) -> None:
        """Start the server on the data that it has."""
        database = self.database(instance)
        if not database.data.is_dir():
            raise ServerFailed("Its data directory is missing.")
        await self.thread(process.end_strays, database.directory)
        await self._up(instance, lambda: engine.bring_up(SERVERS[instance.server], self.database(instance)))
        await self.apply(instance)

    async def _up(self, instance: Instance, work: Callable[[], Server]) -> None:
        """Bring a server up on the instance's port; where another program took that, on another one."""
        for attempt in range(ATTEMPTS):
            if not await self.thread(ports.is_free, instance.port):
                self._move(instance)
            try:
                self.running[instance.resource_id] = await self.thread(work)
                return
            except ServerFailed as error:
                if attempt + 1 == ATTEMPTS or engine.IN_USE not in str(error):
                    raise
                self._move(instance)

    def _move(self, instance: Instance) -> None:
        taken, instance.port = instance.port, self.port_for(instance.port)
        message = f"Port {taken} is taken by another program: the DB instance listens on {instance.port} now."
        self.book.tell(instance, message, "notification")

    async def apply(self, instance: Instance) -> None:
        """Make true what was asked for while the server could not take it."""
        if instance.pending_hash:
            kind, database = SERVERS[instance.server], self.database(instance)
            await self.thread(kind.set_password, database, instance.username, instance.pending_hash)
            instance.pending_hash = ""
            self.book.tell(instance, "Reset master credentials", "configuration change")
        for name, value in instance.pending.items():
            setattr(instance, name, value)
        instance.pending, instance.version, instance.reason = {}, self._version(instance), ""
        self.book.save()

    def _version(self, instance: Instance) -> str:
        """Return the server's version now: its package may have been upgraded since the last start."""
        version = SERVERS[instance.server].version()
        return f"{version}-MariaDB" if instance.engine == "mysql" else version

    async def stop(self, instance: Instance) -> None:
        """End the server in order."""
        server = self.running.pop(instance.resource_id, None)
        if server is not None:
            order = SERVERS[instance.server].stop_signal
            if not await self.thread(server.end, order, engine.ENDING_SECONDS):
                self.book.tell(instance, "The server did not stop in time and was killed.", "notification")

    async def copy(self, instance: Instance, snapshot: Snapshot) -> None:
        """Copy an instance's data into a snapshot."""
        server = self.running.get(instance.resource_id)
        source = self.place.directory(instance.resource_id)
        target = await self.thread(self.place.make, snapshot.resource_id)
        arguments = (SERVERS[instance.server], source, target, self.place.owner, server)
        snapshot.size = await self.thread(engine.copy, *arguments)
        snapshot.status = "available"
        self.book.tell(snapshot, "Manual snapshot created", "creation")

    async def restore(self, instance: Instance) -> None:
        """Make a new instance's data from its snapshot, and start its server."""
        found = [one for one in self.book.snapshots if one.resource_id == instance.restoring]
        if not found:
            raise ServerFailed("Its snapshot is gone.")
        snapshot = found[0]
        await self.thread(self._clear, instance)
        source, target = (self.place.directory(record.resource_id) for record in (snapshot, instance))
        await self.thread(engine.copy, SERVERS[instance.server], source, target, self.place.owner, None)
        instance.initialised, instance.restoring = True, ""
        await self.start(instance)
        self.become(instance, "available", "Restored from snapshot " + snapshot.identifier, "creation")

    async def discard(self, record: Instance | Snapshot) -> None:
        """Remove the data of an instance or a snapshot."""
        await self.thread(engine.discard, self.place.directory(record.resource_id))
        (self._logs / f"{record.resource_id}.log").unlink(missing_ok=True)

    async def _watching(self) -> None:
        """Notice servers that end by themselves, and logs that grow too long."""
        round_ = 0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            round_ += 1
            for instance in list(self.book.instances):
                try:
                    await self._look(instance, round_ % SHORTEN_EVERY == 0)
                except Exception:
                    logger.exception("The DB instance %s could not be looked at.", instance.identifier)

    async def _look(self, instance: Instance, closely: bool) -> None:
        server = self.running.get(instance.resource_id)
        if server is None or server.ending:
            return
        if not server.alive:
            self._accident(instance, server)
        elif closely:
            await self.thread(process.shorten, server.launch.log)

    def _accident(self, instance: Instance, server: Server) -> None:
        """Bring back an instance whose server ended by itself."""
        del self.running[instance.resource_id]
        times = self._accidents.count(instance.resource_id)
        how = f"The database process ended unexpectedly (code {server.popen.returncode})"
        if times > RECOVERIES:
            again = "It is tried again when the embedded AWS starts anew."
            self.fail(instance, f"{how} {times} times within minutes. {again}")
            return
        self.become(instance, "starting", f"{how}; recovery has started.", "recovery")
        self.begin(instance, self._recover)

    async def _recover(self, instance: Instance) -> None:
        await self.start(instance)
        self.become(instance, "available", "Recovery of the DB instance is complete.", "recovery")

    async def close(self) -> None:
        """End every server in order; what was going on is taken up again at the next start."""
        self.closed = True
        if self._watch is not None:
            self._watch.cancel()
        kinds = {instance.resource_id: SERVERS[instance.server] for instance in self.book.instances}
        ends = [
            self.thread(server.end, kinds[key].stop_signal, LAST_SECONDS)
            for key, server in self.running.items()
            if key in kinds
        ]
        await asyncio.gather(*ends)
        self._threads.shutdown(wait=False, cancel_futures=True)
