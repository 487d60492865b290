"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.awslambda.conftest import BUCKET, HANDLER, make
from tests.awslambda.helpers import post
from tests.embedded.process import Embedded
from tests.pages import Page
from tests.real_account import REASON, real

SETTINGS = {"timeout": "3", "storage": "512", "handler": HANDLER, "runtime": "python3.12", "description": "Says hello"}


@pytest.fixture(scope="module")
def kept(embedded: Embedded) -> Callable[[], object]:
    """Make a function that no other test knows; returns how to ask what stands of it."""
    client = embedded.client("lambda")
    make(embedded, "looked-at", Description="Says hello", Tags={"team": "one"})

    def ask() -> object:
        stands = client.get_function(FunctionName="looked-at")
        versions = client.list_versions_by_function(FunctionName="looked-at")["Versions"]
        return (
            stands["Configuration"],
            stands["Tags"],
            versions,
            client.list_aliases(FunctionName="looked-at")["Aliases"],
        )

    return ask


@pytest.fixture
def app(kept: object, shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/lambda/", "Create function"),
        ("/lambda/new/zip", "Create function"),
        ("/lambda/looked-at/", "Deploy"),
        ("/lambda/looked-at/", "Deploy the zip"),
        ("/lambda/looked-at/test", "Invoke"),
        ("/lambda/looked-at/triggers", "Add trigger"),
        ("/lambda/looked-at/configuration", "Save settings"),
        ("/lambda/looked-at/configuration", "Save tags"),
        ("/lambda/looked-at/versions", "Publish"),
        ("/lambda/looked-at/versions", "Point it there"),
        ("/lambda/looked-at/delete", "Delete the function"),
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
        ("looked-at/invoke", {"payload": "{}"}),
        ("looked-at/configuration", {**SETTINGS, "memory": "256"}),
        ("looked-at/tags", {"tag_name": "a", "tag_value": "b"}),
        ("looked-at/concurrency", {"reserved": "1"}),
        ("looked-at/asynchronous", {"retries": "1", "age": "60"}),
        ("looked-at/triggers", {"bucket": BUCKET, "events": "s3:ObjectCreated:*"}),
        ("looked-at/versions", {"description": "x"}),
        ("looked-at/aliases", {"alias": "live", "version": "$LATEST"}),
        ("looked-at/permissions/remove", {"sid": "any"}),
        ("looked-at/delete", {"confirm": "looked-at"}),
    ],
)
def test_what_is_sent_all_the_same_is_refused(
    client: FlaskClient, kept: Callable[[], object], path: str, fields: dict[str, str]
) -> None:
    before = kept()
    answer = post(client, f"/lambda/{path}", **fields)
    assert answer.status_code == 403 and "Nothing was sent" in answer.get_data(as_text=True)
    assert kept() == before
