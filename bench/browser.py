"""A client that costs little: what a browser sends and receives, by the system's own calls."""

import os
import re
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 * 1024
BOUNDARY = "----BenchBoundary7MA4YWxkTrZu0gW"


@dataclass
class Client:
    """A session with the dashboard."""

    port: int
    cookie: str = ""
    token: str = ""
    scratch: memoryview = field(default_factory=lambda: memoryview(bytearray(MIB)), repr=False)

    def sign_on(self) -> None:
        """Fetch a page for its cookie and form token."""
        status, headers, body = self.get("/s3/")
        cookie = re.search(r"set-cookie: (trellis=[^;]+)", headers, re.I)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body.decode("utf-8", "replace"))
        if not cookie or not token:
            raise RuntimeError(f"no session: status {status}")
        self.cookie, self.token = cookie[1], token[1]

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Return status, headers and body."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(self._head("GET", path))
            return self._answer(connection)

    def upload(self, bucket: str, key: str, path: Path) -> float:
        """Send a file by the form; returns the seconds that it took."""
        begin = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="collision"\r\n\r\nreplace\r\n--{BOUNDARY}\r\n'
        begin += f'Content-Disposition: form-data; name="files"; filename="{key}"\r\nContent-Type: image/png\r\n\r\n'
        end = f"\r\n--{BOUNDARY}--\r\n".encode()
        length = len(begin) + path.stat().st_size + len(end)
        head = self._head(
            "POST",
            f"/s3/{bucket}/upload",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"Content-Length: {length}",
            f"X-CSRFToken: {self.token}",
        )
        started = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port)) as connection, path.open("rb") as file:
            connection.sendall(head + begin.encode())
            connection.sendfile(file)
            connection.sendall(end)
            status, _, body = self._answer(connection)
        if status != 200:
            raise RuntimeError(f"the upload was answered {status}: {body[:300]!r}")
        return time.perf_counter() - started

    def download(self, path: str, to: Path) -> float:
        """Fetch into a file; returns the seconds that it took."""
        started = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port)) as connection, to.open("wb", buffering=0) as file:
            connection.sendall(self._head("GET", path))
            status, headers, rest = self._begin(connection)
            left = int(re.search(r"content-length: (\d+)", headers, re.I)[1]) - len(rest)  # type: ignore[index]
            os.write(file.fileno(), rest)
            while left:
                count = connection.recv_into(self.scratch)
                if not count:
                    raise RuntimeError("the download broke off")
                file.write(self.scratch[:count])
                left -= count
        if status != 200:
            raise RuntimeError(f"the download was answered {status}")
        return time.perf_counter() - started

    def _head(self, method: str, path: str, *more: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *more]
        lines += ["Accept: application/json"] if method == "POST" else []
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _begin(self, connection: socket.socket) -> tuple[int, str, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                raise RuntimeError(f"no answer: {data[:100]!r}")
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode("latin-1"), rest

    def _answer(self, connection: socket.socket) -> tuple[int, str, bytes]:
        status, headers, rest = self._begin(connection)
        pieces = [rest]
        while piece := connection.recv(65536):
            pieces.append(piece)
        return status, headers, b"".join(pieces)
