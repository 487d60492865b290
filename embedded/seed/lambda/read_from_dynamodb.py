"""Reads one customer from DynamoDB; one that is not there is an answer, not a failure."""

import os
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    key = {
        "customer_id": event.get("customer_id", "123"),
        "customer_mail": event.get("customer_mail", "ada@example.com"),
    }
    item = table.get_item(Key=key).get("Item")
    print(item or f"no customer has the key {key}")
    return {"found": item is not None, "item": item}
