import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Page, check_page
from tests.s3.test_views_pages import PNG, post

PHOTO = (Path(__file__).parents[1] / "pictures" / "pixel6.jpg").read_bytes()


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def test_the_page_says_what_an_object_really_is(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="holiday.jpeg", Body=PNG, ContentType="image/jpeg", Metadata={"author": "Ines"})
    shown = page(f"/s3/{bucket}/objects/holiday.jpeg", calls=4)
    assert "Named .jpeg, is PNG" in shown.text
    assert "x-amz-meta-author" in shown.text
    assert "1 × 1 pixels" in shown.text
    answer = post(client, f"/s3/{bucket}/object/type", shown.csrf, key="holiday.jpeg", type="image/png")
    assert answer.status_code == 303
    head = s3.head_object(Bucket=bucket, Key="holiday.jpeg")
    assert (head["ContentType"], head["Metadata"]) == ("image/png", {"author": "Ines"})


def test_the_position_is_in_the_page_only_when_asked(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="p.jpg", Body=PHOTO, ContentType="image/jpeg")
    s3.put_object(Bucket=bucket, Key="nowhere.png", Body=PNG, ContentType="image/png")
    assert "Show where it was taken" not in page(f"/s3/{bucket}/objects/nowhere.png", calls=4).text
    hidden = page(f"/s3/{bucket}/objects/p.jpg", calls=4)
    assert "Show where it was taken" in hidden.text
    assert client.get(f"/s3/{bucket}/objects/p.jpg?format=json").get_json()["inspection"]["value"]["position"] is None
    assert "Google Pixel 6" in hidden.text
    assert "Latitude" not in hidden.html
    asked = page(f"/s3/{bucket}/objects/p.jpg?position=1", calls=4)
    assert "Latitude" in asked.text


def test_a_picture_of_too_many_pixels_is_not_drawn(page: Callable[..., Page], s3: Any, bucket: str) -> None:
    body = PNG[:16] + (50_000).to_bytes(4, "big") * 2 + PNG[24:29]
    body += zlib.crc32(body[12:29]).to_bytes(4, "big") + PNG[33:]
    s3.put_object(Bucket=bucket, Key="bomb.png", Body=body, ContentType="image/png")
    shown = page(f"/s3/{bucket}/objects/bomb.png", calls=4)
    assert "50 000 × 50 000 pixels are too many" in shown.text
    assert not [image for image in shown.all(".//main//img")]


def test_a_script_in_a_picture_is_never_shown(page: Callable[..., Page], s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="x.svg", Body=b"<svg onload='alert(1)'/>", ContentType="image/svg+xml")
    shown = page(f"/s3/{bucket}/objects/x.svg", calls=4)
    assert not [image for image in shown.all(".//main//img")]
    assert "Not a picture" in shown.text


def test_delete_offers_undo_where_versioning_is_on(
    page: Callable[..., Page], client: FlaskClient, s3: Any, versioned: str
) -> None:
    s3.put_object(Bucket=versioned, Key="d/a.txt", Body=b"1")
    token = page(f"/s3/{versioned}/objects/d/a.txt", calls=4).csrf
    answer = post(client, f"/s3/{versioned}/object/delete", token, key="d/a.txt")
    assert (answer.status_code, answer.location) == (303, f"/s3/{versioned}/?prefix=d%2F")
    told = page(answer.location, calls=1)
    [form] = [f for f in told.all(".//form") if (f.get("action") or "").endswith("/bulk/undelete")]
    fields = {e.get("name") or "": e.get("value") or "" for e in form.iter("input")}
    assert client.post(form.get("action") or "", data=fields).status_code == 303
    assert s3.get_object(Bucket=versioned, Key="d/a.txt")["Body"].read() == b"1"


