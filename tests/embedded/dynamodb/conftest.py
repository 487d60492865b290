"""Tables of a test's own in the embedded AWS that the tests share."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.embedded.dynamodb.world import Tables
from tests.embedded.process import Embedded

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def client(embedded_aws: Embedded) -> Any:
    """A DynamoDB client, as boto3 makes it."""
    return embedded_aws.client("dynamodb")


@pytest.fixture
def tables(client: Any) -> Tables:
    """Makes tables with names that no other test has."""
    return Tables(client, f"test-{next(_numbers)}")


@pytest.fixture
def run(client: Any) -> Callable[..., dict[str, Any]]:
    """Execute one PartiQL statement; parameters follow it."""

    def execute(statement: str, *parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
        given = {"Parameters": list(parameters)} if parameters else {}
        answer: dict[str, Any] = client.execute_statement(Statement=statement, **given, **fields)
        return answer

    return execute
