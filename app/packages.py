"""What `python -m app up` may install from the system: MariaDB, without which RDS has no MySQL family."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

SERVERS = ("mariadbd", "/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/opt/homebrew/bin/mariadbd")
# RUNLEVEL=1 keeps Debian's packages from starting a server of their own, which would take MySQL's port.
DEBIAN = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


def missing_mariadb(found: Callable[[str], str | None] = shutil.which) -> bool:
    """Whether this computer has no MariaDB server program."""
    return not any(found(name) for name in SERVERS)


def install_mariadb(say: Callable[[str], None], allowed: bool) -> None:
    """Install MariaDB where that needs no question (root on Debian or Ubuntu, Homebrew), else say how; never fails."""
    if not missing_mariadb():
        return
    commands = _commands()
    if not allowed or not commands:
        say("MariaDB is not installed: RDS offers PostgreSQL only. To add it: " + _advice())
        return
    say("Installing MariaDB for RDS (once, about 200 MB; TRELLIS_INSTALL=no leaves it out)...")
    for command in commands:
        done = subprocess.run(command, env={**os.environ, **DEBIAN}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(f"MariaDB could not be installed ({' '.join(command)}): {_last_line(done.stderr)}")
            return


def _commands() -> list[list[str]]:
    if shutil.which("brew"):
        return [["brew", "install", "--quiet", "mariadb"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "mariadb-server"]
        return [["apt-get", "update", "-qq"], install]
    return []


def _advice() -> str:
    if Path("/etc/debian_version").exists():
        return "sudo apt install mariadb-server"
    return "brew install mariadb, or the package mariadb-server of your system"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"
