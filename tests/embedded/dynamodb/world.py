"""Helpers of the DynamoDB tests: tables, and errors as DynamoDB words them."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Answer = dict[str, Any]


class Tables:
    """Makes tables whose names begin alike."""

    def __init__(self, client: Any, name: str) -> None:
        self.client, self.name = client, name

    def make(self, sort: str = "N", **fields: Any) -> str:
        """Make a table of partition key `pk` and sort key `sk` (none when empty), and an index `by-g` on g and sk."""
        keys = [("pk", "HASH"), ("sk", "RANGE")] if sort else [("pk", "HASH")]
        types = {"pk": "S", "g": "S", **({"sk": sort} if sort else {})}
        index = {
            "IndexName": "by-g",
            "KeySchema": [schema("g", "HASH"), *([schema("sk", "RANGE")] if sort else [])],
            "Projection": {"ProjectionType": "ALL"},
        }
        self.client.create_table(
            TableName=self.name,
            KeySchema=[schema(name, kind) for name, kind in keys],
            **{
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()
                ],
                "BillingMode": "PAY_PER_REQUEST",
                "GlobalSecondaryIndexes": [index],
                **fields,
            },
        )
        return self.name

    def fill(self, partitions: dict[str, int], **attributes: Any) -> str:
        """Make a table of items numbered from 0 in each partition; `v` is the number modulo 3."""
        name = self.make()
        for pk, count in partitions.items():
            for number in range(count):
                item = {"pk": {"S": pk}, "sk": {"N": str(number)}, "g": {"S": "x"}, "v": {"N": str(number % 3)}}
                self.client.put_item(TableName=name, Item={**item, **attributes})
        return name


def schema(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def refused(call: Callable[..., Any], *arguments: Any, **fields: Any) -> tuple[str, str]:
    """Return code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **fields)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def message(call: Callable[..., Any], *arguments: Any, **fields: Any) -> str:
    """Return the message of a call that must be a ValidationException."""
    code, said = refused(call, *arguments, **fields)
    assert code == "ValidationException", said
    return said


def numbers(items: list[Answer], name: str = "sk") -> list[int]:
    return [int(item[name]["N"]) for item in items]


def pages(call: Callable[..., Answer], token: str, given: str = "", **fields: Any) -> list[Answer]:
    """Return every page of an operation that answers with a token and takes it under the same or another name."""
    found = [call(**fields)]
    while found[-1].get(token):
        assert len(found) < 10_000, "no end"
        found.append(call(**fields, **{given or token: found[-1][token]}))
    return found
