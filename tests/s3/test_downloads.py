"""Bytes out: as they are, in ranges, unchanged, as files, as a zip."""

import gc
import socket
import time
import zipfile
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from flask import Flask

from app.blueprints.s3.service import archive, downloads
from app.blueprints.s3.urls import raw_url
from app.blueprints.s3.views.download import disposition
from tests.s3.transfer import Browser, picture, served

MIB = 1024 * 1024


@pytest.fixture
def browser(shared_app: Flask) -> Browser:
    return Browser(shared_app.test_client())


HOSTILE = [
    "plain.png",
    "a b/ü 😀.png",
    "per%cent?and#hash&plus+.png",
    "../up.png",
    "a//b.png",
    "/lead.png",
    "line\nbreak.png",
    "trailing .png ",
    'quote".png',
    "x" * 1020 + ".png",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_picture_is_shown_whatever_its_key(browser: Browser, s3: Any, bucket: str, key: str) -> None:
    data = picture("PNG")
    s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType="text/html")
    answer = browser.client.get(raw_url(bucket, key))
    assert (answer.status_code, answer.data) == (200, data)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline; ")
    assert (
        browser.client.get(raw_url(bucket, key, download=True))
        .headers["Content-Disposition"]
        .startswith("attachment; ")
    )


@pytest.mark.parametrize(
    ("key", "data", "kind"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        ("a.html", b"<script>alert(1)</script>", "text/html"),
        ("a.png", b"<script>alert(1)</script>", "image/png"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.tiff", picture("TIFF"), "image/tiff"),
        ("empty.png", b"", "image/png"),
    ],
)
def test_everything_else_is_only_handed_over(
    browser: Browser, s3: Any, bucket: str, key: str, data: bytes, kind: str
) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType=kind)
    answer = browser.client.get(raw_url(bucket, key))
    assert answer.data == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_ranges_and_conditions_pass_through(browser: Browser, s3: Any, bucket: str) -> None:
    data = bytes(range(256)) * 5000
    etag = s3.put_object(Bucket=bucket, Key="r.bin", Body=data)["ETag"]

    def get(**headers: str) -> Any:
        return browser.client.get(
            raw_url(bucket, "r.bin"), headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    part = get(Range="bytes=100-299")
    assert (part.status_code, part.data) == (206, data[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(data)}"
    assert get(Range="bytes=-10").data == data[-10:]
    assert get(Range="bytes=0-0").data == data[:1]
    assert get(Range="bytes=0-1,5-6").data == data
    assert get(Range="bytes=9999999-").status_code == 416
    whole = get()
    assert (whole.headers["ETag"], whole.headers["Accept-Ranges"]) == (etag, "bytes")
    assert get(If_None_Match=etag).status_code == 304
    assert get(If_Modified_Since=whole.headers["Last-Modified"]).status_code == 304
    assert get(Range="bytes=0-9", If_Range=etag).status_code == 206
    assert get(Range="bytes=0-9", If_Range='"other"').data == data
    head = browser.client.head(raw_url(bucket, "r.bin"))
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(data)))


def test_a_missing_object_is_a_page(browser: Browser, bucket: str) -> None:
    answer = browser.client.get(raw_url(bucket, "gone"))
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_version_can_be_fetched(browser: Browser, s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="a", Body=b"one")["VersionId"]
    s3.put_object(Bucket=bucket, Key="a", Body=b"two")
    assert browser.client.get(raw_url(bucket, "a", version=first)).data == b"one"


class Watched:
    """A client whose bodies tell when they are closed."""

    def __init__(self, s3: Any):
        self._s3, self.closed = s3, False

    def get_object(self, **wanted: Any) -> Any:
        answer = self._s3.get_object(**wanted)
        close = answer["Body"].close

        def told() -> None:
            self.closed = True
            close()

        answer["Body"].close = told
        return answer


def test_whoever_stops_reading_closes_the_way_to_s3(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="big", Body=b"x" * (4 * MIB))
    watched = Watched(s3)
    download = downloads.open_object(watched, downloads.Wanted(bucket, "big"))
    pieces = iter(download)
    next(pieces)
    assert not watched.closed
    pieces.close()  # type: ignore[attr-defined]
    assert watched.closed


