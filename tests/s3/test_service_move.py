"""Moves while somebody else writes: nothing that was written is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.s3.service import bulk, copying, versions
from app.blueprints.s3.service.bulk import Selection
from app.blueprints.s3.service.copying import Place
from tests.embedded.process import Embedded
from tests.pages import Page
from tests.s3.test_views_pages import post


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@contextmanager
def writing(client: Any, other: Any, before: str, bucket: str, key: str) -> Iterator[None]:
    """Let another client write an object just before one of this client's calls is sent."""
    event = f"before-call.s3.{before}"

    def write(**_: Any) -> None:
        other.put_object(Bucket=bucket, Key=key, Body=b"newer")

    client.meta.events.register(event, write)
    try:
        yield
    finally:
        client.meta.events.unregister(event, write)


@pytest.fixture
def other(embedded: Embedded) -> Any:
    return embedded.client("s3")


def body(s3: Any, bucket: str, key: str) -> bytes:
    read: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return read


def test_what_is_written_during_the_copy_is_not_lost(s3: Any, other: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"old")
    with writing(s3, other, "CopyObject", bucket, "a"), pytest.raises(copying.SourceChanged):
        copying.move(s3, Place(bucket, "a"), Place(bucket, "b"))
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a"]
    assert body(s3, bucket, "a") == b"newer"


def test_what_is_written_after_the_copy_stays(s3: Any, other: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"old")
    with writing(s3, other, "DeleteObject", bucket, "a"):
        moved = copying.move(s3, Place(bucket, "a"), Place(bucket, "b"))
    assert moved.kept == copying.CHANGED_MEANWHILE
    assert (body(s3, bucket, "a"), body(s3, bucket, "b")) == (b"newer", b"old")


def test_a_name_taken_during_the_copy_is_asked_about(s3: Any, other: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"old")
    with writing(s3, other, "CopyObject", bucket, "b"), pytest.raises(copying.Exists):
        copying.move(s3, Place(bucket, "a"), Place(bucket, "b"))
    assert (body(s3, bucket, "a"), body(s3, bucket, "b")) == (b"old", b"newer")


def test_a_bulk_move_names_what_has_changed(s3: Any, other: Any, bucket: str) -> None:
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"old")
    with writing(s3, other, "DeleteObjects", bucket, "a"):
        result = bulk.move_all(s3, bucket, Selection(["a", "b"], []), Place(bucket, "new/"), "ask")
    assert [(outcome.key, outcome.state) for outcome in result.outcomes] == [("a", "failed"), ("b", "done")]
    assert "still there. Somebody has changed" in result.outcomes[0].note.replace(":", ".")
    assert body(s3, bucket, "a") == b"newer"


def test_copies_and_restored_versions_keep_their_storage_class(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="a", Body=b"1", StorageClass="STANDARD_IA")["VersionId"]
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    versions.restore(s3, bucket, "a", first)
    copying.copy(s3, Place(bucket, "a"), Place(bucket, "b"))
    for key in ("a", "b"):
        assert s3.head_object(Bucket=bucket, Key=key)["StorageClass"] == "STANDARD_IA"


def test_the_page_says_that_the_original_is_still_there(
    page: Callable[..., Page], client: FlaskClient, app: Flask, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"old")
    token = page(f"/s3/{bucket}/object/move?key=a", calls=1).csrf
    fields = {"key": "a", "target_bucket": bucket, "target_key": "b", "collision": "ask"}
    with app.app_context():
        own = app.extensions["aws"].client("s3", "us-east-1")
    with writing(own, s3, "DeleteObject", bucket, "a"):
        answer = post(client, f"/s3/{bucket}/object/move", token, **fields)
    assert answer.location == f"/s3/{bucket}/objects/b"
    assert "the original is still there" in page(answer.location, calls=4).text
    assert body(s3, bucket, "a") == b"newer"
