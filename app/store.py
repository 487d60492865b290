"""Trellis's own state: saved queries, history, progress, in one DynamoDB table that any number of instances share.

Single-table design: the partition key `owner` is a person and a kind of thing (`local#sql-history`), the sort key `id`
orders within it; `value` is JSON, `expires` a time to live in epoch seconds.
"""

import json
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import current_app

from app import aws, recorder
from app.config import Settings

LARGEST = 300 * 1024  # bytes of JSON; an item of DynamoDB holds 400 KB
EVERYBODY = "*"  # who owns what all people share
READING = ("get_item", "query")  # a real account may be read-only: its table cannot be made
_SCHEMA: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "owner", "AttributeType": "S"},
        {"AttributeName": "id", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


class TooLarge(ValueError):
    """A value does not fit an item."""


@dataclass(frozen=True)
class Entry:
    """One stored thing; ids made by `new_id` sort by time."""

    id: str
    value: dict[str, Any]


def new_id() -> str:
    """Return an id that sorts after every id made before it (to the microsecond) and that nobody guesses."""
    return f"{int(time.time() * 1_000_000):016x}-{secrets.token_hex(4)}"


class Store:
    """The things of one kind of one person."""

    def __init__(self, client: Any, table: str, person: str, kind: str):
        self._client, self._table = client, table
        self._owner = f"{person}#{kind}"

    def put(self, value: dict[str, Any], id: str | None = None, seconds: int | None = None) -> str:
        """Store a value, for `seconds` if given, and return its id. Raises TooLarge over 300 KiB of JSON."""
        text = json.dumps(value, ensure_ascii=False)
        if len(text.encode()) > LARGEST:
            raise TooLarge(f"{len(text.encode()):,} bytes; at most {LARGEST:,} are kept")
        name = id or new_id()
        item = {**self._key(name), "value": {"S": text}}
        if seconds is not None:
            item["expires"] = {"N": str(int(time.time()) + seconds)}
        self._call("put_item", Item=item)
        return name

    def get(self, id: str) -> dict[str, Any] | None:
        """Return a value, None when it is not there (any more)."""
        item = self._call("get_item", Key=self._key(id), ConsistentRead=True).get("Item")
        return None if item is None or _expired(item) else _value(item)

    def newest(self, most: int = 100, prefix: str = "") -> list[Entry]:
        """Return the newest entries, newest first; `prefix` asks for ids that begin with it.

        One answer of DynamoDB's holds 1 MB: long entries take several.
        """
        found, start = list[Entry](), dict[str, Any]()
        while len(found) < most:
            answer = self._call(
                "query", **self._range(prefix), ScanIndexForward=False, Limit=most - len(found), **start
            )
            found += [Entry(item["id"]["S"], _value(item)) for item in answer.get("Items", ()) if not _expired(item)]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return found

    def _range(self, prefix: str) -> dict[str, Any]:
        condition, names, values = "#owner = :owner", {"#owner": "owner"}, {":owner": {"S": self._owner}}
        if prefix:
            condition += " AND begins_with(#id, :prefix)"
            names["#id"], values[":prefix"] = "id", {"S": prefix}
        return {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def delete(self, id: str) -> None:
        """Remove an entry; one that is not there is no error."""
        self._call("delete_item", Key=self._key(id))

    def _key(self, id: str) -> dict[str, Any]:
        return {"owner": {"S": self._owner}, "id": {"S": id}}

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call DynamoDB outside the page's record; the first that writes makes the table, before there is nothing."""
        with recorder.unrecorded():
            try:
                return self._send(method, parameters)
            except self._client.exceptions.ResourceNotFoundException:
                if method in READING:
                    return {}
                make_table(self._client, self._table)
                return self._send(method, parameters)

    def _send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client, method)(TableName=self._table, **parameters)
        return answer


def make_table(client: Any, table: str) -> None:
    """Make the state table and wait for it; somebody else who makes it at the same time is no error."""
    with suppress(client.exceptions.ResourceInUseException):
        client.create_table(TableName=table, **_SCHEMA)
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def _expired(item: dict[str, Any]) -> bool:
    """Whether an item's time is over: DynamoDB removes it only hours later."""
    return "expires" in item and int(item["expires"]["N"]) <= time.time()


def _value(item: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(item["value"]["S"])
    return value


def person() -> str:
    """Return whose state this is: everybody at this computer is one person until there is a sign-in."""
    return "local"


def store(kind: str) -> Store:
    """Return this person's things of a kind."""
    settings: Settings = current_app.extensions["settings"]
    client = aws.door().client("dynamodb", settings.region)
    return Store(client, settings.state_table, person(), kind)


def shared(kind: str) -> Store:
    """Return the things of a kind that all people share."""
    settings: Settings = current_app.extensions["settings"]
    return Store(aws.door().client("dynamodb", settings.region), settings.state_table, EVERYBODY, kind)
