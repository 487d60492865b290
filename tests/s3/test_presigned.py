"""The straight lane: what the browser may send to S3 itself, and what the server then finds."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app.blueprints.s3.service import presigned
from tests.s3.transfer import BOUNDARY, CONTENT_TYPE, Browser, field, keys, picture

ORIGIN = "http://127.0.0.1:5000"
PNG = picture("PNG")


@pytest.fixture
def browser(shared_app: Flask) -> Browser:
    return Browser(shared_app.test_client())


def send(permit: dict[str, Any], data: bytes, **changed: str) -> int:
    """Post a file as the browser does: the fields, then the file; returns the status."""
    url = urlsplit(permit["url"])
    fields = {**permit["fields"], **changed}
    head = b'Content-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = b"".join(field(name, value) for name, value in fields.items())
    body += b"--" + BOUNDARY + b"\r\n" + head + data + b"\r\n--" + BOUNDARY + b"--\r\n"
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    try:
        connection.request("POST", url.path, body, {"Content-Type": CONTENT_TYPE})
        return connection.getresponse().status
    finally:
        connection.close()


def ask(browser: Browser, bucket: str, **fields: Any) -> Any:
    wish = {"name": "a.jpeg", "size": len(PNG), "type": "image/jpeg", **fields}
    return browser.post(f"/s3/{bucket}/presign", **wish)


def test_a_file_goes_straight_to_s3_and_its_type_is_mended(browser: Browser, s3: Any, bucket: str) -> None:
    permit = ask(browser, bucket, prefix="trip/").get_json()
    assert (permit["key"], permit["state"]) == ("trip/a.jpeg", "ready")
    assert send(permit, PNG) == 201
    assert s3.head_object(Bucket=bucket, Key="trip/a.jpeg")["ContentType"] == "image/jpeg"
    answer = browser.post(f"/s3/{bucket}/uploaded", key="trip/a.jpeg").get_json()
    (found,) = answer["files"]
    assert (found["type"], found["note"], found["size"], found["width"]) == (
        "image/png",
        "named .jpeg, is PNG",
        len(PNG),
        40,
    )
    assert s3.head_object(Bucket=bucket, Key="trip/a.jpeg")["ContentType"] == "image/png"
    assert [call["operation"] for call in answer["calls"]]


def test_only_this_file_fits_the_permission(browser: Browser, s3: Any, bucket: str) -> None:
    permit = ask(browser, bucket).get_json()
    assert send(permit, PNG + b"more") >= 400
    assert send(permit, PNG[:-1]) >= 400
    assert send(permit, PNG, key="other.jpeg") == 403
    assert send(permit, PNG, **{"Content-Type": "text/html"}) == 403
    assert keys(s3, bucket) == {}
    assert send(permit, PNG) == 201


def test_collisions_are_looked_up_before(browser: Browser, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a.jpeg", Body=b"old")
    refused = ask(browser, bucket)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "Exists")
    assert ask(browser, bucket, collision="rename").get_json()["key"] == "a (2).jpeg"
    assert ask(browser, bucket, collision="skip").get_json()["state"] == "skipped"
    assert ask(browser, bucket, collision="replace").get_json()["key"] == "a.jpeg"
    assert ask(browser, bucket, collision="odd").status_code == 400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"size": 0}, "Empty"),
        ({"size": presigned.MOST + 1}, "TooLarge"),
        ({"name": "n" * 2000}, "KeyTooLong"),
        ({"name": "../.."}, "NoName"),
        ({"name": "${filename}.png"}, "NameReplaced"),
    ],
)
def test_what_cannot_go_straight_is_told_before(browser: Browser, bucket: str, fields: Any, code: str) -> None:
    answer = ask(browser, bucket, **fields)
    assert answer.status_code in (400, 413)
    assert answer.get_json()["code"] == code


def test_odd_requests_are_refused(browser: Browser, bucket: str) -> None:
    assert ask(browser, bucket, size="many").status_code == 400
    assert browser.client.post(f"/s3/{bucket}/presign", json={"name": "a"}).status_code == 400  # no token
    assert browser.post(f"/s3/{bucket}/uploaded").status_code == 400
    assert browser.post(f"/s3/{bucket}/uploaded", key="gone").status_code == 404
    token = {"X-CSRFToken": browser.token}
    assert browser.client.post(f"/s3/{bucket}/presign", json=["a"], headers=token).status_code == 400


def test_a_type_that_is_none_is_not_believed(browser: Browser, bucket: str) -> None:
    permit = ask(browser, bucket, type="text/html\r\nX: y").get_json()
    assert permit["fields"]["Content-Type"] == "application/octet-stream"


def test_mending_the_type_keeps_metadata_and_tags(browser: Browser, s3: Any, bucket: str) -> None:
    s3.put_object(
        Bucket=bucket, Key="a.png", Body=PNG, ContentType="text/plain", Metadata={"by": "me"}, Tagging="trip=alps"
    )
    assert browser.post(f"/s3/{bucket}/uploaded", key="a.png").status_code == 200
    found = s3.head_object(Bucket=bucket, Key="a.png")
    assert (found["ContentType"], found["Metadata"]) == ("image/png", {"by": "me"})
    assert s3.get_object_tagging(Bucket=bucket, Key="a.png")["TagSet"] == [{"Key": "trip", "Value": "alps"}]


def test_the_bucket_s_rule_comes_and_goes_and_leaves_others_alone(s3: Any, bucket: str) -> None:
    assert not presigned.has_rule(s3, bucket, ORIGIN)
    assert not presigned.lanes(s3, bucket, ORIGIN).straight
    theirs = {"AllowedOrigins": ["https://example.org"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [theirs]})
    for _ in range(2):
        presigned.put_rule(s3, bucket, ORIGIN)
    assert len(presigned.rules(s3, bucket)) == 2
    assert presigned.has_rule(s3, bucket, ORIGIN)
    assert not presigned.has_rule(s3, bucket, "http://127.0.0.1:5001")
    found = presigned.lanes(s3, bucket, ORIGIN)
    assert (found.straight, found.origin) == (True, s3.meta.endpoint_url)
    presigned.remove_rule(s3, bucket, ORIGIN)
    (left,) = presigned.rules(s3, bucket)
    assert left["AllowedOrigins"] == ["https://example.org"]


def test_the_last_rule_goes_whole(s3: Any, bucket: str) -> None:
    presigned.put_rule(s3, bucket, ORIGIN)
    presigned.remove_rule(s3, bucket, ORIGIN)
    assert presigned.rules(s3, bucket) == []
