"""Helpers for tests that move bytes: multipart bodies, pictures, a browser with a session, a real HTTP server."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

BOUNDARY = b"----TestBoundary7MA4YWxkTrZu0gW"


@dataclass(frozen=True)
class File:
    """One file of a form as a browser sends it."""

    name: str
    data: bytes
    type: str = "application/octet-stream"


def field(name: str, value: str) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + value.encode() + b"\r\n"


def file_part(file: File) -> bytes:
    quoted = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'Content-Disposition: form-data; name="files"; filename="{quoted}"\r\nContent-Type: {file.type}\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + file.data + b"\r\n"


def form(files: list[File], **fields: str) -> bytes:
    """Return a whole multipart body, the fields first."""
    parts = [field(name, value) for name, value in fields.items()] + [file_part(file) for file in files]
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


CONTENT_TYPE = "multipart/form-data; boundary=" + BOUNDARY.decode()


class Browser:
    """A test client with a session and its form token."""

    def __init__(self, client: FlaskClient):
        self.client = client
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/s3/").get_data(as_text=True))
        assert found, "the buckets' page has no form token"
        self.token = found.group(1)

    def upload(self, bucket: str, files: list[File], *, html: bool = False, **fields: str) -> TestResponse:
        return self.send(bucket, form(files, csrf_token=self.token, **fields), html=html)

    def send(
        self, bucket: str, body: bytes, *, html: bool = False, headers: dict[str, str] | None = None
    ) -> TestResponse:
        accept = {} if html else {"Accept": "application/json"}
        return self.client.post(
            f"/s3/{bucket}/upload", data=body, content_type=CONTENT_TYPE, headers={**accept, **(headers or {})}
        )

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self.client.post(path, json=fields, headers={"X-CSRFToken": self.token, "Accept": "application/json"})


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve an application on a real socket; yields the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """Return a small picture with a gradient, so that scaling and turning show."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def keys(s3: Any, bucket: str) -> dict[str, int]:
    """Return what lies in a bucket: key to size."""
    return {o["Key"]: o["Size"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


def leftovers(s3: Any, bucket: str) -> list[Any]:
    """Return the multipart uploads that were neither completed nor aborted."""
    found: list[Any] = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return found
