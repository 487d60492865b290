"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.glue.helpers import post
from tests.pages import Page
from tests.real_account import REASON, real


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/glue/", "Create job"),
        ("/glue/copy/", "Start job"),
        ("/glue/copy/delete", "Delete the job"),
        ("/glue/triggers", "Create trigger"),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, word: str) -> None:
    shown = page(path)
    found = [e for tag in ("button", "a") for e in shown.all(f".//{tag}") if "".join(e.itertext()).strip() == word]
    assert found and all(e.get("disabled") is not None or e.get("aria-disabled") == "true" for e in found)
    assert {e.get("title") for e in found} == {REASON}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/glue/copy/runs", {}),
        ("/glue/copy/delete", {"confirm": "copy"}),
        ("/glue/triggers", {"trigger": "t", "job": "copy", "schedule": "cron(0 6 ? * * *)"}),
        ("/glue/triggers/act", {"name": "t", "action": "start"}),
    ],
)
def test_what_is_sent_all_the_same_is_refused(client: FlaskClient, path: str, fields: dict[str, str]) -> None:
    answer = post(client, path, **fields)
    assert answer.status_code == 403 and "Nothing was sent" in answer.get_data(as_text=True)
