"""The life of the process: its lock, its ports, its exits, and nothing left running."""

import io
import json
import os
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.embedded.process import ROOT, Embedded, ensure_venv, launch
from tests.processes import command_of

Start = Callable[..., Embedded]


def refused(home: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    process = launch(home, "--no-seed", *arguments)
    out, _ = process.communicate(timeout=60)
    return process.returncode, json.loads(out)


def test_a_second_one_on_the_same_state_is_refused(fresh: Start) -> None:
    first = fresh()
    code, said = refused(first.home)
    assert (code, said["ready"], said["error"]) == (3, False, "in-use")
    assert first.home.name in str(said["message"])
    first.kill()
    assert fresh().client("sts").get_caller_identity()["Account"] == "000000000000"


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = refused(tmp_path / "home", "--port", str(taken.getsockname()[1]))
    assert (code, said["error"]) == (4, "port-taken")


def test_the_port_stays_over_restarts(fresh: Start) -> None:
    first = fresh()
    first.kill()
    assert fresh().endpoint == first.endpoint


def test_it_ends_when_its_parent_is_gone(fresh: Start) -> None:
    first = fresh()
    assert first.process.stdin is not None
    first.process.stdin.close()
    assert first.process.wait(timeout=60) == 0


def test_reset_empties_the_state_but_not_while_it_runs(fresh: Start) -> None:
    first = fresh()
    first.client("s3").create_bucket(Bucket="box")
    command = [str(ensure_venv()), "-m", "embedded", "reset", "--home", str(first.home)]
    while_running = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert while_running.returncode == 3
    assert "stop it first" in while_running.stderr
    first.stop()
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    second = fresh()
    assert second.client("s3").list_buckets()["Buckets"] == []
    assert second.ready["secret_key"] == first.ready["secret_key"]


def test_the_files_are_their_owners_only(fresh: Start) -> None:
    first = fresh()
    for name in ("env", "secret"):
        assert stat.S_IMODE((first.home / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(first.home.stat().st_mode) == 0o700


def test_the_aws_command_line_uses_the_env_file(fresh: Start) -> None:
    first = fresh()
    aws = Path(sys.executable).with_name("aws")
    command = f'. "{first.home}/env" && "{aws}" s3 mb s3://from-the-shell && "{aws}" s3 ls'
    host = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_PROFILE": "real", "AWS_SESSION_TOKEN": "real"}
    done = subprocess.run(["sh", "-c", command], env=host, capture_output=True, text=True, check=False)
    assert "from-the-shell" in done.stdout, done.stderr


def sleeping_function(aws: Embedded) -> None:
    packed = io.BytesIO()
    body = (
        "import subprocess, time\ndef h(event, context):\n    subprocess.Popen(['sleep', '60'])\n    time.sleep(60)\n"
    )
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", body)
    aws.client("lambda").create_function(
        FunctionName="sleeper",
        Runtime="python3.12",
        Role=aws.role("functions"),
        Handler="m.h",
        Timeout=60,
        Code={"ZipFile": packed.getvalue()},
    )
    aws.client("lambda").invoke(FunctionName="sleeper", InvocationType="Event")


@pytest.mark.parametrize("end", [Embedded.stop, Embedded.kill])
def test_nothing_is_left_running(fresh: Start, end: Callable[[Embedded], int]) -> None:
    first = fresh()
    sleeping_function(first)
    emulator = psutil.Process(first.process.pid)
    deadline = time.monotonic() + 60
    children: list[psutil.Process] = []
    while not any("sleep" in command_of(child)[:1] for child in children):
        assert time.monotonic() < deadline, children
        time.sleep(0.05)
        children = emulator.children(recursive=True)
    end(first)
    _, alive = psutil.wait_procs(children, timeout=60)
    for left in alive:
        left.kill()
    assert not alive
