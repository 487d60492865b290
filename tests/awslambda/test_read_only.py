"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.awslambda.conftest import BUCKET, HANDLER
from tests.awslambda.helpers import post
from tests.embedded.process import Embedded
from tests.pages import Page
from tests.real_account import REASON, real

SETTINGS = {"timeout": "3", "storage": "512", "handler": HANDLER, "runtime": "python3.12", "description": "Says hello"}


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/lambda/", "Create function"),
        ("/lambda/new/zip", "Create function"),
        ("/lambda/hello/", "Deploy"),
        ("/lambda/hello/", "Deploy the zip"),
        ("/lambda/hello/test", "Invoke"),
        ("/lambda/hello/triggers", "Add trigger"),
        ("/lambda/hello/configuration", "Save settings"),
        ("/lambda/hello/configuration", "Save tags"),
        ("/lambda/hello/versions", "Publish"),
        ("/lambda/hello/versions", "Point it there"),
        ("/lambda/hello/delete", "Delete the function"),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, word: str) -> None:
    shown = page(path, calls=7)
    found = [e for tag in ("button", "a") for e in shown.all(f".//{tag}") if "".join(e.itertext()).strip() == word]
    assert found and all(e.get("disabled") is not None or e.get("aria-disabled") == "true" for e in found)
    assert {e.get("title") for e in found} == {REASON}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("hello/invoke", {"payload": "{}"}),
        ("hello/configuration", {**SETTINGS, "memory": "256"}),
        ("hello/tags", {"tag_name": "a", "tag_value": "b"}),
        ("hello/concurrency", {"reserved": "1"}),
        ("hello/asynchronous", {"retries": "1", "age": "60"}),
        ("hello/triggers", {"bucket": BUCKET, "events": "s3:ObjectCreated:*"}),
        ("hello/versions", {"description": "x"}),
        ("hello/aliases", {"alias": "live", "version": "$LATEST"}),
        ("hello/permissions/remove", {"sid": "any"}),
        ("hello/delete", {"confirm": "hello"}),
    ],
)
def test_what_is_sent_all_the_same_is_refused(client: FlaskClient, path: str, fields: dict[str, str]) -> None:
    answer = post(client, f"/lambda/{path}", **fields)
    assert answer.status_code == 403 and "Nothing was sent" in answer.get_data(as_text=True)


def test_nothing_of_it_was_done(embedded: Embedded) -> None:
    client = embedded.client("lambda")
    kept = client.get_function(FunctionName="hello")
    assert (kept["Configuration"]["MemorySize"], kept["Tags"]) == (128, {"team": "one"})
    assert len(client.list_versions_by_function(FunctionName="hello")["Versions"]) == 1
    assert not client.list_aliases(FunctionName="hello")["Aliases"]
