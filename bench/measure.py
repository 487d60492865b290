"""Processes, memory, rounds and figures: what every bench shares.

In a round every subject runs once, one after the other, and ratios are taken inside a round, so that a busy computer
slows all alike. Compare ratios, never seconds of two runs.
"""

import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024


@dataclass
class Usage:
    """What a process used during a block: seconds of processor, MiB above its memory before (None: unknown)."""

    cpu: float = 0.0
    growth: float | None = None


@contextlib.contextmanager
def watch(pid: int) -> Iterator[Usage]:
    """Watch a server's processes, or this one alone; memory peaks are known on Linux only."""
    usage = Usage()
    root = psutil.Process(pid)
    processes = [root] if pid == os.getpid() else [root, *root.children(recursive=True)]
    before = {p.pid: _level(p.pid, "VmRSS") for p in processes}
    for process in processes:
        with contextlib.suppress(OSError):
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # forget the peak so far
    spent = {p.pid: _spent(p) for p in processes}
    yield usage
    # A child that is gone by now is left out: what it used is not known any more.
    usage.cpu = sum(now - spent[p.pid] for p in processes if (now := _spent(p)))
    growths = [_minus(_level(p.pid, "VmHWM"), before[p.pid]) for p in processes]
    known = [growth for growth in growths if growth is not None]
    usage.growth = max(known) if known else None


def _spent(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0


def _level(pid: int, name: str) -> float | None:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return None


def _minus(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else high - low


@contextlib.contextmanager
def child(*command: str, env: Mapping[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Run a process for the length of a block; its output goes to a file that is shown when it fails."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            text=True,
        )
        try:
            yield process
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-3000:])
            raise
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


@contextlib.contextmanager
def dashboard(home: Path, port: int, env: Mapping[str, str]) -> Iterator[int]:
    """Run the dashboard as it is deployed, gunicorn with the project's settings; yields its process id."""
    command = (
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--access-logfile",
        os.devnull,
        "--no-control-socket",
    )
    extra = {"TRELLIS_HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", **env}
    with child(*command, "application:application", env=extra) as process:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield process.pid


@contextlib.contextmanager
def free_endpoint(module: str) -> Iterator[str]:
    """Run a module of this folder that answers as AWS at next to no cost, and yield its address."""
    port = free_port()
    with child(sys.executable, "-m", module, str(port)):
        wait_for(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"


def environment(endpoint: str) -> dict[str, str]:
    """Return the environment of a dashboard in front of an endpoint that checks no signature."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def wait_for(url: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def rounds(count: int, subjects: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Run every subject once per round, after one round that does not count; returns each one's numbers."""
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for turn in range(count + 1):
        for name, run in subjects.items():
            value = run()
            if turn:
                found[name].append(value)
    return found


def ratio(mine: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios inside each round."""
    return statistics.median(a / b for a, b in zip(mine, theirs, strict=True))


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
