"""A real account that may only be read: files are checked and exported, SELECT runs, and nothing is changed."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import notes
from tests.dynamodb.helpers import post, token
from tests.embedded.process import Embedded
from tests.pages import Page, check_page
from tests.real_account import real, switched_off

DELETE = "DELETE FROM customer WHERE customer_id = '123' AND customer_mail = 'ada@example.com'"


@pytest.fixture
def app(shared_app: Flask, embedded: Embedded) -> Iterator[Flask]:
    with real(shared_app, embedded) as app:
        yield app


def test_what_changes_something_is_off(page: Callable[..., Page], client: FlaskClient) -> None:
    assert switched_off(page("/dynamodb/orders/delete-items?pk=customer-01")) == {"Delete 20 items"}
    assert switched_off(page("/dynamodb/orders/items?pk=customer-01", calls=2)) == {"Create item", "Delete"}
    checked = send(client, "/dynamodb/customer/import/check")
    assert switched_off(check_page(checked, "check", 200, 2)) == {"Import 1 item"}


def send(client: FlaskClient, path: str) -> Any:
    file = (io.BytesIO(b"customer_id,customer_mail\nx,y\n"), "x.csv")
    return client.post(path, data={"csrf_token": token(client), "file": file})


def test_what_is_sent_all_the_same_is_refused(client: FlaskClient, aws: Any) -> None:
    assert send(client, "/dynamodb/customer/import").status_code == 403
    assert post(client, "/dynamodb/partiql", statement=DELETE, sure="1").status_code == 403
    assert post(client, "/dynamodb/orders/delete-items", pk="customer-01", confirm="orders").status_code == 403
    assert aws.scan(TableName="customer", Select="COUNT")["Count"] == 2


def test_reading_goes_on(client: FlaskClient, page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/partiql?statement=SELECT+*+FROM+customer", calls=3)
    assert "ada@example.com" in shown.text
    assert client.get("/dynamodb/orders/export?download=1&format=csv").status_code == 200
    assert page("/dynamodb/orders/patterns?sample=1000", calls=9)


def test_history_says_that_there_is_none_and_nothing_is_noted(
    page: Callable[..., Page], caplog: pytest.LogCaptureFixture
) -> None:
    page("/dynamodb/partiql?statement=SELECT+*+FROM+customer", calls=3)
    notes.settle()
    assert not caplog.records
    page("/dynamodb/partiql/history")
    page("/dynamodb/partiql/work/0000000000000000-00000000", status=404)
    page("/dynamodb/customer/import?again=0000000000000000-00000000")
