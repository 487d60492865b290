"""What AWS answers and the embedded AWS does not: other regions, missing permissions, names that others own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.s3.service import buckets, objects
from tests.pages import Page, check_page
from tests.s3.test_views_pages import post

NAMED = {"Bucket": "b", "Key": "k"}


@pytest.fixture
def app(embedded_app: Flask) -> Flask:
    return embedded_app


@pytest.fixture
def stub(app: Flask) -> Iterator[Stubber]:
    """Yield the stub of the application's own S3 client; every expected call must come."""
    with app.app_context(), Stubber(app.extensions["aws"].client("s3", "us-east-1")) as active:
        yield active
        active.assert_no_pending_responses()


def test_a_bucket_elsewhere_offers_to_switch(page: Callable[..., Page], client: FlaskClient, stub: Stubber) -> None:
    headers = {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}}
    stub.add_client_error("list_objects_v2", "IllegalLocationConstraintException", response_meta=headers)
    shown = page("/s3/far-away/", status=421, calls=1)
    assert "eu-west-1" in shown.text
    [form] = [f for f in shown.all(".//main//form") if f.get("action") == "/region"]
    fields = {e.get("name") or "": e.get("value") or "" for e in form.iter("input")}
    answer = client.post("/region", data=fields)
    assert (answer.status_code, answer.location) == (303, "/s3/far-away/")


def test_a_folder_of_a_bucket_elsewhere_says_so(page: Callable[..., Page], stub: Stubber) -> None:
    metadata = {"HTTPStatusCode": 200, "HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}}
    stub.add_response("list_objects_v2", {"ResponseMetadata": metadata})
    assert "Switch to eu-west-1" in page("/s3/far-away/", calls=1).text


def test_a_forbidden_bucket_says_what_is_missing(page: Callable[..., Page], stub: Stubber) -> None:
    stub.add_client_error("list_objects_v2", "AccessDenied", "not for you", 403)
    shown = page("/s3/not-mine/", status=403, calls=1)
    assert "Access denied" in shown.text and "not for you" in shown.text


def test_a_part_that_is_forbidden_leaves_the_others(stub: Stubber) -> None:
    stub.add_client_error("list_object_versions", "AccessDenied", "no versions")
    stub.add_response("head_object", {"ContentLength": 5, "ETag": '"e"', "ContentType": "text/plain"}, NAMED)
    stub.add_client_error("get_object", "InvalidObjectState", "archived", 403)
    stub.add_client_error("get_object_tagging", "AccessDenied", "no tags", 403)
    found = objects.read(stub.client, "b", "k")
    assert found.facts is not None and found.facts.size == 5
    assert found.tags.value is None and found.tags.reason == "AccessDenied: no tags"
    assert found.inspection.reason == "InvalidObjectState: archived"
    assert found.versions.value is None


def test_a_name_that_others_own_is_said_beside_the_field(
    page: Callable[..., Page], client: FlaskClient, stub: Stubber
) -> None:
    stub.add_response("list_buckets", {"Buckets": []})
    token = page("/s3/", calls=1).csrf
    stub.add_response("list_buckets", {"Buckets": []})
    stub.add_client_error("create_bucket", "BucketAlreadyExists")
    stub.add_response("list_buckets", {"Buckets": []})
    answer = post(client, "/s3/", token, name="taken-name", region="us-east-1")
    assert answer.status_code == 422
    assert "Somebody else owns a bucket of this name" in answer.get_data(as_text=True)


def test_no_bucket_yet_says_what_to_do(page: Callable[..., Page], stub: Stubber) -> None:
    stub.add_response("list_buckets", {"Buckets": []})
    assert "No bucket yet" in page("/s3/", calls=1).text


def test_emptying_stops_where_aws_refuses(stub: Stubber) -> None:
    held: dict[str, Any] = {"Versions": [{"Key": "k", "VersionId": "v", "IsLatest": True}], "IsTruncated": True}
    error = {"Key": "k", "VersionId": "v", "Code": "AccessDenied", "Message": "locked"}
    stub.add_response("list_object_versions", held)
    stub.add_response("delete_objects", {"Errors": [error]})
    stub.add_response("list_object_versions", held)
    emptied = buckets.empty_bucket(stub.client, "b")
    assert (emptied.deleted, [failure.message for failure in emptied.failures]) == (0, ["locked"])
    assert emptied.left.more


def test_emptying_goes_on_for_some_rounds_and_says_what_is_left(stub: Stubber) -> None:
    held: dict[str, Any] = {"DeleteMarkers": [{"Key": "k", "VersionId": "v", "IsLatest": True}], "IsTruncated": True}
    for _ in range(2):
        stub.add_response("list_object_versions", held)
        stub.add_response("delete_objects", {"Deleted": [{"Key": "k", "VersionId": "v", "DeleteMarker": True}]})
    stub.add_response("list_object_versions", held)
    emptied = buckets.empty_bucket(stub.client, "b", rounds=2)
    assert (emptied.deleted, emptied.left.delete_markers, emptied.left.more) == (2, 1, True)


def test_the_page_of_emptying_names_what_aws_kept(
    page: Callable[..., Page], client: FlaskClient, stub: Stubber
) -> None:
    stub.add_response("list_buckets", {"Buckets": []})
    token = page("/s3/", calls=1).csrf
    held: dict[str, Any] = {"Versions": [{"Key": "k\n", "VersionId": "v", "IsLatest": True}]}
    error = {"Key": "k\n", "VersionId": "v", "Code": "AccessDenied", "Message": "locked"}
    stub.add_response("list_object_versions", held)
    stub.add_response("delete_objects", {"Errors": [error]})
    stub.add_response("list_object_versions", held)
    shown = check_page(post(client, "/s3/locked-one/empty", token, name="locked-one"), "empty", 200, 3)
    assert "k‹LF›" in shown.text and "locked" in shown.text and "still holds 1 object" in shown.text


def test_the_fragment_of_emptying_goes_on_by_itself(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    data = {"csrf_token": page("/s3/").csrf, "name": bucket}
    answer = client.post(f"/s3/{bucket}/empty", data=data, headers={"HX-Request": "true"})
    text = answer.get_data(as_text=True)
    assert "The bucket is empty now" in text and "<html" not in text and "hx-trigger" not in text
