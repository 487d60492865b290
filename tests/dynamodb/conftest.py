"""A real embedded AWS with a few tables, for the tests of DynamoDB's pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.dynamodb.helpers import index, table
from tests.embedded.process import Embedded, start
from tests.over_embedded import application

ORDERS = 260


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with the book's customers and many orders."""
    running = start(tmp_path_factory.mktemp("dynamodb"))
    try:
        fill(running.client("dynamodb"))
        yield running
    finally:
        running.stop()


def fill(client: Any) -> None:
    """Make the tables `customer` (the book's two items) and `orders` (with an index by state)."""
    table(client, "customer", "customer_id:S", "customer_mail:S")
    address = {"M": {"city": {"S": "London"}, "lines": {"L": [{"S": "1 High Street"}]}}}
    first = {"customer_id": {"S": "123"}, "customer_mail": {"S": "ada@example.com"}, "name": {"S": "Ada"}}
    second = {"customer_id": {"S": "1234"}, "customer_mail": {"S": "grace@example.com"}, "profession": {"S": "Admiral"}}
    client.put_item(TableName="customer", Item=first | {"address": address})
    client.put_item(TableName="customer", Item=second | {"name": {"S": "Grace"}})
    types = {"pk": "S", "sk": "N", "state": "S"}
    table(client, "orders", "pk:S", "sk:N", types=types, GlobalSecondaryIndexes=[index("by-state", "state", "sk")])
    for first_number in range(0, ORDERS, 20):
        puts = [{"PutRequest": {"Item": order(number)}} for number in range(first_number, first_number + 20)]
        client.batch_write_item(RequestItems={"orders": puts})


def order(number: int) -> dict[str, Any]:
    """Return an order with a value of every type."""
    return {
        "pk": {"S": f"customer-{number % 13:02}"},
        "sk": {"N": str(number)},
        "state": {"S": ("open", "paid", "sent")[number % 3]},
        "amount": {"N": f"{number}.25"},
        "tags": {"SS": ["a", f"t{number % 5}"]},
        "sizes": {"NS": ["1", "2.5"]},
        "photo": {"B": bytes(range(number % 7 + 1))},
        "lines": {"L": [{"M": {"city": {"S": "Berlin"}, "n": {"N": str(number)}}}]},
        "paid": {"BOOL": number % 2 == 0},
        "gone": {"NULL": True},
        "odd.name 🌻 #1": {"S": "size"},
        "size": {"N": str(number % 4)},
    }


@pytest.fixture(scope="session")
def aws(embedded: Embedded) -> Any:
    """Return a bare client of the embedded DynamoDB."""
    return embedded.client("dynamodb")


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    with application(embedded, tmp_path_factory.mktemp("shared"), "dynamodb", "sts") as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
