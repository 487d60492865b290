from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Page, check_page
from tests.s3.test_views_pages import post


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


def put(s3: Any, bucket: str, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def keys_of(s3: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def fields_of(page: Page, action: str) -> list[tuple[str, str]]:
    [form] = [f for f in page.all(".//form") if (f.get("action") or "").endswith(action)]
    return [(e.get("name") or "", e.get("value") or "") for e in form.iter("input") if e.get("type") == "hidden"]


def send(client: FlaskClient, path: str, fields: list[tuple[str, str]], **more: str) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in [*fields, *more.items()]:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


def test_delete_names_the_objects_first(page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str) -> None:
    put(s3, bucket, "d/a\nb", "d/c", "d/kept")
    token = page("/s3/").csrf
    path = f"/s3/{bucket}/bulk/delete"
    chosen = {"prefix": "d/", "key": "d/c", "key_quoted": "d%2Fa%0Ab"}
    asked = check_page(post(client, path, token, **chosen), path, 200, 1)
    assert "a‹LF›b" in asked.text and "d/c" in asked.text
    assert "gone for good" in asked.text
    assert keys_of(s3, bucket) == ["d/a\nb", "d/c", "d/kept"]
    answer = send(client, path, fields_of(asked, path))
    assert (answer.status_code, answer.location) == (303, f"/s3/{bucket}/?prefix=d%2F")
    assert keys_of(s3, bucket) == ["d/kept"]
    assert "2 objects deleted" in page(answer.location, calls=1).text


def test_nothing_chosen_is_said(page: Callable[..., Page], client: FlaskClient, bucket: str) -> None:
    answer = post(client, f"/s3/{bucket}/bulk/delete", page("/s3/").csrf)
    assert "Nothing is selected" in check_page(answer, "bulk", 400, 0).text


def test_a_copy_that_meets_a_taken_name_asks_and_goes_on(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    put(s3, bucket, "a", "f/x/1", "new/a", "new/f/x/1")
    token = page("/s3/").csrf
    path = f"/s3/{bucket}/bulk/copy"
    asked = check_page(post(client, path, token, key="a", folder="f/"), path, 200, 1)
    target = {"target_bucket": bucket, "target_prefix": "new", "collision": "ask"}
    told = check_page(send(client, path, fields_of(asked, path), **target), path, 207, 6)
    assert "2 names are taken" in told.text
    answer = send(client, path, fields_of(told, path), collision="rename")
    assert answer.status_code == 303
    assert set(keys_of(s3, bucket)) >= {"new/a (2)", "new/f/x/1 (2)"}


def test_move_by_json_answers_with_outcomes_and_calls(
    client: FlaskClient, page: Callable[..., Page], s3: Any, bucket: str
) -> None:
    put(s3, bucket, "a")
    data = {
        "csrf_token": page("/s3/").csrf,
        "key": "a",
        "target_bucket": bucket,
        "target_prefix": "n/",
        "collision": "ask",
    }
    found = client.post(f"/s3/{bucket}/bulk/move?format=json", data=data).get_json()
    assert [(o["key"], o["state"], o["target"]) for o in found["outcomes"]] == [("a", "done", "n/a")]
    assert {call["operation"] for call in found["calls"]} >= {"CopyObject", "DeleteObjects"}


def test_tags_are_asked_and_added(page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str) -> None:
    put(s3, bucket, "a", "b")
    path = f"/s3/{bucket}/bulk/tag"
    asked = check_page(client.post(path, data={"csrf_token": page("/s3/").csrf, "key": ["a", "b"]}), path, 200, 0)
    wrong = send(client, path, fields_of(asked, path), tag_key="aws:a", tag_value="1")
    assert "belong to AWS" in check_page(wrong, path, 422, 0).text
    assert send(client, path, fields_of(asked, path), tag_key="class", tag_value="4b").status_code == 303
    assert s3.get_object_tagging(Bucket=bucket, Key="b")["TagSet"] == [{"Key": "class", "Value": "4b"}]


def test_pages_and_their_fragments_follow_the_token(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    put(s3, bucket, *(f"k{number:03}" for number in range(120)))
    for view in ("gallery", "list"):
        first = page(f"/s3/{bucket}/?view={view}", calls=1)
        [following] = [a.get("href") or "" for a in first.all(".//a") if a.get("rel") == "next"]
        second = page(following, calls=1)
        boxes = [e for e in second.all(".//input") if e.get("name") == "key"]
        assert len(boxes) == 20
        fragment = client.get(following, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert fragment.count('name="key"') == 20
        assert "<html" not in fragment


def test_a_bucket_is_json_too(client: FlaskClient, s3: Any, bucket: str) -> None:
    put(s3, bucket, "a", "d/b")
    found = client.get(f"/s3/{bucket}/?format=json").get_json()
    assert [entry["key"] for entry in found["objects"]] == ["a"]
    assert [folder["prefix"] for folder in found["folders"]] == ["d/"]


def test_settings_switch_versioning_and_the_rule(
    page: Callable[..., Page], client: FlaskClient, s3: Any, bucket: str
) -> None:
    shown = page(f"/s3/{bucket}/settings", calls=4)
    [origin] = [code.text for code in shown.all(".//p/code") if (code.text or "").startswith("http://")]
    assert f'"{origin}"' in shown.text
    assert post(client, f"/s3/{bucket}/settings/versioning", shown.csrf, state="Enabled").status_code == 303
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert post(client, f"/s3/{bucket}/settings/versioning", shown.csrf, state="Gone").status_code == 400
    assert post(client, f"/s3/{bucket}/settings/cors", shown.csrf).status_code == 303
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"][0]["AllowedOrigins"] == [origin]
    assert "The bucket has a rule" in page(f"/s3/{bucket}/settings", calls=4).text


def test_a_bucket_that_is_gone_says_so(page: Callable[..., Page]) -> None:
    assert "No such bucket" in page("/s3/never-was-here/", status=404, calls=1).text