def test_a_client_that_leaves_ends_the_download(shared_app: Flask, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="big", Body=b"x" * (64 * MIB))
    with served(shared_app) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            request = f"GET {raw_url(bucket, 'big')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            connection.sendall(request.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        end = time.monotonic() + 60
        while any(isinstance(o, downloads.Download) for o in gc.get_objects()):
            assert time.monotonic() < end, "the download is still open"
            time.sleep(0.05)


def test_names_in_the_header_cannot_break_it() -> None:
    assert disposition("a.png", True) == 'inline; filename="a.png"'
    assert disposition('ü"\r\n.png', False) == "attachment; filename=\"____.png\"; filename*=UTF-8''%C3%BC%22%0D%0A.png"


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as found:
        assert found.testzip() is None
        assert len(set(found.namelist())) == len(found.namelist())
        return {name: found.read(name) for name in found.namelist()}


def zipped(browser: Browser, bucket: str, **fields: Any) -> Any:
    return browser.client.post(f"/s3/{bucket}/bulk/download", data={"csrf_token": browser.token, **fields})


def test_a_selection_comes_as_a_zip(browser: Browser, s3: Any, bucket: str) -> None:
    stored = {"t/a.png": picture("PNG"), "t/b.txt": b"words " * 1000, "t/sub/c.bin": b"z" * (3 * MIB), "t/empty": b""}
    for key, data in stored.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)
    answer = zipped(browser, bucket, key=["t/a.png", "t/b.txt", "t/empty"], folder=["t/sub/"])
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert 'filename="t.zip"' in answer.headers["Content-Disposition"]
    assert unzipped(answer.data) == {key.removeprefix("t/"): data for key, data in stored.items()}
    with zipfile.ZipFile(BytesIO(answer.data)) as found:
        assert found.getinfo("a.png").compress_type == zipfile.ZIP_STORED
        assert found.getinfo("b.txt").compress_type == zipfile.ZIP_DEFLATED


def test_names_in_a_zip_are_safe_and_differ(browser: Browser, s3: Any, bucket: str) -> None:
    for key in ("../evil", "evil", "EVIL", "/evil", "a\\..\\..\\b", "c\n.txt"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    found = unzipped(zipped(browser, bucket, key=["../evil", "evil", "EVIL", "/evil", "a\\..\\..\\b", "c\n.txt"]).data)
    assert set(found) == {"evil", "evil (2)", "EVIL (3)", "evil (4)", "a/b", "c_.txt"}


def test_what_is_missing_is_named_in_the_zip(browser: Browser, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    found = unzipped(zipped(browser, bucket, key=["gone", "a"]).data)
    assert set(found) == {"a", "_missing.txt"}
    assert b"'gone'" in found["_missing.txt"]


def test_a_zip_of_nothing_is_a_page(browser: Browser, bucket: str) -> None:
    assert zipped(browser, bucket, key=["gone"]).status_code == 404
    assert zipped(browser, "no-such-bucket-here", folder=["a/"]).status_code == 404
    assert zipped(browser, bucket).status_code == 400


def test_a_folder_is_read_to_its_last_page(s3: Any, bucket: str) -> None:
    class Paged:
        """Lists two keys a page, so that a thousand objects need not be made."""

        def __init__(self) -> None:
            self.get_object = s3.get_object

        def get_paginator(self, name: str) -> Any:
            pages = s3.get_paginator(name)

            class Small:
                def paginate(self, **wanted: Any) -> Any:
                    return pages.paginate(**wanted, PaginationConfig={"PageSize": 2})

            return Small()

    for n in range(7):
        s3.put_object(Bucket=bucket, Key=f"f/{n}", Body=b"x")
    s3.put_object(Bucket=bucket, Key="f/", Body=b"")
    made = b"".join(archive.Archive(Paged(), bucket, ["f/3"], ["f/"]))
    assert sorted(unzipped(made)) == [f"f/{n}" for n in range(7)]


def test_a_break_in_the_middle_breaks_the_zip(s3: Any, bucket: str) -> None:
    class Cut:
        def get_object(self, **wanted: Any) -> Any:
            answer = s3.get_object(**wanted)
            read = answer["Body"].read
            state = {"reads": 0}

            def cut(size: int) -> Any:
                state["reads"] += 1
                if state["reads"] > 1:
                    raise ClientError({"Error": {"Code": "Cut"}}, "GetObject")
                return read(size)

            answer["Body"].read = cut
            return answer

    s3.put_object(Bucket=bucket, Key="a", Body=b"x" * (2 * MIB))
    with pytest.raises(ClientError):
        list(archive.Archive(Cut(), bucket, ["a"], []))
