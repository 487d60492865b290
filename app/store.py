"""Trellis's own state: accounts, saved queries, history, in one DynamoDB table that any number of instances share.

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

from app import aws, context, recorder
from app.config import Settings

LOCAL = "local"  # who is at this computer, where nobody signs in
LARGEST = 300 * 1024  # bytes of JSON; an item of DynamoDB holds 400 KB
READING = ("get_item", "query")  # a table that is not there holds nothing; what only reads makes none
NEW = "attribute_not_exists(#id) OR expires <= :now"
ALIVE = "attribute_not_exists(expires) OR expires > :now"
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
    """The things of one kind of one person; one that is `held` is only read."""

    def __init__(self, client: Any, table: str, person: str, kind: str, held: bool = False):
        self._client, self._table, self._held = client, table, held
        self._owner = f"{person}#{kind}"

    def put(self, value: dict[str, Any], id: str | None = None, seconds: int | None = None) -> str:
        """Store a value, for `seconds` if given, and return its id. Raises TooLarge over 300 KiB of JSON."""
        name = id or new_id()
        self._call("put_item", Item=self._item(name, value, seconds))
        return name

    def claim(self, value: dict[str, Any], id: str, seconds: int | None = None) -> bool:
        """Store a value under an id that nobody has, and return whether that was so."""
        names, now = {"#id": "id"}, {":now": {"N": str(int(time.time()))}}
        asked = {
            "ConditionExpression": NEW, "ExpressionAttributeNames": names, "ExpressionAttributeValues": now
        }  # fmt: skip
        try:
            self._call("put_item", Item=self._item(id, value, seconds), **asked)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def swap(self, before: dict[str, Any], value: dict[str, Any], id: str) -> bool:
        """Store a value where the one that was read before still stands, and return whether that was so."""
        asked = {
            "ConditionExpression": "#value = :before",
            "ExpressionAttributeNames": {"#value": "value"},
            "ExpressionAttributeValues": {":before": self._item(id, before, None)["value"]},
        }
        try:
            self._call("put_item", Item=self._item(id, value, None), **asked)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def take(self, id: str) -> dict[str, Any] | None:
        """Remove an entry and return its value: of several who take it at the same time, one gets it."""
        item = self._call("delete_item", Key=self._key(id), ReturnValues="ALL_OLD").get("Attributes")
        return None if item is None or _expired(item) else _value(item)

    def count(self, id: str, seconds: int) -> int:
        """Count one more of something, and return how many there were within `seconds`, this one included."""
        now = int(time.time())
        asked = {
            "Key": self._key(id),
            "UpdateExpression": "ADD counted :one SET expires = if_not_exists(expires, :end)",
            "ConditionExpression": ALIVE,
            "ExpressionAttributeValues": {
                ":one": {"N": "1"}, ":end": {"N": str(now + seconds)}, ":now": {"N": str(now)}
            },
            "ReturnValues": "UPDATED_NEW",
        }  # fmt: skip
        try:
            return int(self._call("update_item", **asked)["Attributes"]["counted"]["N"])
        except self._client.exceptions.ConditionalCheckFailedException:
            self.delete(id)  # its time is over: begin anew
            return int(self._call("update_item", **asked)["Attributes"]["counted"]["N"])

    def page(self, most: int, before: str = "") -> tuple[list[Entry], str]:
        """Return entries, newest first, from the one after `before` on, and the id to go on from, or nothing."""
        start = {"ExclusiveStartKey": self._key(before)} if before else {}
        answer = self._call("query", **self._range(""), ScanIndexForward=False, Limit=most, **start)
        found = [Entry(item["id"]["S"], _value(item)) for item in answer.get("Items", ()) if not _expired(item)]
        return found, answer.get("LastEvaluatedKey", {}).get("id", {}).get("S", "")

    def _item(self, id: str, value: dict[str, Any], seconds: int | None) -> dict[str, Any]:
        text = json.dumps(value, ensure_ascii=False)
        if len(text.encode()) > LARGEST:
            raise TooLarge(f"{len(text.encode()):,} bytes; at most {LARGEST:,} are kept")
        item = {**self._key(id), "value": {"S": text}}
        if seconds is not None:
            item["expires"] = {"N": str(int(time.time()) + seconds)}
        return item

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
            asked = {"ScanIndexForward": False, "ConsistentRead": True, "Limit": most - len(found)}
            answer = self._call("query", **self._range(prefix), **asked, **start)
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
        if self._held and method not in READING:
            raise aws.ReadOnly("dynamodb", "".join(word.capitalize() for word in method.split("_")))
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
    with suppress(client.exceptions.ClientError):  # another did so at the same time; expired entries are not read
        client.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )


def _expired(item: dict[str, Any]) -> bool:
    """Whether an item's time is over: DynamoDB removes it only hours later."""
    return "expires" in item and int(item["expires"]["N"]) <= time.time()


def _value(item: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(item["value"]["S"])
    return value


def person() -> str:
    """Return whose state this is: a stable id of who has signed in; everybody at this computer is one person."""
    found: str = context.kept().get("person", LOCAL)
    return found


def owner() -> str:
    """Return whose state this is in the account that was chosen: what is kept of one is not shown in another."""
    chosen = aws.account()
    return f"{person()}@{chosen}" if chosen else person()


def held() -> bool:
    """Whether nothing is written here: a real account that is read-only, and nobody who has signed in."""
    return person() == LOCAL and (own := aws.own_identity()).kind == "aws" and own.read_only


def store(kind: str) -> Store:
    """Return this person's things of a kind."""
    return _open(owner(), kind, held())


def shared(kind: str) -> Store:
    """Return what belongs to all: accounts, sessions, what was done. It is written in a read-only account, too."""
    return _open("shared", kind, False)


def everybodys(kind: str) -> Store:
    """Return what belongs to all who look at the account that was chosen."""
    chosen = aws.account()
    return _open(f"shared@{chosen}" if chosen else "shared", kind, False)


def _open(owner: str, kind: str, held: bool) -> Store:
    settings: Settings = current_app.extensions["settings"]
    return Store(aws.home().state(settings.region, settings.state_table), settings.state_table, owner, kind, held)
