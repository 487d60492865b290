from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.s3.urls import carried, folder_url, object_url
from tests.pages import Page, check_page

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cfc0f01f00050001ff89993d1d0000000049454e44ae426082"
)
HOSTILE = [
    "a?b#c%d+e&f\"g<h>i'j.png",
    "100%25.txt",
    "line\nbreak.txt",
    "carriage\rreturn.txt",
    "/leading slash",
    "double//slash",
    "..",
    "a/../b",
    "./here",
    "trailing space ",
    " leading space",
    "back\\slash",
    "emoji 🌻👩‍👩‍👧.jpg",
    "العربية.png",
    "right\u202eto left.txt",
    "zero\u200bwidth",
    "semi;colon=1",
    "folder object/",
    "x" * 1024,
    "ü" * 512,
    "tab\tand\x7fdel",
]


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


def post(client: FlaskClient, path: str, token: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token, **fields})


def test_buckets_page_lists_and_searches(page: Callable[..., Page], bucket: str) -> None:
    assert bucket in page("/s3/", calls=1).text
    assert bucket not in page("/s3/?q=no-such-name", calls=1).text


def test_a_bucket_is_created_and_deleted(page: Callable[..., Page], client: FlaskClient, s3: Any) -> None:
    token = page("/s3/").csrf
    answer = post(client, "/s3/", token, name="made-by-a-form", region="us-east-1")
    assert (answer.status_code, answer.location) == (303, "/s3/made-by-a-form/")
    assert "This bucket is empty" in page("/s3/made-by-a-form/", calls=1).text
    answer = post(client, "/s3/made-by-a-form/delete", token, name="made-by-a-form")
    assert answer.status_code == 303
    assert "made-by-a-form" not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_a_wrong_name_stays_typed_with_the_reason_beside_it(page: Callable[..., Page], client: FlaskClient) -> None:
    token = page("/s3/").csrf
    answer = check_page(post(client, "/s3/", token, name="No_Good", region="us-east-1"), "/s3/", 422, 1)
    assert answer.field("name").get("value") == "No_Good"
    assert answer.field("name").get("aria-invalid") == "true"
    assert "no capital letters" in answer.text


def test_a_name_of_ones_own_bucket_is_refused(page: Callable[..., Page], client: FlaskClient, bucket: str) -> None:
    answer = post(client, "/s3/", page("/s3/").csrf, name=bucket, region="us-east-1")
    assert "You have a bucket of this name already" in check_page(answer, "/s3/", 422, 2).text


def test_a_full_bucket_is_not_deleted_and_can_be_emptied(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.delete_object(Bucket=bucket, Key="a")
    asked = page(f"/s3/{bucket}/delete", calls=1)
    assert "0 objects, 2 old versions and 1 delete marker" in asked.text
    refused = post(client, f"/s3/{bucket}/delete", asked.csrf, name=bucket)
    assert "AWS refuses" in check_page(refused, "delete", 409, 2).text
    wrong = post(client, f"/s3/{bucket}/empty", asked.csrf, name="other")
    assert "Nothing was deleted" in check_page(wrong, "empty", 422, 2).text
    assert post(client, f"/s3/{bucket}/empty", asked.csrf, name=bucket).status_code == 303
    assert post(client, f"/s3/{bucket}/delete", asked.csrf, name=bucket).status_code == 303


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_keys_are_listed_shown_tagged_and_deleted(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str, key: str
) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=PNG)
    way = key.rpartition("/")[0] + "/" if "/" in key.rstrip("/") else ""
    shown = page(folder_url(bucket, way), calls=1)
    links = {a.get("href") for a in shown.all(".//a")}
    assert object_url(bucket, key) in links or folder_url(bucket, key) in links
    fetched = page(object_url(bucket, key), calls=4)
    field = carried("key", key)
    tagged = {field["name"]: field["value"], "tag_key": "colour", "tag_value": "red"}
    assert post(client, f"/s3/{bucket}/object/tags", fetched.csrf, **tagged).status_code == 303
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "colour", "Value": "red"}]
    deleted = post(client, f"/s3/{bucket}/object/delete", fetched.csrf, **{field["name"]: field["value"]})
    assert deleted.status_code == 303
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_the_upload_form_names_everything_before_its_files(page: Callable[..., Page], bucket: str) -> None:
    shown = page(f"/s3/{bucket}/?prefix=a%0Ab/", calls=1)
    [form] = [f for f in shown.all(".//form") if (f.get("action") or "").endswith("/upload")]
    names = [e.get("name") for e in form.iter() if e.tag in ("input", "select") and e.get("name")]
    assert names == ["csrf_token", "prefix_quoted", "collision", "files", "files"]
