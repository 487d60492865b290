"""Uploads under gunicorn as it is deployed: cut connections, too large a body, and an AWS that dies meanwhile."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.embedded.process import ROOT, Embedded, start
from tests.s3.transfer import CONTENT_TYPE, File, file_part, form, keys, leftovers

MIB = 1024 * 1024


class Dashboard:
    """A running gunicorn and one session with it."""

    def __init__(self, port: int):
        self.port = port
        status, headers, body = self.ask(b"GET /s3/ HTTP/1.1\r\n")
        assert status == 200
        cookie = re.search(r"set-cookie: (trellis=[^;]+)", headers, re.I)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body.decode())
        assert cookie and token
        self.session = f"Cookie: {cookie[1]}\r\nX-CSRFToken: {token[1]}\r\n"

    def head(self, bucket: str, length: int) -> bytes:
        return (
            f"POST /s3/{bucket}/upload HTTP/1.1\r\nAccept: application/json\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"Content-Length: {length}\r\n{self.session}"
        ).encode()

    def ask(self, head: bytes, body: bytes = b"") -> tuple[int, str, bytes]:
        with self.connect() as connection:
            connection.sendall(head + f"Host: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n".encode() + body)
            return answer_of(connection)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def upload(self, bucket: str, *files: File) -> Any:
        body = form(list(files))
        status, _, answer = self.ask(self.head(bucket, len(body)), body)
        return {"status": status, **json.loads(answer)}


def answer_of(connection: socket.socket) -> tuple[int, str, bytes]:
    data = b""
    while piece := connection.recv(65536):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), body


@contextmanager
def dashboard(embedded: Embedded, home: Path, **settings: str) -> Iterator[Dashboard]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    env = {**os.environ, **embedded.env, "TRELLIS_HOME": str(home), **settings}
    process = subprocess.Popen([*command, "application:application"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        _until(lambda: _healthy(port))
        yield Dashboard(port)
    finally:
        process.terminate()
        process.wait(20)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(done: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"it did not happen within {seconds} s"
        time.sleep(0.05)


def test_a_cut_connection_leaves_nothing(embedded: Embedded, s3: Any, bucket: str, tmp_path: Path) -> None:
    with dashboard(embedded, tmp_path) as served:
        body = file_part(File("half.bin", b"x" * (20 * MIB)))
        with served.connect() as connection:
            host = f"Host: 127.0.0.1:{served.port}\r\n\r\n".encode()
            connection.sendall(served.head(bucket, 100 * MIB) + host + body)
            _until(lambda: leftovers(s3, bucket) != [])
        _until(lambda: leftovers(s3, bucket) == [])
        assert keys(s3, bucket) == {}
        assert served.upload(bucket, File("next.txt", b"x"))["status"] == 200


def test_a_body_too_large_is_answered_and_the_answer_arrives(
    embedded: Embedded, s3: Any, bucket: str, tmp_path: Path
) -> None:
    with dashboard(embedded, tmp_path, TRELLIS_MAX_UPLOAD_MIB="2") as served:
        big = served.upload(bucket, File("big.bin", b"x" * (30 * MIB)))
        assert (big["status"], big["title"]) == (413, "Too large")  # a reset connection would have raised
        assert "2 MiB" in big["detail"]
        alone = served.upload(bucket, File("big.bin", b"x" * (2 * MIB + 1)), File("small.txt", b"x"))
        assert [f["error"] and f["error"]["code"] for f in alone["files"]] == ["TooLarge", None]
        assert keys(s3, bucket) == {"small.txt": 1}


def test_an_aws_that_dies_during_an_upload_is_told_and_works_again(tmp_path: Path) -> None:
    home = tmp_path / "aws"
    running = start(home)
    running.client("s3").create_bucket(Bucket="dying")
    body = form([File("big.bin", b"x" * (40 * MIB)), File("after.txt", b"x")])
    try:
        with dashboard(running, tmp_path / "home") as served, served.connect() as connection:
            host = f"Host: 127.0.0.1:{served.port}\r\nConnection: close\r\n\r\n".encode()
            connection.sendall(served.head("dying", len(body)) + host + body[: 20 * MIB])
            _until(lambda: leftovers(running.client("s3"), "dying") != [])
            running.kill()
            connection.sendall(body[20 * MIB :])
            status, _, answer = answer_of(connection)
            told = json.loads(answer)
            assert status == 503
            assert {f["error"]["title"] for f in told["files"]} == {"AWS cannot be reached"}
            assert _healthy(served.port)
            running = start(home, "--port", str(running.port))
            assert served.upload("dying", File("again.bin", b"x" * (20 * MIB)))["status"] == 200
            assert keys(running.client("s3"), "dying") == {"again.bin": 20 * MIB}
    finally:
        running.stop()
