"""The real dashboard in a process of its own, for tests that drive a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60  # the machine may be busy with other tests


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def dashboard(
    env: Mapping[str, str], home: Path, port: int | None = None, served: str = "application:application"
) -> Iterator[str]:
    """Serve an application by gunicorn with this environment; yields its address and ends the server."""
    port = port or free_port()
    log = home / "gunicorn.log"
    home.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as written:
        server = subprocess.Popen(
            _command(port, served), cwd=ROOT, env=_environment(env, home), stdout=written, stderr=written
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=START_SECONDS)


def _command(port: int, served: str) -> list[str]:
    # An empty configuration: what a deployment sets must not decide what a test sees.
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", os.devnull, "--no-control-socket"]
    return [
        *gunicorn,
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "8",
        served,
    ]


def _environment(env: Mapping[str, str], home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    hidden = {**nowhere, "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1"}
    return {**kept, **hidden, **env, "TRELLIS_HOME": str(home), "TRELLIS_SECRET_KEY": "browser tests"}


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text()[-2000:]}")
