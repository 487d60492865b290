"""`python -m app up`: one command starts everything, and its end, however it comes, leaves nothing running."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.embedded.process import seed_only
from tests.processes import command_of

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds; the machine may be busy with other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.1)


def answers(port: int, path: str = "/healthz") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


class Running:
    """One `up` with its own state directory and port."""

    def __init__(self, home: Path, port: int | None = None):
        self.port = port or free_port()
        self.home = home
        environment = {**os.environ, "TRELLIS_HOME": str(home), "CANARY": "host-secret"}
        command = [sys.executable, "-m", "app", "up", "--port", str(self.port)]
        self.process = psutil.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def started(self) -> "Running":
        wait_until(lambda: answers(self.port) or self.process.poll() is not None, "the dashboard")
        assert self.process.poll() is None, self.output()
        return self

    def family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def child(self, word: str) -> psutil.Process:
        found = [p for p in self.process.children() if word in " ".join(command_of(p))]
        assert found, f"no child {word}"
        return found[0]

    def output(self) -> str:
        text: str = self.process.communicate(timeout=PATIENCE)[0]
        return text


@contextmanager
def begun(home: Path) -> Iterator[Running]:
    """Run `up` with what is there before its ready line; leaves nothing running."""
    seed_only(home)
    running = Running(home)
    family: list[psutil.Process] = []
    try:
        family = running.started().family()
        yield running
    finally:
        for process in family + (running.family() if running.process.is_running() else []):
            if process.is_running():
                process.kill()
        running.process.wait()
        running.process.stdout.close()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Running]:
    with begun(tmp_path / "state") as running:
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """For the tests after which the dashboard still runs."""
    with begun(tmp_path_factory.mktemp("up") / "state") as running:
        yield running


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_the_parent_ends_everything(up: Running, number: signal.Signals) -> None:
    family = up.family()
    assert len(family) >= 4  # itself, the embedded AWS, gunicorn's arbiter and worker
    up.process.send_signal(number)
    up.process.wait(PATIENCE)
    wait_until(lambda: gone(family), "the end of every child")


def test_a_killed_embedded_aws_is_started_again_where_it_was(lasting: Running) -> None:
    assert answers(lasting.port, "/s3/?format=json")
    lasting.child("embedded").kill()
    wait_until(lambda: answers(lasting.port, "/s3/?format=json"), "the embedded AWS after kill -9")
    assert lasting.process.is_running()


def test_a_second_start_on_the_same_state_is_refused_with_words(lasting: Running) -> None:
    second = Running(lasting.home)
    text = second.output()
    assert second.process.returncode == 2
    assert "Traceback" not in text
    assert "trellis:" in text
    assert str(lasting.home) in text


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = Running(tmp_path, taken.getsockname()[1])
        text = running.output()
    assert running.process.returncode == 2
    assert f"port {running.port} is taken" in text
    assert "make run PORT=" in text
    assert "Traceback" not in text


def test_the_shell_gets_the_same_aws(lasting: Running) -> None:
    env = lasting.home / "env"
    assert env.stat().st_mode & 0o777 == 0o600
    script = f". {env}; aws s3 ls"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    listed = subprocess.run(["sh", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=True)
    assert "trellis-photos" in listed.stdout


def test_a_bad_setting_is_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "TRELLIS_HOME": str(tmp_path), "TRELLIS_PROXIES": "many"}
    done = subprocess.run(
        [sys.executable, "-m", "app", "up"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.strip() == "trellis: TRELLIS_PROXIES must be of type int, not 'many'"
