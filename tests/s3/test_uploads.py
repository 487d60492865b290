"""Uploads through the application, against the real embedded AWS."""

import os
from typing import Any

import pytest
from flask import Flask

from app.blueprints.s3.service.uploads import MIB, MOST_PARTS, PART, part_size
from tests.pages import check_page
from tests.s3.transfer import (
    BOUNDARY,
    Browser,
    File,
    keys,
    leftovers,
    picture,
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


def test_parts_grow_so_that_ten_thousand_hold_the_file() -> None:
    assert part_size(100, 5 * 1024 * MIB) == PART
    assert part_size(None, 5 * 1024 * MIB) == PART
    huge = 1024**4
    assert part_size(huge, 2 * huge) * (MOST_PARTS - 1) >= huge
    assert part_size(None, huge) % MIB == 0
