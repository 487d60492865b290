"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Page
from tests.rds.helpers import post, run
from tests.real_account import real, switched_off


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    with real(shared_app) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("/rds/", {"Create database"}),
        ("/rds/shop/", {"Stop", "Reboot", "Delete"}),
        ("/rds/shop/snapshots", {"Take snapshot"}),
        ("/rds/shop/delete", {"Delete the instance"}),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, stopped: set[str]) -> None:
    shown = page(path)
    assert switched_off(shown) == stopped
    assert "everything is shown and downloaded" in shown.text


def test_reading_goes_on_and_writing_is_refused(page: Callable[..., Page], client: FlaskClient) -> None:
    shown = page("/rds/shop/query?sql=SELECT+41+%2B+1")
    assert "42" in shown.text
    (write,) = [one for one in shown.all(".//input") if one.get("value") == "write"]
    assert write.get("disabled") is not None
    for fields in ({"mode": "write"}, {"mode": "write", "alone": "1"}, {"mode": "write", "sure": "1"}):
        assert run(client, "shop", "CREATE TABLE never (id int)", **fields).status_code == 403
    assert post(client, "/rds/shop/row", schema="public", table="x").status_code == 403
