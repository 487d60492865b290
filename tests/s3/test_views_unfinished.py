"""Uploads in parts that nobody has finished: seen, aborted, and gone with everything else in a bucket."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.s3.service import buckets, unfinished
from tests.pages import Page
from tests.s3.test_views_pages import post

PART = b"x" * 5_000_000


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


def begin(s3: Any, bucket: str, *keys: str) -> list[str]:
    found = []
    for key in keys:
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=PART)
        found.append(upload)
    return found


def left(s3: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


def test_the_settings_show_and_abort_them(page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str) -> None:
    first, _ = begin(s3, bucket, "film\n1.mov", "film 2.mov")
    shown = page(f"/s3/{bucket}/settings", calls=6)
    assert "film‹LF›1.mov" in shown.text and "4.8 MiB" in shown.text and "just now" in shown.text
    fields = {"key_quoted": "film%0A1.mov", "upload_id": first}
    assert post(client, f"/s3/{bucket}/settings/uploads/abort", shown.csrf, **fields).status_code == 303
    assert left(s3, bucket) == ["film 2.mov"]
    again = post(client, f"/s3/{bucket}/settings/uploads/abort", shown.csrf, **fields)
    assert "had ended already" in page(again.location, calls=5).text
    assert post(client, f"/s3/{bucket}/settings/uploads/abort", shown.csrf, key="film 2.mov").status_code == 400
    assert post(client, f"/s3/{bucket}/settings/uploads/abort", shown.csrf).status_code == 303
    assert left(s3, bucket) == []
    assert "None. A large file" in page(f"/s3/{bucket}/settings", calls=4).text


def test_only_the_first_are_measured(s3: Any, bucket: str) -> None:
    for number in range(unfinished.MOST + 2):
        s3.create_multipart_upload(Bucket=bucket, Key=f"k{number:02}")
    found = unfinished.list_unfinished(s3, bucket)
    assert (len(found.uploads), found.more) == (unfinished.MOST, True)
    assert unfinished.abort_all(s3, bucket) == unfinished.Aborted(unfinished.MOST + 2)


def test_emptying_a_bucket_aborts_them(s3: Any, bucket: str) -> None:
    begin(s3, bucket, "film.mov")
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    emptied = buckets.empty_bucket(s3, bucket)
    assert (emptied.deleted, emptied.uploads.number) == (1, 1)
    assert left(s3, bucket) == []


def test_who_may_not_list_them_is_told() -> None:
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("list_multipart_uploads", "AccessDenied", "not for you", 403)
        assert unfinished.list_unfinished(client, "b") == unfinished.Uploads([], reason="AccessDenied: not for you")
        stub.add_client_error("list_multipart_uploads", "AccessDenied", "not for you", 403)
        assert unfinished.abort_all(client, "b").reason == "AccessDenied: not for you"
        stub.add_client_error("list_multipart_uploads", "NoSuchBucket", "gone", 404)
        with pytest.raises(ClientError, match="NoSuchBucket"):
            unfinished.list_unfinished(client, "b")
