"""Conditions as expressions: names and values only through placeholders, and what cannot be asked is told."""

from dataclasses import replace
from typing import Any

import pytest

from app.blueprints.dynamodb.service.asked import BY_TYPE, OPERATORS, SIZED, Asked, Condition, Group, Wrong
from app.blueprints.dynamodb.service.expressions import request
from app.blueprints.dynamodb.service.spoken import partiql
from app.blueprints.dynamodb.service.tables import Index, Key, Table

INDEXES = (
    Index("by-state", "GSI", (Key("state", "S"),), "ALL", (), "ACTIVE", 5, 500),
    Index("by-date", "LSI", (Key("pk", "S"), Key("date", "B")), "ALL", (), "ACTIVE", 5, 500),
)
FACTS: dict[str, Any] = {
    "read_units": 0,
    "write_units": 0,
    "items": 5,
    "size": 500,
    "created": None,
    "protected": False,
}
TABLE = Table("t", "ACTIVE", "arn:x", (Key("pk", "S"), Key("sk", "N")), INDEXES, "PAY_PER_REQUEST", stream="",
              table_class="STANDARD", encryption="", replicas=(), **FACTS)  # fmt: skip


def where(*conditions: Condition, match: str = "all") -> Asked:
    return Asked(groups=(Group(match, conditions),))


def wrong(asked: Asked) -> dict[str, str]:
    with pytest.raises(Wrong) as caught:
        request(TABLE, asked)
    return caught.value.faults


def test_a_key_makes_it_a_query() -> None:
    found = request(
        TABLE, Asked(partition="x", compare="between", sort="1", sort_upper="2.50", descending=True, consistent=True)
    )
    assert found["KeyConditionExpression"] == "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2"
    assert found["ExpressionAttributeNames"] == {"#n0": "pk", "#n1": "sk"}
    assert found["ExpressionAttributeValues"] == {":v0": {"S": "x"}, ":v1": {"N": "1"}, ":v2": {"N": "2.50"}}
    assert (found["ScanIndexForward"], found["ConsistentRead"], found["Limit"]) == (False, True, 100)


def test_without_a_key_it_is_a_scan_whose_sort_key_filters() -> None:
    assert request(TABLE, Asked()) == {"TableName": "t", "Limit": 100}
    found = request(TABLE, Asked(sort="7", compare=">=", descending=True))
    assert found["FilterExpression"] == "#n0 >= :v0"
    assert "KeyConditionExpression" not in found
    assert "ScanIndexForward" not in found
    assert found["Limit"] == 1000, "a filter leaves only some of what is read"


def test_groups_of_conditions() -> None:
    a, b, c = (Condition(name, value=name) for name in "abc")
    asked = Asked(groups=(Group("any", (a, b)), Group("none", (c,))), join="or", sort="1")
    assert request(TABLE, asked)["FilterExpression"] == ("#n0 = :v0 AND ((#n1 = :v1 OR #n2 = :v2) OR NOT (#n3 = :v3))")
    both = request(TABLE, replace(asked, join="and", sort="", groups=(Group("all", (a,)), Group("not all", (b, c)))))
    assert both["FilterExpression"] == "#n0 = :v0 AND NOT (#n1 = :v1 AND #n2 = :v2)"


@pytest.mark.parametrize("name", ["size", "status", "a b", "🌻", "#x", ":y", '"a.b"', "1"])
def test_every_name_goes_through_a_placeholder(name: str) -> None:
    found = request(TABLE, where(Condition(f"{name}.inner[3]", value="v")))
    assert found["FilterExpression"] == "#n0.#n1[3] = :v0"
    assert found["ExpressionAttributeNames"] == {"#n0": name.strip('"'), "#n1": "inner"}


VALUES = {"S": "x", "N": "1", "B": "YQ==", "BOOL": "true", "NULL": "", "JSON": '{"$stringSet": ["a"]}'}