def test_the_second_of_two_people_is_told_that_it_is_gone(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    token = page("/s3/").csrf
    answer = post(client, f"/s3/{bucket}/object/delete", token, key="not-there")
    assert "already gone" in page(answer.location, calls=1).text


def test_a_deleted_object_shows_its_versions(
    page: Callable[..., Page], client: FlaskClient, s3: Any, versioned: str
) -> None:
    for body in (b"1", b"2"):
        s3.put_object(Bucket=versioned, Key="a", Body=body)
    s3.delete_object(Bucket=versioned, Key="a")
    assert "a" in page(f"/s3/{versioned}/deleted", calls=1).text
    shown = page(f"/s3/{versioned}/objects/a", status=404, calls=2)
    assert "This object is deleted" in shown.text
    oldest = s3.list_object_versions(Bucket=versioned)["Versions"][-1]["VersionId"]
    answer = post(client, f"/s3/{versioned}/object/restore", shown.csrf, key="a", version=oldest)
    assert answer.status_code == 303
    assert s3.get_object(Bucket=versioned, Key="a")["Body"].read() == b"1"


def test_an_object_that_never_was_is_a_problem(page: Callable[..., Page], bucket: str) -> None:
    shown = page(f"/s3/{bucket}/objects/never", status=404, calls=2)
    assert "No such object" in shown.text
    assert [a.get("href") for a in shown.all(".//nav[@class='crumbs']//a")] == ["/s3/", f"/s3/{bucket}/"]
    assert f"/s3/{bucket}/" in [a.get("href") for a in shown.all(".//main//a")]


def test_wrong_tags_stay_typed_with_the_reason(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    token = page("/s3/").csrf
    answer = post(client, f"/s3/{bucket}/object/tags", token, key="a", tag_key=["aws:x", "b"], tag_value=["1", "2"])
    shown = check_page(answer, "tags", 422, 4)
    assert "belong to AWS" in shown.text
    assert shown.field("tag_key").get("value") == "aws:x"
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == []


def test_a_copy_asks_about_a_taken_name(page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str) -> None:
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    asked = page(f"/s3/{bucket}/object/move?key=a", calls=1)
    fields = {"key": "a", "target_bucket": bucket, "target_key": "b", "collision": "ask"}
    taken = check_page(post(client, f"/s3/{bucket}/object/move", asked.csrf, **fields), "move", 409, 2)
    assert taken.field("target_key").get("value") == "b"
    assert "already" in taken.text
    answer = post(client, f"/s3/{bucket}/object/move", asked.csrf, **(fields | {"target_key": "c/ä b"}))
    assert answer.location == f"/s3/{bucket}/objects/c/%C3%A4%20b"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["b", "c/ä b"]


def test_a_shared_link_fetches_and_says_when_it_ends(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a b.txt", Body=b"shared")
    token = page("/s3/").csrf
    answer = check_page(
        post(client, f"/s3/{bucket}/share", token, key="a b.txt", minutes="15", as_download="y"), "share", 200, 0
    )
    link = answer.all(".//textarea")[0].text or ""
    assert "15 minutes" in answer.text and "UTC" in answer.text
    assert "X-Amz-Expires=900" in link
    with urlopen(link) as fetched:
        assert fetched.read() == b"shared"
        assert fetched.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("minutes", ["0", "721", "", "soon"])
def test_a_link_lasts_from_a_minute_to_twelve_hours(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str, minutes: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    answer = post(client, f"/s3/{bucket}/share", page("/s3/").csrf, key="a", minutes=minutes)
    assert check_page(answer, "share", 422, 4).field("minutes").get("aria-invalid") == "true"


def test_an_object_is_json_too(client: FlaskClient, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="p.jpg", Body=PHOTO, ContentType="image/jpeg", Tagging="a=1")
    found = client.get(f"/s3/{bucket}/objects/p.jpg?format=json").get_json()
    assert found["facts"]["size"] == len(PHOTO)
    assert found["tags"]["value"] == {"a": "1"}
    assert found["inspection"]["value"]["position"] is None


def test_forms_without_a_key_or_token_do_nothing(client: FlaskClient, page: Callable[..., Page], bucket: str) -> None:
    assert client.post(f"/s3/{bucket}/object/delete", data={"key": "a"}).status_code == 400
    assert post(client, f"/s3/{bucket}/object/delete", page("/s3/").csrf).status_code == 400
