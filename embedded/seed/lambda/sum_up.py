"""Adds two numbers: {"Number1": 10, "Number2": 15} gives 25."""

from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    total = event["Number1"] + event["Number2"]
    print(f"{event['Number1']} + {event['Number2']} = {total}")
    return {"statusCode": 200, "body": total}
