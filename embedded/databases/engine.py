"""What every kind of database server can do, and how one is created, started and copied."""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embedded.databases import process
from embedded.databases.place import Owner, remove
from embedded.databases.process import Launch, Server

STARTING_SECONDS = 60.0
ENDING_SECONDS = 20.0
TELLING = ("[ERROR]", "FATAL:", "PANIC:", "Error", "could not bind")
IN_USE = "ddress already in use"


class ServerFailed(Exception):
    """The server did not come up; the message says why, as far as its log tells."""


@dataclass(frozen=True)
class Database:
    """One database on disk: its directory (with `data` in it), its port, and how we administer it."""

    directory: Path
    port: int
    admin_password: str
    log: Path
    owner: Owner

    @property
    def data(self) -> Path:
        """The server's own data directory."""
        return self.directory / "data"


@dataclass(frozen=True)
class Master:
    """The master user: name, password as the server keeps it, and the first database, if any."""

    name: str
    password_hash: str
    database: str = ""


@dataclass(frozen=True)
class Login:
    """How to get into a running server."""

    port: int
    user: str
    password: str
    database: str = ""


class Engine(Protocol):
    """One kind of server."""

    stop_signal: signal.Signals

    def missing(self) -> str:
        """Return why there is no such server on this machine and what to do, or an empty string."""

    def version(self) -> str:
        """Return the true version of the server."""

    def hashed(self, password: str) -> str:
        """Return a password as the server keeps it."""

    def initialise(self, database: Database) -> None:
        """Fill the empty data directory."""

    def launch(self, database: Database, first: Master | None, /) -> Launch:
        """Return how to start it; `first` on its first start."""

    def ready(self, database: Database) -> bool:
        """Whether it answers to us."""

    def settle(self, database: Database, first: Master) -> None:
        """Give the running new server its master user."""

    def set_password(self, database: Database, master: str, password_hash: str) -> None:
        """Change the master user's password on the running server."""

    def forget_run(self, data: Path) -> None:
        """Remove from data what names the server that last worked on it, which is no more or works elsewhere."""

    def run(self, login: Login, sql: str) -> str:
        """Run statements through the server's own command line client; RuntimeError at the first that fails."""


def create(engine: Engine, database: Database, first: Master) -> Server:
    """Make a new database and start it; ServerFailed when it does not come up."""
    try:
        engine.initialise(database)
    except (OSError, RuntimeError) as error:
        raise ServerFailed(f"The data directory could not be made: {error}") from error
    server = bring_up(engine, database, first)
    try:
        engine.settle(database, first)
    except RuntimeError as error:
        server.end(engine.stop_signal, ENDING_SECONDS)
        raise ServerFailed(f"The master user could not be made: {error}") from error
    return server


def bring_up(engine: Engine, database: Database, first: Master | None = None) -> Server:
    """Start the server and wait until it answers; ServerFailed, with its log's last error, when it does not."""
    before = database.log.stat().st_size if database.log.exists() else 0
    process.end_strays(database.directory)
    # What it names is ended now; its number may be another process's, or that of one dead and not yet buried.
    engine.forget_run(database.data)
    server = process.start(engine.launch(database, first))
    try:
        answers = process.wait_until(lambda: engine.ready(database), server, STARTING_SECONDS)
    except BaseException:
        server.end(engine.stop_signal, ENDING_SECONDS)
        raise
    if answers:
        return server
    code = server.popen.poll()
    server.end(engine.stop_signal, ENDING_SECONDS)
    how = "did not answer in time" if code is None else f"ended with {code}"
    raise ServerFailed(f"The server {how}: {last_error(database.log, before)}")


def last_error(log: Path, before: int = 0) -> str:
    """Return the last lines in a log, from an offset on, that name an error, else the last line."""
    with log.open("rb") as file:
        file.seek(before if before <= log.stat().st_size else 0)
        lines = [line.strip() for line in file.read()[-20_000:].decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in TELLING) and not line.endswith("Aborting")]
    return " ".join(telling[-2:] or lines[-1:] or ["its log says nothing"])[-500:]


def copy(engine: Engine, source: Path, target: Path, owner: Owner, server: Server | None) -> int:
    """Copy a database's data, held still meanwhile where it runs; return the size in bytes."""
    data = target / "data"
    if server is None:
        shutil.copytree(source / "data", data, symlinks=True)
    else:
        with server.frozen():
            shutil.copytree(source / "data", data, symlinks=True)
    engine.forget_run(data)
    owner.give_tree(data)
    return size(data)


def size(top: Path) -> int:
    """Return the bytes in a directory's files."""
    return sum(path.stat().st_size for path in top.rglob("*") if path.is_file())


def discard(path: Path) -> None:
    """End whatever works in a database's directory, and remove it."""
    if path.exists():
        process.end_strays(path)
        remove(path)
