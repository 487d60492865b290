"""Thumbnails are made once, kept in the cache bucket, and never fail a gallery."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.blueprints.s3.service import thumbnails
from app.blueprints.s3.service.picture import MOST_SOURCE
from app.blueprints.s3.urls import thumbnail_url
from tests.s3.test_media import bomb
from tests.s3.transfer import picture

CACHE = "trellis-cache-000000000000-us-east-1"


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    opened = shared_app.test_client()
    opened.environ_base["HTTP_HOST"] = "127.0.0.1"
    return opened


def put(s3: Any, bucket: str, key: str, data: bytes) -> str:
    etag: str = s3.put_object(Bucket=bucket, Key=key, Body=data)["ETag"].strip('"')
    return etag


def calls(answer: Any) -> list[str]:
    return [part.split('"')[1] for part in answer.headers.get("Server-Timing", "").split(", ") if "desc" in part]


def test_a_thumbnail_is_made_once_and_then_one_call(client: FlaskClient, s3: Any, bucket: str) -> None:
    etag = put(s3, bucket, "a b/ü?.png", picture("PNG", (400, 200)))
    url = thumbnail_url(bucket, "a b/ü?.png", etag)
    first = client.get(url)
    assert (first.status_code, first.mimetype) == (200, "image/webp")
    assert "PutObject" in calls(first)
    assert Image.open(BytesIO(first.data)).size == (256, 128)
    second = client.get(url)
    assert calls(second) == ["GetObject"]
    assert second.data == first.data
    assert second.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert second.headers["X-Trellis-Picture"].startswith("width=400; height=200; type=image/png; colour=#")
    assert client.get(url, headers={"If-None-Match": f'"{etag}"'}).status_code == 304
    kept = s3.head_object(Bucket=CACHE, Key=thumbnails.cache_key(bucket, "a b/ü?.png", etag))
    assert kept["Metadata"]["width"] == "400"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a b/ü?.png"]


def test_the_cache_expires(client: FlaskClient, s3: Any, bucket: str) -> None:
    client.get(thumbnail_url(bucket, "a.png", put(s3, bucket, "a.png", picture("PNG"))))
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=CACHE)["Rules"]
    assert rule["Expiration"]["Days"] == thumbnails.KEEP_DAYS


def test_a_changed_picture_has_a_new_thumbnail(client: FlaskClient, s3: Any, bucket: str) -> None:
    old = put(s3, bucket, "a.png", picture("PNG", (40, 40)))
    client.get(thumbnail_url(bucket, "a.png", old))
    put(s3, bucket, "a.png", picture("PNG", (80, 20)))
    stale = client.get(thumbnail_url(bucket, "a.png", "0" * 32))
    assert Image.open(BytesIO(stale.data)).size == (80, 20)
    assert stale.headers["Cache-Control"] == "private, no-cache"


def test_without_an_etag_the_newest_is_given(client: FlaskClient, s3: Any, bucket: str) -> None:
    put(s3, bucket, "a.png", picture("PNG"))
    for _ in range(2):
        answer = client.get(thumbnail_url(bucket, "a.png", ""))
        assert answer.headers["X-Trellis-Preview"] == "made"
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert calls(answer) == ["GetObject", "GetObject"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(50_000), "too-many-pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not-a-picture"),
        (b"", "not-a-picture"),
        (b"\x89PNG\r\n\x1a\n rubbish", "damaged"),
    ],
)
def test_what_has_no_thumbnail_gets_the_icon(
    client: FlaskClient, s3: Any, bucket: str, data: bytes, reason: str
) -> None:
    url = thumbnail_url(bucket, "x.png", put(s3, bucket, "x.png", data))
    for expected in (None, ["GetObject"]):  # that there is none is kept too
        answer = client.get(url)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["X-Trellis-Preview"] == f"none; reason={reason}"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert expected in (None, calls(answer))
    assert Image.open(BytesIO(answer.data)).size == (256, 256)


def test_a_missing_object_is_a_problem(client: FlaskClient, bucket: str) -> None:
    assert client.get(thumbnail_url(bucket, "gone.png", "0" * 32)).status_code == 404


class Huge:
    """An S3 client whose objects claim to be larger than thumbnails are made of, and cannot be read."""

    def __init__(self, s3: Any):
        self._s3, self.put_object = s3, s3.put_object

    def get_object(self, **wanted: Any) -> Any:
        answer = self._s3.get_object(**wanted)
        answer["Body"].close()
        return {**answer, "ContentLength": MOST_SOURCE + 1}


def test_a_file_too_large_is_not_read(s3: Any, bucket: str) -> None:
    etag = put(s3, bucket, "a.png", picture("PNG"))
    cache = thumbnails.Cache("trellis-cache-nobody", "000000000000", "us-east-1", False, 10**8)
    assert thumbnails.thumbnail(Huge(s3), cache, bucket, "a.png", etag).small.reason == "too-large"


def test_a_read_only_account_gets_its_pictures_and_nothing_is_written(s3: Any, bucket: str) -> None:
    etag = put(s3, bucket, "a.png", picture("PNG", mode="L"))
    cache = thumbnails.Cache("trellis-cache-nobody", "000000000000", "us-east-1", False, 10**8)
    made = thumbnails.thumbnail(s3, cache, bucket, "a.png", etag)
    assert (made.kept, made.small.reason) == (False, "")
    assert "trellis-cache-nobody" not in {b["Name"] for b in s3.list_buckets()["Buckets"]}


class Full:
    """An S3 client that can read and may not write."""

    def __init__(self, s3: Any):
        self.get_object = s3.get_object

    def put_object(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")


def test_a_cache_that_cannot_be_written_costs_time_and_no_picture(s3: Any, bucket: str) -> None:
    etag = put(s3, bucket, "a.png", picture("PNG"))
    cache = thumbnails.Cache("trellis-cache-nobody", "000000000000", "us-east-1", True, 10**8)
    made = thumbnails.thumbnail(Full(s3), cache, bucket, "a.png", etag)
    assert (made.kept, made.small.width) == (False, 40)


class Slow:
    """An S3 client that counts how often a picture is read; a read waits until `people` have asked for it."""

    def __init__(self, s3: Any, bucket: str, people: int):
        self._s3, self._bucket, self.reads = s3, bucket, 0
        self._lock = threading.Lock()
        self._all_asked = threading.Barrier(people, timeout=30)

    def get_object(self, **wanted: Any) -> Any:
        if wanted["Bucket"] != self._bucket:
            self._all_asked.wait()  # each person looks into the cache first
            return self._s3.get_object(**wanted)
        with self._lock:
            self.reads += 1
        time.sleep(0.5)  # from the look into the cache to the wait for the first reader it is a few instructions
        return self._s3.get_object(**wanted)


def test_several_who_want_the_same_wait_for_one(s3: Any, bucket: str) -> None:
    etag = put(s3, bucket, "a.png", picture("PNG"))
    slow = Slow(s3, bucket, people=6)
    cache = thumbnails.Cache("trellis-cache-nobody", "000000000000", "us-east-1", False, 10**8)
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(thumbnails.thumbnail, slow, cache, bucket, "a.png", etag) for _ in range(6)]
        assert len({found.result().small.body for found in waiting}) == 1
    assert slow.reads == 1
