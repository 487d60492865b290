"""One item against the real thing: created, changed, deleted, and never over somebody else's change."""

from typing import Any

import pytest

from app.blueprints.dynamodb.service import items, wire
from app.blueprints.dynamodb.service.items import Conflict, Exists, TooMany
from app.blueprints.dynamodb.service.tables import Table, get_table
from tests.dynamodb.helpers import table

NAMES = ("size", "a.b", "two words", "🌻", "#x", ":y", "")
WHOLE: dict[str, Any] = {
    "id": {"S": "whole"},
    "n": {"N": "12345678901234567890123456789012345678"},
    "small": {"N": "-1.5E-100"},
    "b": {"B": b"\x00\xff"},
    "yes": {"BOOL": False},
    "none": {"NULL": True},
    "empty": {"S": ""},
    "l": {"L": [{"S": "x"}, {"M": {"B": {"B": b"in"}}}, {"L": []}]},
    "m": {"M": {"S": {"S": "a map with a name like a type"}, "BS": {"BS": [b"1", b"2"]}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": [b"x", b"y"]},
    **{name: {"S": "odd"} for name in NAMES if name},
}


@pytest.fixture(scope="module")
def things(aws: Any) -> Table:
    table(aws, "things", "id:S")
    return get_table(aws, "things")


def now(aws: Any, things: Table, key: str) -> Any:
    return items.get_item(aws, things, {"id": {"S": key}})


def made(aws: Any, things: Table, key: str, **more: Any) -> Any:
    items.create(aws, things, {"id": {"S": key}, **more})
    return now(aws, things, key)


def test_every_type_and_name_comes_back(aws: Any, things: Table) -> None:
    items.create(aws, things, WHOLE)
    found = now(aws, things, "whole")
    assert found.keys() == WHOLE.keys()
    for name, value in WHOLE.items():
        kind = wire.kind(value)
        same = sorted(found[name][kind]) == sorted(value[kind]) if kind in ("SS", "NS", "BS") else found[name] == value
        assert same or kind == "N", name
    assert found["n"]["N"] == WHOLE["n"]["N"]


def test_a_key_is_created_once(aws: Any, things: Table) -> None:
    made(aws, things, "once", a={"S": "first"})
    with pytest.raises(Exists):
        items.create(aws, things, {"id": {"S": "once"}, "a": {"S": "second"}})
    assert now(aws, things, "once")["a"] == {"S": "first"}


def test_only_what_changed_is_written(aws: Any, things: Table) -> None:
    old = made(aws, things, "edited", **{name: {"S": "1"} for name in NAMES if name}, gone={"N": "1"})
    new = {name: value for name, value in old.items() if name != "gone"} | {"size": {"N": "2"}, "added": {"SS": ["x"]}}
    assert sorted(items.update(aws, things, old, new)) == ["added", "gone", "size"]
    assert now(aws, things, "edited") == new
    assert items.update(aws, things, new, new) == []


@pytest.mark.parametrize("theirs", [{"a": {"N": "9"}}, {"b": {"M": {"x": {"N": "9"}}}}, {"new": {"S": "x"}}, "delete"])
def test_a_change_of_somebody_else_is_never_overwritten(aws: Any, things: Table, theirs: Any) -> None:
    key = f"two-{str(theirs)[:5]}{len(str(theirs))}"
    old = made(aws, things, key, a={"N": "1"}, b={"M": {"x": {"N": "1"}}})
    if theirs == "delete":
        aws.delete_item(TableName="things", Key={"id": {"S": key}})
    else:
        aws.put_item(TableName="things", Item=old | theirs)
    meanwhile = now(aws, things, key)
    with pytest.raises(Conflict) as caught:
        items.update(aws, things, old, old | {"new": {"S": "mine"}})
    assert caught.value.current == meanwhile == now(aws, things, key)
    if theirs != {"new": {"S": "x"}}:
        with pytest.raises(Conflict):
            items.delete(aws, things, old)
    assert now(aws, things, key) == meanwhile


def test_an_attribute_that_somebody_added_survives_a_change(aws: Any, things: Table) -> None:
    old = made(aws, things, "survives", a={"N": "1"})
    aws.put_item(TableName="things", Item=old | {"theirs": {"S": "kept"}})
    items.update(aws, things, old, old | {"a": {"N": "2"}})
    assert now(aws, things, "survives") == {"id": {"S": "survives"}, "a": {"N": "2"}, "theirs": {"S": "kept"}}


def test_an_item_of_many_attributes(aws: Any, things: Table) -> None:
    old = made(aws, things, "wide", **{f"attribute-{n}": {"N": str(n)} for n in range(400)})
    items.update(aws, things, old, old | {"attribute-399": {"S": "changed"}})
    with pytest.raises(Conflict):
        items.update(aws, things, old, old | {"attribute-399": {"S": "again"}})
    with pytest.raises(TooMany):
        items.update(aws, things, old, {name: {"S": "all"} for name in old} | {"id": old["id"]})
    with pytest.raises(Conflict):
        items.delete(aws, things, old)
    items.delete(aws, things, now(aws, things, "wide"))
    assert now(aws, things, "wide") is None


def test_deleted_is_deleted(aws: Any, things: Table) -> None:
    old = made(aws, things, "short", a={"BS": [b"1"]})
    items.delete(aws, things, old)
    assert now(aws, things, "short") is None
    with pytest.raises(Conflict) as caught:
        items.delete(aws, things, old)
    assert caught.value.current is None


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"id": {"S": ""}}, "empty"),
        ({"id": {"N": "1"}}, "must be a string"),
        ({}, "missing"),
        ({"id": {"S": "x" * 2049}}, "2,048"),
        ({"id": {"S": "x"}, "long": {"S": "x" * 409_600}}, "400 KB"),
    ],
)
def test_what_dynamodb_would_refuse_is_told_before(things: Table, item: Any, said: str) -> None:
    with pytest.raises(wire.Mistake, match=said):
        items.check(things, item)
