"""Answers read without botocore's parser are what botocore's parser gives."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.blueprints.dynamodb.service import raw


@pytest.fixture(scope="module")
def calls(aws: Any) -> Iterator[Any]:
    yield aws


def alike(client: Any, method: str, **given: Any) -> dict[str, Any]:
    quick, slow = raw.call(client, method, **given), getattr(client, method)(**given)
    for answer in (quick, slow):
        answer.pop("ResponseMetadata")
    assert quick == slow
    return quick


def test_pages_items_and_keys_are_the_same(calls: Any) -> None:
    page = alike(calls, "scan", TableName="orders", Limit=30, ReturnConsumedCapacity="TOTAL")
    assert any("B" in item["photo"] for item in page["Items"])
    again = alike(calls, "scan", TableName="orders", ExclusiveStartKey=page["LastEvaluatedKey"])
    assert again["Items"]
    key = {name: page["Items"][0][name] for name in ("pk", "sk")}
    assert alike(calls, "get_item", TableName="orders", Key=key)["Item"]["photo"]["B"]
    assert alike(calls, "get_item", TableName="orders", Key={"pk": {"S": "no"}, "sk": {"N": "1"}}) == {}


def test_binary_at_any_depth(calls: Any) -> None:
    item = {
        "customer_id": {"S": "deep"},
        "customer_mail": {"S": "B"},
        "B": {"M": {"B": {"L": [{"B": b"\x00"}, {"BS": [b"1", b"2"]}]}, "S": {"S": "QkI="}}},
    }
    calls.put_item(TableName="customer", Item=item)
    key = {name: item[name] for name in ("customer_id", "customer_mail")}
    assert alike(calls, "get_item", TableName="customer", Key=key)["Item"]["B"] == item["B"]
    calls.delete_item(TableName="customer", Key=key)


def test_errors_are_botocores(calls: Any) -> None:
    with pytest.raises(calls.exceptions.ResourceNotFoundException):
        raw.call(calls, "scan", TableName="no-such-table")
    with pytest.raises(ClientError):
        raw.call(calls, "scan", TableName="orders", FilterExpression="no = :such")


def test_other_calls_of_the_client_are_left_alone(calls: Any) -> None:
    raw.call(calls, "scan", TableName="customer")
    assert calls.describe_table(TableName="customer")["Table"]["CreationDateTime"].tzinfo is not None
