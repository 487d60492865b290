"""Nothing of a function outlives the embedded AWS, and what it did is not lost."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.embedded.awslambda.conftest import Bench
from tests.embedded.awslambda.test_failing import alive
from tests.embedded.process import Embedded

HIDES = """
import os, pathlib, subprocess, time
def handler(event, context):
    hidden = subprocess.Popen(["setsid", "sleep", "600"])
    twice = subprocess.run(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"], capture_output=True, text=True)
    with open(event["pids"], "a") as out:
        print(os.getpid(), hidden.pid, twice.stdout.strip(), file=out)
    time.sleep(event["seconds"])
"""


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_no_process_is_left(fresh: Callable[..., Embedded], tmp_path: Path, end: str) -> None:
    bench = Bench(fresh())
    bench.function("idle", HIDES, Timeout=60)
    bench.function("busy", HIDES, Timeout=60)
    pids = tmp_path / "pids"
    bench.invoke("idle", {"pids": str(pids), "seconds": 0})

    def call() -> None:
        with contextlib.suppress(Exception):
            bench.invoke("busy", {"pids": str(pids), "seconds": 60})

    calling = threading.Thread(target=call)
    calling.start()
    bench.until(lambda: pids.read_text().count("\n") == 2)
    numbers = [int(word) for word in pids.read_text().split()]
    assert len(numbers) == 6
    assert [number for number in numbers if alive(number)] == numbers
    folder = Path((bench.aws.home / "functions").read_text())
    getattr(bench.aws, end)()
    calling.join()
    bench.until(lambda: not [number for number in numbers if alive(number)])
    assert folder.exists() == (end == "kill")
    fresh()
    assert not folder.exists()


def test_an_environment_that_waits_long_is_ended(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lambda.json").write_text('{"idle_seconds": 0.4}')
    bench = Bench(fresh())
    bench.function("waits", "import os\ndef handler(e, c):\n    return os.getpid()")
    first = bench.invoke("waits").value
    bench.until(lambda: not alive(first))
    again = bench.invoke("waits")
    assert again.value != first
    assert "Init Duration" in again.log


def test_an_event_is_seen_before_the_call_ends(bench: Bench, name: str, tmp_path: Path) -> None:
    go = tmp_path / "go"
    code = f"""
import pathlib, time
def handler(event, context):
    print("begun")
    while not pathlib.Path({str(go)!r}).exists():
        time.sleep(0.01)
"""
    bench.function(name, code)
    calling = threading.Thread(target=bench.invoke, args=(name,))
    calling.start()
    bench.until(lambda: "begun\n" in bench.events(name))
    assert not any(event.startswith("REPORT") for event in bench.events(name))
    go.touch()
    calling.join()


def test_an_account_sees_its_own_functions_only(bench: Bench, name: str) -> None:
    other = Bench(bench.aws, {"aws_access_key_id": "222233334444"})
    code = "import boto3\ndef handler(e, c):\n    return boto3.client('sts').get_caller_identity()['Account']"
    bench.function(name, code)
    other.function(name, code)
    assert bench.invoke(name).value == "000000000000"
    assert other.invoke(name).value == "222233334444"
    assert len(other.events(name)) == len(bench.events(name)) == 4
