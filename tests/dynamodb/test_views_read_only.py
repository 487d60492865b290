"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.pages import Page
from tests.real_account import real, switched_off


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("/dynamodb/", {"Create table"}),
        ("/dynamodb/orders/", {"Create item", "Delete", "Switch on"}),
        ("/dynamodb/orders/items", {"Create item"}),
        ("/dynamodb/orders/item?pk=customer-01&sk=1", {"Save", "Copy", "Delete this item"}),
        ("/dynamodb/orders/item", {"Create item"}),
        ("/dynamodb/orders/delete", {"Delete the table"}),
    ],
)
def test_what_changes_something_is_off(page: Callable[..., Page], path: str, stopped: set[str]) -> None:
    assert switched_off(page(path, calls=12)) == stopped


def test_reading_goes_on(page: Callable[..., Page], client: FlaskClient) -> None:
    assert "Count" in page("/dynamodb/orders/items?pk=customer-01").html
    assert client.get("/dynamodb/orders/items?format=csv").status_code == 200
