import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.blueprints.s3.urls import fits_path, folder_url, object_url, raw_url, thumbnail_url
from tests.s3.test_views_pages import HOSTILE


@pytest.fixture(scope="module")
def address(shared_app: Flask) -> Iterator[tuple[str, int]]:
    """Yield the address of the application on a real server."""
    server = make_server("127.0.0.1", 0, shared_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in ("href", "src") and value}


def get(address: tuple[str, int], path: str) -> tuple[int, bytes]:
    connection = HTTPConnection(*address, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


@pytest.mark.parametrize("key", HOSTILE)
def test_every_key_survives_real_http(address: tuple[str, int], s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=b"the bytes of " + key.encode())
    status, html = get(address, object_url(bucket, key))
    assert status == 200
    links = Links()
    links.feed(html.decode())
    assert raw_url(bucket, key, download=True) in links.found
    assert get(address, raw_url(bucket, key)) == (200, b"the bytes of " + key.encode())


def test_plain_keys_have_readable_addresses() -> None:
    assert object_url("b", "a b/ü.png") == "/s3/b/objects/a%20b/%C3%BC.png"
    assert object_url("b", "a?#%+&.png") == "/s3/b/objects/a%3F%23%25%2B%26.png"
    assert raw_url("b", "a", "v1", download=True) == "/s3/b/raw/a?versionId=v1&download=1"
    assert thumbnail_url("b", "a", '"etag"') == "/s3/b/thumbnail/a?v=etag"
    assert folder_url("b", "a b/", view="list", token=None) == "/s3/b/?prefix=a+b%2F&view=list"


@pytest.mark.parametrize("key", ["..", "a/./b", "/a", "a//b", "a ", "a\n", "a\\b", " a", "a/ /b"])
def test_keys_that_journeys_change_go_by_query(key: str) -> None:
    assert not fits_path(key)
    assert object_url("b", key).startswith("/s3/b/objects/?key=")
