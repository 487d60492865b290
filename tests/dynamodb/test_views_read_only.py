"""A real account that may only be read: what changes something is off and says why, and is refused when sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.aws import Aws, Identity
from tests.pages import Page

REASON = "This account is read-only here: changes are switched off."


class RealAws(Aws):
    """The embedded AWS under the identity of a real account."""

    def identity(self, region: str) -> Identity:
        return Identity("aws", "123456789012", "arn:aws:iam::123456789012:user/x")


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    own = shared_app.extensions["aws"]
    real = RealAws(shared_app.extensions["settings"])
    vars(real).update(vars(own))  # the same clients
    shared_app.extensions["aws"] = real
    yield shared_app
    shared_app.extensions["aws"] = own


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
    shown = page(path, calls=12)
    off = {
        " ".join("".join(one.itertext()).split())
        for one in shown.all(".//main//button") + shown.all(".//main//a")
        if one.get("title") == REASON and one.get("href") is None
    }
    assert off == stopped


def test_reading_goes_on(page: Callable[..., Page], client: FlaskClient) -> None:
    assert "Count" in page("/dynamodb/orders/items?pk=customer-01").html
    assert client.get("/dynamodb/orders/items?format=csv").status_code == 200
