from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from app.blueprints.s3.service.answers import OtherRegion
from app.blueprints.s3.service.listing import Asked, crumbs, list_folder, may_be_picture, present, under

MANY = 3_000  # moto sorts all of them for each page


def made() -> Any:
    return boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture(scope="module")
def big() -> Iterator[Any]:
    """Yield a client whose bucket `big` holds many objects in f/ and one beside it."""
    with mock_aws():
        client = made()
        client.create_bucket(Bucket="big")
        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        for number in range(MANY):
            backend.put_object("big", f"f/{number:05}", b"")
        client.put_object(Bucket="big", Key="beside.txt", Body=b"123")
        yield client


def test_every_object_is_reached_page_by_page(big: Any) -> None:
    seen, asked, pages = list[str](), Asked(prefix="f/"), 0
    while True:
        page = list_folder(big, "big", asked)
        seen += [entry.key for entry in page.objects]
        pages += 1
        if not page.next_token:
            break
        asked = Asked(prefix="f/", token=page.next_token)
    assert seen == [f"f/{number:05}" for number in range(MANY)]
    assert pages == MANY / 100


def test_a_folder_has_its_folders_and_objects(big: Any) -> None:
    page = list_folder(big, "big", Asked())
    assert [folder.prefix for folder in page.folders] == ["f/"]
    assert [(entry.key, entry.size) for entry in page.objects] == [("beside.txt", 3)]
    assert page.next_token is None


def test_the_search_looks_at_the_beginning_of_names(big: Any) -> None:
    page = list_folder(big, "big", Asked(prefix="f/", search="0299"))
    assert [entry.name for entry in page.objects] == [f"{number:05}" for number in range(2990, 3000)]


def test_a_prefix_is_expanded_up_to_a_limit(big: Any) -> None:
    keys, more = under(big, "big", "f/", 2500)
    assert (len(keys), more) == (2500, True)
    keys, more = under(big, "big", "f/0000", 2500)
    assert (len(keys), more) == (10, False)
    assert under(big, "big", "f/0000", 10) == (keys, False)


@pytest.mark.parametrize(
    "keys",
    [
        ["f/00000"],
        ["f/00000", "f/00001", "f/nothing"],
        ["beside.txt", "f/00000", "f/02999", "zzz"],
        ["f/0000", "f/000000"],
        [],
    ],
)
def test_present_finds_exactly_what_is_there(big: Any, keys: list[str]) -> None:
    there = {"beside.txt", *(f"f/{number:05}" for number in range(MANY))}
    assert present(big, "big", keys) == there & set(keys)


def listed(sort: str, order: str, token: str | None = None) -> Any:
    client = made()
    days = [3, 1, 2]
    contents = [
        {"Key": key, "Size": size, "ETag": '"e"', "LastModified": datetime(2024, 1, day, tzinfo=UTC)}
        for key, size, day in zip("abc", (20, 30, 10), days, strict=True)
    ]
    asked = Asked(sort=sort, order=order, token=token)
    expected = {"Bucket": "b", "Prefix": "", "Delimiter": "/", "MaxKeys": 100} | (
        {"ContinuationToken": token} if token else {}
    )
    with Stubber(client) as stub:
        answer = {"Contents": contents, "NextContinuationToken": "more", "ResponseMetadata": {"HTTPStatusCode": 200}}
        stub.add_response("list_objects_v2", answer, expected)
        page = list_folder(client, "b", asked)
        stub.assert_no_pending_responses()
    return page


@pytest.mark.parametrize(
    ("sort", "order", "keys", "within"),
    [
        ("name", "asc", "abc", False),
        ("name", "desc", "cba", True),
        ("size", "asc", "cab", True),
        ("size", "desc", "bac", True),
        ("modified", "asc", "bca", True),
    ],
)
def test_other_sorts_say_that_they_hold_for_the_page_only(sort: str, order: str, keys: str, within: bool) -> None:
    page = listed(sort, order)
    assert "".join(entry.key for entry in page.objects) == keys
    assert page.sorted_within_page is within


def test_a_bucket_elsewhere_names_its_region() -> None:
    client = made()
    headers = {"x-amz-bucket-region": "eu-west-1"}
    with Stubber(client) as stub:
        stub.add_client_error(
            "list_objects_v2", "IllegalLocationConstraintException", response_meta={"HTTPHeaders": headers}
        )
        with pytest.raises(OtherRegion) as caught:
            list_folder(client, "b", Asked())
    assert caught.value.region == "eu-west-1"


def test_crumbs_name_every_folder_even_an_empty_one() -> None:
    assert [(crumb.name, crumb.prefix) for crumb in crumbs("a//b/")] == [("a", "a/"), ("", "a//"), ("b", "a//b/")]
    assert crumbs("") == []


@pytest.mark.parametrize(
    ("key", "size", "wanted"),
    [
        ("a.JPG", 1, True),
        ("noending", 1, True),
        ("a.svg", 1, False),
        ("a.csv", 1, False),
        ("a.jpg", 0, False),
        ("d/", 1, False),
    ],
)
def test_thumbnails_are_asked_for_what_may_be_pictures(key: str, size: int, wanted: bool) -> None:
    assert may_be_picture(key, size) is wanted
