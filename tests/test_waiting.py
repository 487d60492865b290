"""The dashboard loads before it is told where AWS is, and ends where nobody tells it."""

import json
import os
import subprocess
import sys

from app.waiting import told
from tests.test_supervise import ROOT


def test_one_line_is_read_and_no_more() -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}\nrest')
    assert told(reading) == {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert os.read(reading, 10) == b"rest"
    os.close(reading)
    os.close(writing)


def waiting(given: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "app.waiting", "flask", "--app", "application", "routes"]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=False)


def test_it_ends_without_serving_when_nobody_tells_it() -> None:
    ended = waiting(b"")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_it_serves_with_what_it_was_told() -> None:
    given = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "TRELLIS_PROXIES": "many"}
    ended = waiting(json.dumps(given).encode() + b"\n")
    assert ended.returncode != 0
    assert b"TRELLIS_PROXIES must be of type int" in ended.stderr