@pytest.mark.parametrize(("kind", "operator"), [(kind, one) for kind in BY_TYPE for one in BY_TYPE[kind]])
def test_every_operator_of_a_type(kind: str, operator: str) -> None:
    value = f"[{VALUES[kind]}]" if kind == "JSON" and operator == "in" else VALUES[kind]
    one = Condition("a", operator, kind, value, VALUES[kind])
    found = request(TABLE, where(one))
    assert ":v0" in found["FilterExpression"]
    told = {next(iter(value)) for value in found["ExpressionAttributeValues"].values()}
    assert told == ({kind} if kind != "JSON" else {"SS"})
    assert ("SELECT" in partiql(TABLE, where(one))) == (kind != "B"), "binary has no literal"


@pytest.mark.parametrize("operator", ["exists", "not exists", "type", *SIZED])
def test_operators_that_need_no_type(operator: str) -> None:
    one = Condition("a", operator, "BOOL", "SS" if operator == "type" else "3")
    found = request(TABLE, where(one))
    assert "#n0" in found["FilterExpression"]
    assert 'FROM "t"' in partiql(TABLE, where(one))


def test_no_operator_is_left_out() -> None:
    assert set(OPERATORS) == {one for kind in BY_TYPE for one in BY_TYPE[kind]} | {
        "exists",
        "not exists",
        "type",
        *SIZED,
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(index="no-such"), "index"),
        (Asked(partition="x", sort="abc"), "sk"),
        (Asked(partition="x", sort="1" * 39), "sk"),
        (Asked(partition="x", sort="NaN"), "sk"),
        (Asked(partition="x", sort="1", compare="begins_with"), "op"),
        (Asked(partition="x", sort="1", compare="between"), "sk2"),
        (Asked(partition="x", index="by-date", sort="not base64"), "sk"),
        (Asked(index="by-state", consistent=True), "consistent"),
        (Asked(attributes="a.b, a"), "attributes"),
        (Asked(attributes="pk.inner"), "attributes"),
        (Asked(attributes="a["), "attributes"),
        (where(Condition("a..b")), "f0"),
        (where(Condition("a"), Condition("b", "<", "BOOL", "true")), "f1"),
        (where(Condition("a", "=", "BOOL", "perhaps")), "f0"),
        (where(Condition("a", "in", "S", " , ")), "f0"),
        (where(Condition("a", "in", "N", ",".join("1" * 101))), "f0"),
        (where(Condition("a", "type", "S", "STRING")), "f0"),
        (where(Condition("a", "size >", "S", "long")), "f0"),
        (where(Condition("a", "between", "N", "1", "")), "f0"),
        (where(Condition("a", "=", "JSON", "{")), "f0"),
        (replace(where(Condition("pk", value="x")), partition="y"), "f0"),
        (replace(where(Condition("sk", "exists")), partition="y"), "f0"),
    ],
)
def test_what_cannot_be_asked_names_its_field(asked: Asked, field: str) -> None:
    assert list(wrong(asked)) == [field]


def test_a_scan_may_filter_by_its_keys() -> None:
    assert request(TABLE, where(Condition("pk", value="x")))["FilterExpression"] == "#n0 = :v0"


def test_values_in_brackets_may_hold_commas() -> None:
    found = request(TABLE, where(Condition("a", "in", "S", '["a,b", "c"]')))
    assert found["ExpressionAttributeValues"] == {":v0": {"S": "a,b"}, ":v1": {"S": "c"}}


def test_what_is_projected_has_the_key() -> None:
    found = request(TABLE, Asked(attributes='name, "a.b"[0]', index="by-state"))
    assert found["ProjectionExpression"] == "#n0, #n1, #n2, #n3, #n4[0]"
    assert list(found["ExpressionAttributeNames"].values()) == ["pk", "sk", "state", "name", "a.b"]


def test_the_same_in_partiql() -> None:
    one = Condition('"it\'s".b[0]', "contains", "S", "it's")
    asked = replace(
        where(one, Condition("n", "not exists"), match="any"), partition="p", sort="1", compare="<", descending=True
    )
    assert partiql(TABLE, asked) == (
        'SELECT *\nFROM "t"\nWHERE "pk" = \'p\'\n  AND "sk" < 1\n'
        '  AND (contains("it\'s"."b"[0], \'it\'\'s\') OR "n" IS MISSING)\nORDER BY "sk" DESC'
    )
