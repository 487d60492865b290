"""Uploads that must not go through, or not whole: tokens, broken forms, limits and cut connections."""

import socket
import time
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.blueprints.s3.service import media
from app.blueprints.s3.service.uploads import MIB, PART
from tests.embedded.process import Embedded
from tests.s3.transfer import (
    BOUNDARY,
    CONTENT_TYPE,
    Browser,
    File,
    field,
    file_part,
    form,
    keys,
    leftovers,
    picture,
    served,
)


@pytest.fixture
def browser(shared_app: Flask) -> Browser:
    return Browser(shared_app.test_client())


def test_without_the_token_nothing_is_stored(browser: Browser, s3: Any, bucket: str) -> None:
    file = file_part(File("a.txt", b"x"))
    end = b"--" + BOUNDARY + b"--\r\n"
    for body in (
        file + end,
        field("csrf_token", "wrong") + file + end,
        file + field("csrf_token", browser.token) + end,
    ):
        answer = browser.send(bucket, body)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "CSRF")
    assert keys(s3, bucket) == {}
    assert browser.send(bucket, file + end, headers={"X-CSRFToken": browser.token}).status_code == 200


def test_the_token_of_another_session_is_refused(shared_app: Flask, browser: Browser, bucket: str) -> None:
    other = Browser(shared_app.test_client())
    other.token = browser.token
    assert other.upload(bucket, [File("a.txt", b"x")]).get_json()["code"] == "CSRF"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        field("a", "b"),
        b"--" + BOUNDARY + b"\r\nno colon\r\n\r\n",
        field("a", "b" * 9000),
        field("x", "y") * 60,
    ],
)
def test_a_broken_form_stores_nothing(browser: Browser, s3: Any, bucket: str, body: bytes) -> None:
    answer = browser.send(bucket, body, headers={"X-CSRFToken": browser.token})
    assert answer.status_code == 400
    assert keys(s3, bucket) == {}


@pytest.mark.parametrize("size", [100, PART + 100])
def test_a_form_that_breaks_off_keeps_what_was_whole(browser: Browser, s3: Any, bucket: str, size: int) -> None:
    whole = form([File("a.txt", b"whole"), File("b.bin", b"x" * size)], csrf_token=browser.token)
    answer = browser.send(bucket, whole[: -len(BOUNDARY) - 20])
    states = [(f["name"], f["state"]) for f in answer.get_json()["files"]]
    assert states == [("a.txt", "stored"), ("b.bin", "failed"), ("(the rest of the form)", "failed")]
    assert keys(s3, bucket) == {"a.txt": 5}
    assert leftovers(s3, bucket) == []


def test_a_bucket_that_is_gone_is_told_once_for_all(browser: Browser) -> None:
    answer = browser.upload("no-such-bucket-here", [File(f"{n}.txt", b"x" * 10) for n in range(40)])
    assert answer.status_code == 404
    assert {f["error"]["code"] for f in answer.get_json()["files"]} == {"NoSuchBucket"}
    assert answer.headers["Server-Timing"].count("PutObject") < 40


def limited(embedded: Embedded, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, mib: int) -> Flask:
    for name, value in embedded.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    return create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests", "max_upload_mib": mib})


def test_a_file_above_the_limit_is_refused_alone(
    embedded: Embedded, s3: Any, bucket: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(limited(embedded, tmp_path, monkeypatch, 9).test_client())
    files = [File("big.bin", b"x" * (9 * MIB + 1)), File("small.txt", b"x")]
    answer = browser.upload(bucket, files)
    assert [f["error"] and f["error"]["code"] for f in answer.get_json()["files"]] == ["TooLarge", None]
    assert keys(s3, bucket) == {"small.txt": 1}
    assert leftovers(s3, bucket) == []


def test_a_request_above_the_limit_is_refused_before_its_body(
    embedded: Embedded, bucket: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        served(limited(embedded, tmp_path, monkeypatch, 1)) as port,
        socket.create_connection(("127.0.0.1", port)) as c,
    ):
        c.sendall(_head(bucket, port, 50 * MIB))
        assert c.recv(65536).startswith(b"HTTP/1.1 413 ")


def _head(bucket: str, port: int, length: int, extra: str = "") -> bytes:
    return (
        f"POST /s3/{bucket}/upload HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Accept: application/json\r\nContent-Length: {length}\r\n{extra}\r\n"
    ).encode()


def test_a_cut_connection_leaves_nothing(shared_app: Flask, browser: Browser, s3: Any, bucket: str) -> None:
    cookie = browser.client.get_cookie("trellis")
    assert cookie is not None
    extra = f"Cookie: trellis={cookie.value}\r\nX-CSRFToken: {browser.token}\r\n"
    body = file_part(File("half.bin", b"x" * (3 * PART)))
    with served(shared_app) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(_head(bucket, port, 100 * MIB, extra) + body[: 2 * PART + 5000])
            _wait(lambda: leftovers(s3, bucket) != [])
        _wait(lambda: leftovers(s3, bucket) == [])
    assert keys(s3, bucket) == {}


def _wait(done: Any) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it did not happen within a minute"
        time.sleep(0.05)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_is_cut_off_is_stored_and_said(browser: Browser, s3: Any, bucket: str, kind: str) -> None:
    whole = picture(kind)
    files = [File("whole", whole), File("longer", whole + b"a camera's own"), File("cut", whole[: len(whole) * 3 // 4])]
    told = browser.upload(bucket, files).get_json()["files"]
    assert [file["state"] for file in told] == ["stored"] * 3
    assert [file["note"] for file in told] == ["", "", "its end is missing: the file is damaged or was cut off"]
    assert s3.head_object(Bucket=bucket, Key="cut")["ContentLength"] == len(whole) * 3 // 4


def test_the_end_of_a_picture_in_parts_is_looked_at_too(browser: Browser, bucket: str) -> None:
    whole = picture("PNG") + b"x" * (PART + media.TAIL)
    [told] = browser.upload(bucket, [File("cut.png", whole)]).get_json()["files"]
    assert "its end is missing" in told["note"]
