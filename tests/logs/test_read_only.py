"""A real account: what changes something is off and refused, and a query says its price before it runs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.logs.conftest import SHOP
from tests.logs.helpers import post, run
from tests.pages import Page
from tests.real_account import REASON, real


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("/logs/", {"Create log group"}),
        (f"/logs/group?group={SHOP}", {"Delete", "Set retention"}),
        (f"/logs/group/delete?group={SHOP}", {"Delete log group"}),
        ("/logs/insights", {"Save"}),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, stopped: set[str]) -> None:
    shown = page(path)
    controls = shown.all(".//main//button") + shown.all(".//main//a")
    off = {" ".join("".join(one.itertext()).split()) for one in controls if one.get("title") == REASON}
    assert off == stopped


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/logs/groups", {"name": "/never"}),
        ("/logs/group/retention", {"group": SHOP, "days": "30"}),
        ("/logs/group/delete", {"group": SHOP, "confirm": SHOP}),
        ("/logs/saved", {"name": "never", "query": "limit 1"}),
        ("/logs/saved/delete", {"id": "never"}),
    ],
)
def test_what_changes_something_is_refused(client: FlaskClient, path: str, fields: dict[str, str]) -> None:
    assert post(client, path, **fields).status_code == 403


def test_a_query_runs_and_says_what_it_costs(client: FlaskClient, page: Callable[..., Page]) -> None:
    before = page("/logs/insights").text
    assert "$0.005 a GB scanned" in before and "free here" not in before
    url, _ = run(client, "filter level = 'ERROR' | limit 5", SHOP)
    shown = page(url, calls=5)
    assert "Show the matches over time" in shown.text and "scans the same" in shown.text
    [form] = [one for one in shown.all(".//form") if "histogram" in (one.get("action") or "")]
    assert form.get("hx-trigger") is None  # on a real account it is asked for, not done by itself


def test_history_is_not_written(page: Callable[..., Page]) -> None:
    assert "No history on a real account" in page("/logs/saved?view=history").text
