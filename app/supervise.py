"""Starts the embedded AWS and the dashboard, keeps both running, and leaves nothing behind.

Each child watches its standard input, a pipe from here: when this process ends, however it ends, they end too.
"""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED = ROOT / "embedded"

STOP_SECONDS = 15.0
RESTART_SECONDS = 1.0
WINDOWS = os.name == "nt"


class CannotStart(Exception):
    """Something outside is in the way; the message says what, and what to do."""


class _Stop(Exception):
    """A signal asked for the end."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)  # noqa: T201 the command line's own output


def up(home: Path, port: int, workers: int) -> int:
    """Run the embedded AWS and the dashboard until a signal or the dashboard's end; return the exit code."""
    _demand_free(port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stop)
    aws: Embedded | None = None
    web: subprocess.Popen[bytes] | None = None
    try:
        aws = Embedded(home, port)
        web = _load_dashboard(home, port, workers)
        ready = aws.start()
        _serve_dashboard(web, ready)
        say(f"Embedded AWS  {ready['endpoint']}  (account {ready['account']}; in a shell: source {_shown(home)}/env)")
        say(f"Trellis       http://127.0.0.1:{port}")
        return _watch(aws, web)
    except _Stop:
        say("\nStopping; the state is saved.")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _end(web)
        _end(aws.process if aws else None)


def reset(home: Path) -> int:
    """Empty the embedded AWS; refused by itself while it runs."""
    return subprocess.call([embedded_python(), "-m", "embedded", "reset", "--home", str(home)], cwd=ROOT)


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


def _demand_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0 if WINDOWS else 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"port {port} is taken ({error.strerror}). Stop what uses it, or choose another: make run PORT=5001"
            ) from error


class Embedded:
    """The embedded AWS as a child process that is started again when it dies."""

    def __init__(self, home: Path, dashboard_port: int):
        self._home = home
        self._origins = [f"http://{host}:{dashboard_port}" for host in ("127.0.0.1", "localhost")]
        self._port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        """Start it and return its ready line; raises CannotStart with its own words when it refuses."""
        command = [embedded_python(), "-m", "embedded", "serve", "--watch-stdin", "--home", str(self._home)]
        for origin in self._origins:
            command += ["--allow-origin", origin]
        if self._port is not None:
            command += ["--port", str(self._port)]
        self.process = _child(command, stdout=subprocess.PIPE)
        ready = self._read_ready()
        self._port = int(ready["endpoint"].rsplit(":", 1)[1])
        return ready

    def _read_ready(self) -> dict[str, Any]:
        assert self.process is not None  # noqa: S101 start() has just set it
        assert self.process.stdout is not None  # noqa: S101 it was asked for
        line = self.process.stdout.readline()
        if not line:
            raise CannotStart(f"the embedded AWS ended at its start; see {self._home / 'log' / 'embedded.log'}")
        answer: dict[str, Any] = json.loads(line)
        if not answer.get("ready"):
            raise CannotStart(str(answer.get("message", answer)))
        return answer

    def keep(self) -> None:
        """Start it again on the same port when it has died."""
        if self.process is not None and self.process.poll() is not None:
            say(f"The embedded AWS ended (exit code {self.process.returncode}); starting it again.")
            time.sleep(RESTART_SECONDS)
            self.start()


def _watch(aws: Embedded, web: "subprocess.Popen[bytes]") -> int:
    while True:
        aws.keep()
        try:
            return web.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue


def _load_dashboard(home: Path, port: int, workers: int) -> "subprocess.Popen[bytes]":
    """Start the dashboard's process, which loads its code and then waits to be told where AWS is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment.update(TRELLIS_HOME=str(home), TRELLIS_WATCH_STDIN="1")
    return _child([sys.executable, "-m", "app.waiting", *_server(port, workers)], env=environment)


def _serve_dashboard(web: "subprocess.Popen[bytes]", ready: dict[str, Any]) -> None:
    assert web.stdin is not None  # noqa: S101 every child has a pipe
    variables = {
        "AWS_ENDPOINT_URL": ready["endpoint"],
        "AWS_ACCESS_KEY_ID": ready["access_key"],
        "AWS_SECRET_ACCESS_KEY": ready["secret_key"],
        "AWS_DEFAULT_REGION": ready["region"],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with contextlib.suppress(BrokenPipeError):  # it has ended already, which _watch sees
        web.stdin.write(json.dumps(variables).encode() + b"\n")
        web.stdin.flush()


def _server(port: int, workers: int) -> list[str]:
    if WINDOWS:  # gunicorn needs fork; Flask's own server is enough for one person
        return ["flask", "--app", "application", "run", "--port", str(port)]
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--log-level", "warning"]
    return ["gunicorn", *bind, "application:application"]


def _child(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Start a child with a pipe as its standard input, out of reach of the terminal's Ctrl-C."""
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True, **options)


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def embedded_python() -> str:
    """Return the interpreter of the embedded AWS's own environment, made or brought up to date first."""
    folder = EMBEDDED / ".venv"
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    wanted = EMBEDDED / "requirements.txt"
    stamp = folder / "installed"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        say("Installing the embedded AWS (once)...")
        if not python.exists():
            venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(wanted)]
        if subprocess.call(install) != 0:
            raise CannotStart("the embedded AWS could not be installed; pip's message above says why")
        stamp.write_text(digest)
    return str(python)


def _shown(home: Path) -> str:
    return os.path.relpath(home) if home.is_relative_to(Path.cwd()) else str(home)
