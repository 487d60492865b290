"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.apigateway.helpers import at, make, post
from tests.embedded.process import Embedded
from tests.pages import Page
from tests.real_account import REASON, real


@pytest.fixture
def api(shared_app: Flask) -> str:
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        return make(client, "read only", "SumUpLambda")


@pytest.fixture
def app(api: str, shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "word"),
    [("", "Delete"), ("", "Add the method"), ("stages", "Deploy"), ("call", "Send"), ("delete", "Delete the API")],
)
def test_what_changes_something_is_off(page: Callable[..., Page], api: str, path: str, word: str) -> None:
    shown = page(f"/apigateway/{api}/{path}", calls=5)
    found = [e for tag in ("button", "a") for e in shown.all(f".//{tag}") if "".join(e.itertext()).strip() == word]
    assert found and all(e.get("disabled") is not None or e.get("aria-disabled") == "true" for e in found)
    assert {e.get("title") for e in found} == {REASON}


def test_what_is_sent_all_the_same_is_refused(client: FlaskClient, api: str) -> None:
    place = at(client, api)
    sent = {
        f"/apigateway/{api}/change": {"what": "key", "needed": "1"},
        f"/apigateway/{api}/stages": {"stage": "dev"},
        f"/apigateway/{api}/test": {},
        f"/apigateway/{api}/call": {"stage": "dev", "path": "/"},
        f"/apigateway/{api}/permission": {},
        f"/apigateway/{api}/delete": {"confirm": "read only"},
        "/apigateway/keys": {"name": "k"},
    }
    for path, fields in sent.items():
        answer = post(client, path, **{**place, **fields})
        assert answer.status_code == 403 and "Nothing was sent" in answer.get_data(as_text=True), path
