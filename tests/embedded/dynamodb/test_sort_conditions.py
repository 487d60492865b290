"""Conditions on a sort key: what a query finds is what the condition says, for every operator, type and direction."""

from collections.abc import Callable
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from tests.embedded.dynamodb.world import Tables, message, pages

CONDITIONS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "#s = :a": lambda one, a, b: bool(one == a),
    "#s < :a": lambda one, a, b: bool(one < a),
    "#s <= :a": lambda one, a, b: bool(one <= a),
    "#s > :a": lambda one, a, b: bool(one > a),
    "(#s >= :a)": lambda one, a, b: bool(one >= a),
    "#s BETWEEN :a AND :b": lambda one, a, b: bool(a <= one <= b),
    "begins_with(#s, :a)": lambda one, a, b: bool(one.startswith(a)),
}
VALUES: dict[str, list[dict[str, Any]]] = {
    "N": [{"N": text} for text in ("-100", "-1.5", "-1", "0", "0.1", "2", "10", "1E2", "99999999999999999999")],
    "S": [{"S": text} for text in ("A", "AB", "AB1", "AB2", "ABC", "B", "a", "ä", "漢", "🌻", "🌻x")],
    "B": [{"B": data} for data in (b"\x00", b"A", b"AB", b"AB\x00", b"B", b"\x80", b"\xff", b"\xff\xff")],
}


def plain(value: dict[str, Any]) -> Any:
    """Return a value as Python orders it."""
    found = TypeDeserializer().deserialize(value)
    return found.encode() if isinstance(found, str) else bytes(found) if "B" in value else found


@pytest.mark.parametrize("kind", ["N", "S", "B"])
def test_what_a_query_finds_is_what_its_condition_says(client: Any, tables: Tables, kind: str) -> None:
    name = tables.make(kind)
    for value in VALUES[kind]:
        client.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": value, "g": {"S": "x"}})
        client.put_item(TableName=name, Item={"pk": {"S": "b"}, "sk": value})
    wanted_of = {plain(value): value for value in VALUES[kind]}
    for condition, holds in CONDITIONS.items():
        if "begins_with" in condition and kind == "N":
            continue
        for low, high in ((VALUES[kind][2], VALUES[kind][5]), (VALUES[kind][0], VALUES[kind][-1])):
            wanted = sorted(one for one in wanted_of if holds(one, plain(low), plain(high)))
            values = {":a": low, **({":b": high} if ":b" in condition else {})}
            for where, key in (({}, "pk"), ({"IndexName": "by-g"}, "g")):
                for forward in (True, False):
                    asked = {
                        "TableName": name, **where, "KeyConditionExpression": f"{key} = :p AND {condition}",
                        "ExpressionAttributeNames": {"#s": "sk"}, "ScanIndexForward": forward,
                        "Limit": 100 if forward else 4,
                        "ExpressionAttributeValues": {":p": {"S": "a" if key == "pk" else "x"}, **values},
                    }  # fmt: skip
                    answers = pages(client.query, "LastEvaluatedKey", "ExclusiveStartKey", **asked)
                    found = [plain(item["sk"]) for answer in answers for item in answer["Items"]]
                    assert found == (wanted if forward else wanted[::-1]), (condition, low, high, where, forward)


def test_a_value_of_another_type_is_refused(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 3})
    asked = {"TableName": name, "KeyConditionExpression": "pk = :p AND sk > :s"}
    assert message(client.query, **asked, ExpressionAttributeValues={":p": {"S": "a"}, ":s": {"S": "1"}})
    assert message(client.query, **asked, ExpressionAttributeValues={":p": {"S": "a"}, ":s": {"N": "one"}})
