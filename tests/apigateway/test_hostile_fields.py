"""Pages of an API that is there, with hostile values in their fields: refused or shown, never an error of ours."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.apigateway.views.editing import CHANGES
from tests.apigateway.helpers import at, make, token

HOSTILE = ("a\0b", '"><script>alert(1)</script>', "9" * 30, "a\r\nX: y\u2028é")
READ = {
    **dict.fromkeys(("stages", "key", "delete-response"), ("stage", "description", "needed", "status")),
    **dict.fromkeys(("delete-method", "delete-resource", "cors", "add-resource"), ("confirm", "origins", "part")),
    **dict.fromkeys(("add-method", "integration"), ("new_verb", "function", "uri")),
    "stages/dev": ("rate", "burst", "variables", "logging", "trace"),
    "template": ("template", "content_type", "passthrough"),
    "validate": ("parameter", "place", "model", "model_name"),
    "response": ("pattern", "status", "template"),
    "call": ("stage", "path", "query", "body", "headers", "origin"),
    "test": ("path", "query", "body", "headers"),
}
GOOD = {"path": "/", "kind": "mock", "new_verb": "PUT", "content_type": "application/json", "passthrough": "NEVER",
        "status": "400", "place": "header", "parameter": "X", "stage": "dev", "verb": "POST"}  # fmt: skip


@pytest.fixture(scope="module")
def api(shared_app: Flask) -> str:
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        return make(client, "hostile", "SumUpLambda")


@pytest.mark.parametrize("value", HOSTILE)
def test_addresses(client: FlaskClient, api: str, value: str) -> None:
    for page in ("", "stages", "call", "test", "export", "delete", "deployed"):
        answer = client.get(
            f"/apigateway/{api}/{page}", query_string=dict.fromkeys(("resource", "verb", "stage", "path"), value)
        )
        assert answer.status_code < 500, (page, answer.get_data(as_text=True)[:2000])
        assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("what", [*CHANGES, "stages", "stages/dev", "call", "test"])
def test_forms(client: FlaskClient, api: str, what: str) -> None:
    place, csrf = at(client, api), token(client)
    path = f"/apigateway/{api}/{'change' if what in CHANGES else what}"
    for number, field in enumerate(READ[what]):
        for value in (HOSTILE[number % len(HOSTILE)], HOSTILE[(number + 1) % len(HOSTILE)]):
            answer = client.post(path, data={**GOOD, **place, "what": what, field: value, "csrf_token": csrf})
            assert answer.status_code < 500, (field, answer.get_data(as_text=True)[:3000])
            assert "<script>alert" not in answer.get_data(as_text=True)
