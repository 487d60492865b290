"""MariaDB, from the system's package: it serves the engines mysql and mariadb."""

import functools
import re
import shutil
import signal
import subprocess
from pathlib import Path

from embedded.databases import passwords, process
from embedded.databases.engine import Database, Login, Master
from embedded.databases.place import Owner, remove
from embedded.databases.process import Launch
from embedded.databases.scratch import scratch

ADMIN = "rdsadmin"
BESIDES_PATH = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/mariadb/bin")
INSTALL = (
    "no MariaDB server was found on this machine. Debian, Ubuntu: apt install mariadb-server; "
    "Fedora: dnf install mariadb-server; macOS: brew install mariadb; then try again"
)
SETTINGS = (
    *("--bind-address=127.0.0.1", "--socket=", "--skip-name-resolve", "--skip-symbolic-links", "--skip-log-bin"),
    *("--local-infile=0", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"),
    *("--innodb-use-native-aio=0", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M"),
    *("--key-buffer-size=1M", "--aria-pagecache-buffer-size=4M", "--table-open-cache=400", "--log-warnings=1"),
    *("--max-connections=60", "--default-time-zone=+00:00", "--performance-schema=0"),
)
# What the master user of RDS has everywhere: no FILE, no SUPER, nothing that reaches out of the databases.
EVERYWHERE = "RELOAD, PROCESS, SHOW DATABASES, CREATE USER, REPLICATION SLAVE, BINLOG MONITOR"
IN_DATABASES = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, "
    "EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER, DELETE HISTORY"
)


def program(name: str) -> str | None:
    """Return the path of one of MariaDB's programs, which Debian keeps off most people's PATH."""
    return shutil.which(name) or shutil.which(name, path=":".join(BESIDES_PATH))


@functools.cache
def _version(path: str) -> str:
    said = subprocess.run([path, "--no-defaults", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+\.\d+\.\d+)-MariaDB", said)
    return found.group(1) if found else ""


class MariaDb:
    """MariaDB's server."""

    stop_signal = signal.SIGTERM

    def missing(self) -> str:
        """Return why there is no MariaDB on this machine and what to do, or an empty string."""
        return "" if all(map(program, ("mariadbd", "mariadb-install-db", "mariadb"))) and self.version() else INSTALL

    def version(self) -> str:
        """Return MariaDB's version, such as 10.11.6."""
        path = program("mariadbd")
        return _version(path) if path else ""

    def hashed(self, password: str) -> str:
        """Return a password as MariaDB keeps it."""
        return passwords.native(password)

    def initialise(self, database: Database) -> None:
        """Fill the empty data directory with MariaDB's own tables."""
        with scratch(database.owner, database.directory) as made:
            order = [str(program("mariadb-install-db")), "--no-defaults", f"--datadir={made}", "--skip-test-db"]
            settings = ["--auth-root-authentication-method=normal", "--innodb-log-file-size=32M", "--skip-name-resolve"]
            process.run_as(database.owner, [*order, *settings], made)
            shutil.copytree(made, database.data)
            database.owner.give_tree(database.data)

    def launch(self, database: Database, first: Master | None) -> Launch:
        """Return how to start it: closed to files, plug-ins and the network."""
        closed, temporary, orders = (database.directory / name for name in ("closed", "tmp", "init.sql"))
        closed.mkdir(mode=0o500, exist_ok=True)
        remove(temporary)
        temporary.mkdir(mode=0o700)
        orders.write_text("\n".join([*admin_orders(database), *(first_orders(first) if first else [])]) + "\n")
        orders.chmod(0o600)
        database.owner.give(closed, temporary, orders)
        places = [f"--datadir={database.data}", f"--pid-file={database.directory}/pid", f"--tmpdir={temporary}"]
        shut = [f"--secure-file-priv={closed}", f"--plugin-dir={closed}", f"--init-file={orders}"]
        command = [str(program("mariadbd")), "--no-defaults", *places, *shut, f"--port={database.port}", *SETTINGS]
        return Launch(command, database.directory, database.port, database.log, database.owner)

    def ready(self, database: Database) -> bool:
        """Whether it lets us in."""
        try:
            self._run(database, "SELECT 1")
        except RuntimeError:
            return False
        return True

    def settle(self, database: Database, first: Master) -> None:
        """Check that the first start made the master user; RuntimeError when it did not."""
        found = self._run(database, f"SHOW GRANTS FOR '{first.name}'@'%'")
        if "SHOW DATABASES" not in found:
            raise RuntimeError(f"the master user has no privileges: {found[-300:]}")

    def set_password(self, database: Database, master: str, password_hash: str) -> None:
        """Change the master user's password on the running server."""
        self._run(database, f"ALTER USER '{master}'@'%' IDENTIFIED BY PASSWORD '{password_hash}'")

    def forget_run(self, data: Path) -> None:
        """Nothing in the data names the running server."""

    def run(self, login: Login, sql: str) -> str:
        """Run statements through MariaDB's client."""
        command = [str(program("mariadb")), "--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{login.port}"]
        options = [f"-u{login.user}", "--batch", "--skip-column-names", "--connect-timeout=5"]
        where = [f"--database={login.database}"] if login.database else []
        return process.run_as(Owner(), [*command, *options, *where], Path.cwd(), sql + ";\n", MYSQL_PWD=login.password)

    def _run(self, database: Database, sql: str) -> str:
        return self.run(Login(database.port, ADMIN, database.admin_password), sql)


def admin_orders(database: Database) -> list[str]:
    """Return what each start makes true, one statement a line: our own account, which can do no more than it must."""
    known = passwords.native(database.admin_password)
    return [
        f"CREATE OR REPLACE USER {ADMIN}@'127.0.0.1' IDENTIFIED BY PASSWORD '{known}';",
        f"GRANT CREATE USER, PROCESS, SELECT ON *.* TO {ADMIN}@'127.0.0.1';",
    ]


def first_orders(master: Master) -> list[str]:
    """Return what the first start makes true: the master user of RDS, and no other account that can log in.

    A grant on the database `mysql` is more exact than the one on every database, and so replaces it there.
    """
    who = f"'{master.name}'@'%'"
    orders = [
        "DELETE FROM mysql.global_priv WHERE User NOT IN ('mariadb.sys', 'rdsadmin');",
        "FLUSH PRIVILEGES;",
        "REVOKE DELETE ON mysql.global_priv FROM 'mariadb.sys'@'localhost';",
        f"CREATE USER {who} IDENTIFIED BY PASSWORD '{master.password_hash}';",
        f"GRANT {EVERYWHERE} ON *.* TO {who} WITH GRANT OPTION;",
        f"GRANT {IN_DATABASES} ON `%`.* TO {who} WITH GRANT OPTION;",
        f"GRANT SELECT, SHOW VIEW, EXECUTE ON mysql.* TO {who};",
    ]
    return [*orders, f"CREATE DATABASE `{master.database}`;"] if master.database else orders
