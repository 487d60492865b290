"""One server process: started confined, watched, frozen for a copy, ended in order, and never left behind."""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded.databases.place import Owner

POSIX = sys.platform != "win32"
CONFINED = Path(__file__).with_name("confined.py")
LONGEST_LOG = 4 * 1024 * 1024
LONGEST_HELP = 120.0
# What any program needs to start: its loader and libraries, time zones, devices. No /etc/passwd, no /proc, no /home.
SYSTEM_FILES = (
    *("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt/homebrew", "/home/linuxbrew"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/nsswitch.conf"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
SHARED = ("/dev/null",)


@dataclass(frozen=True)
class Launch:
    """How one server is started."""

    command: Sequence[str]
    directory: Path
    port: int
    log: Path
    owner: Owner
    read: Sequence[str] = ()


@dataclass
class Server:
    """A running server."""

    popen: "subprocess.Popen[bytes]"
    launch: Launch
    # An expected end is not an accident.
    ending: bool = field(default=False)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.popen.poll() is None

    def end(self, order: signal.Signals, seconds: float) -> bool:
        """Ask it to end, kill it after that many seconds; return whether it ended in order."""
        self.ending = True
        if self.alive:
            self.popen.send_signal(order if POSIX else signal.SIGTERM)
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(10)
            end_strays(self.launch.directory)
            return False
        return True

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Hold every process of the server still: what is on disk then is what a crash would leave, and recovers."""
        held: list[Any] = []
        parent = _psutil().Process(self.popen.pid)
        try:
            held.append(parent)
            parent.suspend()
            for child in parent.children(recursive=True):
                held.append(child)
                # One that has ended meanwhile writes nothing any more.
                with contextlib.suppress(_psutil().NoSuchProcess):
                    child.suspend()
            yield
        finally:
            for process in reversed(held):
                with contextlib.suppress(_psutil().NoSuchProcess):
                    process.resume()


def start(launch: Launch) -> Server:
    """Start a server; nothing else may work on its data (end_strays)."""
    launch.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shorten(launch.log)
    with launch.log.open("ab") as log:
        popen = subprocess.Popen(
            confined(launch),
            cwd=launch.directory if not POSIX else "/",
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=POSIX,
        )
    return Server(popen, launch)


def confined(launch: Launch) -> list[str]:
    """Return the command that starts the server as its owner, able to see its own files only."""
    if not POSIX:
        return list(launch.command)
    order = {
        "command": list(launch.command),
        "parent": os.getpid(),
        "uid": launch.owner.uid,
        "gid": launch.owner.gid,
        "read": [*SYSTEM_FILES, *launch.read],
        "write": [str(launch.directory), *SHARED],
        "port": launch.port,
    }
    return [sys.executable, "-I", "-S", "-B", str(CONFINED), json.dumps(order)]


def run_as(owner: Owner, command: Sequence[str], directory: Path, text: str = "", **variables: str) -> str:
    """Run a short helper program and return what it wrote; RuntimeError with its last words when it fails."""
    try:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            list(command),
            cwd=directory,
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", ""), **variables},
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_HELP,
            user=owner.uid,
            group=owner.gid,
            extra_groups=None if owner.uid is None else [],
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{Path(command[0]).name} did not end in {LONGEST_HELP:.0f} seconds") from error
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {said.strip()[-600:]}")
    return said


def end_strays(directory: Path) -> int:
    """Kill every process that works in this database's directory: a server whose embedded AWS was killed."""
    psutil, found = _psutil(), []
    for process in psutil.process_iter():
        try:
            works_in = Path(process.cwd())
        except (psutil.Error, OSError):
            continue  # Not ours: it is gone, or belongs to someone whose processes we may not look at.
        if directory == works_in or directory in works_in.parents:
            found.append(process)
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    psutil.wait_procs(found, timeout=5)
    return len(found)


def shorten(log: Path) -> bool:
    """Keep a log from filling the disk: its second half goes to a file beside it; return whether it did."""
    if not log.exists() or log.stat().st_size < LONGEST_LOG:
        return False
    with log.open("rb") as file:
        file.seek(-LONGEST_LOG // 2, os.SEEK_END)
        log.with_suffix(".previous").write_bytes(file.read(LONGEST_LOG // 2))
    # The server appends, so that it goes on at the new end.
    os.truncate(log, 0)
    return True


def wait_until(check: Any, server: Server, seconds: float) -> bool:
    """Wait until the check is true; return False when the server ended or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not server.alive:
            return False
        if check():
            return True
        time.sleep(0.03)
    return False


def _psutil() -> Any:
    """Return psutil, loaded when the first database is used: without databases its memory is not spent."""
    return importlib.import_module("psutil")
