"""Uploads through the application, against the real embedded AWS."""

import os
import socket
import time
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.blueprints.s3.service.uploads import MIB, MOST_PARTS, PART, part_size
from tests.embedded.process import Embedded
from tests.pages import check_page
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

PNG = picture("PNG")


@pytest.fixture
def browser(shared_app: Flask) -> Browser:
    return Browser(shared_app.test_client())


def test_files_are_stored_with_the_type_of_their_content(browser: Browser, s3: Any, bucket: str) -> None:
    answer = browser.upload(bucket, [File("a.jpeg", PNG), File("b.txt", b"hello")], prefix="trip")
    assert answer.status_code == 200
    first, second = answer.get_json()["files"]
    assert (first["key"], first["type"], first["named_type"], first["note"]) == (
        "trip/a.jpeg",
        "image/png",
        "image/jpeg",
        "named .jpeg, is PNG",
    )
    assert (first["width"], first["height"], first["state"], first["error"]) == (40, 30, "stored", None)
    assert second["type"] == "text/plain"
    assert s3.head_object(Bucket=bucket, Key="trip/a.jpeg")["ContentType"] == "image/png"
    assert s3.get_object(Bucket=bucket, Key="trip/b.txt")["Body"].read() == b"hello"


@pytest.mark.parametrize("size", [PART, PART + 1, 3 * PART + 12345])
def test_a_large_file_arrives_whole(browser: Browser, s3: Any, bucket: str, size: int) -> None:
    data = os.urandom(size - 70) + b"\r\n--" + BOUNDARY[:-2] + b"\r\n" + b"-" * (70 - 6 - len(BOUNDARY) + 2)
    assert len(data) == size
    answer = browser.upload(bucket, [File("big.bin", data), File("after.txt", b"x")])
    assert [f["state"] for f in answer.get_json()["files"]] == ["stored", "stored"]
    assert answer.get_json()["files"][0]["size"] == size
    assert s3.get_object(Bucket=bucket, Key="big.bin")["Body"].read() == data
    assert leftovers(s3, bucket) == []


def test_the_calls_of_the_helper_thread_are_shown(browser: Browser, bucket: str) -> None:
    answer = browser.upload(bucket, [File("big.bin", b"x" * (PART + 5))])
    names = [call["operation"] for call in answer.get_json()["calls"]]
    assert names, "the helper thread's calls are not in the record"
    assert "UploadPart" in answer.headers["Server-Timing"]


def test_300_files_in_one_form(browser: Browser, s3: Any, bucket: str) -> None:
    answer = browser.upload(bucket, [File(f"{n:03}.txt", b"%d" % n) for n in range(300)], prefix="many/")
    assert len(answer.get_json()["files"]) == 300
    assert len(keys(s3, bucket)) == 300
    assert s3.get_object(Bucket=bucket, Key="many/123.txt")["Body"].read() == b"123"


def test_a_name_that_is_taken_is_asked_about(browser: Browser, s3: Any, bucket: str) -> None:
    def send(collision: str, data: bytes = b"new") -> Any:
        return browser.upload(bucket, [File("a.txt", data), File("b.bin", data.ljust(PART + 9))], collision=collision)

    assert send("ask", b"old").status_code == 200
    asked = send("ask")
    assert asked.status_code == 409
    assert {f["error"]["code"] for f in asked.get_json()["files"]} == {"Exists"}
    assert s3.get_object(Bucket=bucket, Key="a.txt")["Body"].read() == b"old"
    assert [f["state"] for f in send("skip").get_json()["files"]] == ["skipped", "skipped"]
    assert [f["key"] for f in send("rename").get_json()["files"]] == ["a (2).txt", "b (2).bin"]
    assert [f["key"] for f in send("rename").get_json()["files"]] == ["a (3).txt", "b (3).bin"]
    assert send("replace").status_code == 200
    assert s3.get_object(Bucket=bucket, Key="a.txt")["Body"].read() == b"new"
    assert leftovers(s3, bucket) == []
    assert send("whatever").status_code == 400


def test_one_failing_file_does_not_lose_the_others(browser: Browser, s3: Any, bucket: str) -> None:
    files = [File("empty.png", b""), File("ü" * 600, b"x"), File("..", b"x"), File("good.txt", b"x")]
    answer = browser.upload(bucket, files)
    assert answer.status_code == 200
    assert [f["error"] and f["error"]["code"] for f in answer.get_json()["files"]] == [
        "Empty",
        "KeyTooLong",
        "NoName",
        None,
    ]
    assert keys(s3, bucket) == {"good.txt": 1}


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/x.png", "abs/x.png"),
        ("C:\\photos\\x.png", "photos/x.png"),
        ("a/./b//c.png", "a/b/c.png"),
        ("tab\there.png", "tab_here.png"),
        ("new\nline.png", "new_line.png"),
        ("ü 😀 #?%&+.png", "ü 😀 #?%&+.png"),
        ('quote".png', 'quote".png'),
        ("n" * 1020 + ".png", "n" * 1020 + ".png"),
    ],
)
def test_names_become_harmless_keys(browser: Browser, s3: Any, bucket: str, sent: str, key: str) -> None:
    (found,) = browser.upload(bucket, [File(sent, PNG)]).get_json()["files"]
    assert found["key"] == key
    assert list(keys(s3, bucket)) == [key]
    assert bool(found["note"]) == (sent != key)


def test_a_browser_without_scripts_is_led_to_the_folder(browser: Browser, bucket: str) -> None:
    answer = browser.upload(bucket, [File("a.png", PNG)], html=True, prefix="my trip/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/s3/{bucket}/?prefix=my+trip%2F"
    assert "is stored" in browser.client.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_browser_without_scripts_sees_what_failed(browser: Browser, bucket: str) -> None:
    answer = browser.upload(bucket, [File("a.png", PNG), File("e.txt", b"")], html=True)
    page = check_page(answer, "upload", 200, calls=2)
    assert "An empty file" in page.text
    assert "1 of 2 files are there" in page.text


def test_a_prefix_with_a_line_break_travels_quoted(browser: Browser, s3: Any, bucket: str) -> None:
    browser.upload(bucket, [File("a.txt", b"x")], prefix_quoted="odd%0Afolder%2F")
    assert list(keys(s3, bucket)) == ["odd\nfolder/a.txt"]


def test_no_file_is_a_clear_answer(browser: Browser, bucket: str) -> None:
    for files in ([], [File("", b"")]):
        answer = browser.upload(bucket, files)
        assert answer.status_code == 400
        assert "No file was chosen" in answer.get_json()["detail"]


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
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "it did not happen within 20 s"
        time.sleep(0.05)


def test_parts_grow_so_that_ten_thousand_hold_the_file() -> None:
    assert part_size(100, 5 * 1024 * MIB) == PART
    assert part_size(None, 5 * 1024 * MIB) == PART
    huge = 1024**4
    assert part_size(huge, 2 * huge) * (MOST_PARTS - 1) >= huge
    assert part_size(None, huge) % MIB == 0
