"""The form of an item and back: nothing is lost on the way, also not through a browser."""

from typing import Any

import pytest

from app.blueprints.dynamodb.service import fields, merging, wire
from app.blueprints.dynamodb.service.fields import Field
from app.blueprints.dynamodb.service.tables import Key

KEYS = (Key("id", "S"),)
VALUES: list[dict[str, Any]] = [
    {"S": ""},
    {"S": "\nfirst line empty\n\n"},
    {"S": "carriage\r\nreturn \r alone"},
    {"S": "null\x00 and bell\x07"},
    {"S": " spaces "},
    {"S": "<b>&amp;\"'🌻"},
    {"N": "12345678901234567890123456789012345678"},
    {"N": "1E-130"},
    {"B": b""},
    {"B": bytes(range(256))},
    {"BOOL": True},
    {"BOOL": False},
    {"NULL": True},
    {"SS": ["", "a\r\nb", "🌻"]},
    {"NS": ["1", "0.1", "-12345678901234567890123456789012345678"]},
    {"BS": [b"", b"\x00"]},
    {"L": []},
    {"M": {}},
    {"L": [{"SS": ["a"]}, {"B": b"x"}, {"M": {"$binary": {"S": "not marked"}}}]},
    {"M": {"": {"NULL": True}, "a.b": {"N": "1"}, "text": {"S": "a\r\nb"}}},
]


def through_a_browser(text: str) -> str:
    """What comes back of a text area's content: its line ends are CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_from_the_form(value: dict[str, Any]) -> None:
    (_, shown) = fields.fields({"id": {"S": "x"}, "a": value}, KEYS)
    sent = Field(shown.name, shown.type, through_a_browser(shown.text), shown.key, shown.quoted)
    assert fields.value(sent) == value
    assert "\x00" not in shown.text, "no browser sends it back"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_from_both_kinds_of_json(value: dict[str, Any]) -> None:
    item = {"id": {"S": "x"}, "a": value}
    assert wire.plain_item(through_a_browser(wire.plain_text(item, 2))) == item
    assert wire.dynamo_item(through_a_browser(wire.dynamo_text(item, 2))) == item


def test_names_with_control_characters_are_left_to_json() -> None:
    assert fields.can_show({"a b.c🌻": {"S": "x"}})
    assert not fields.can_show({"a\rb": {"S": "x"}})
    assert not fields.can_show({"a\nb": {"S": "x"}})


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("N", "1" * 39, "38"),
        ("N", "NaN", "not a number"),
        ("N", "", "not a number"),
        ("SS", "[]", "cannot be empty"),
        ("SS", "", "cannot be empty"),
        ("SS", '["a", "a"]', "twice"),
        ("NS", "[1, 1.0]", "twice"),
        ("BOOL", "yes", "true nor false"),
        ("B", "???", "base64"),
        ("L", "{}", "list"),
        ("M", "[1]", "object"),
        ("M", '{"a": 1, "a": 2}', "twice"),
        ("M", "[" * 40 + "]" * 40, "32"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(kind: str, text: str, said: str) -> None:
    item, told = fields.item([Field("id", "S", "x", True), Field("a", kind, text)])
    assert said in told[1].fault
    assert told[1].text == text
    assert item == {"id": {"S": "x"}}


def test_a_name_twice_is_told() -> None:
    _, told = fields.item([Field("a", "S", "1"), Field("a", "S", "2")])
    assert [bool(one.fault) for one in told] == [False, True]


def test_two_versions_and_one_of_both() -> None:
    read = {"id": {"S": "x"}, "a": {"N": "1"}, "b": {"N": "1"}, "c": {"N": "1"}, "d": {"N": "1"}}
    theirs = {"id": {"S": "x"}, "a": {"N": "2"}, "b": {"N": "1"}, "c": {"N": "2"}, "e": {"S": "theirs"}}
    mine = {"id": {"S": "x"}, "a": {"N": "1"}, "b": {"N": "3"}, "c": {"N": "3"}, "d": {"N": "4"}}
    found = {one.name: one.choice for one in merging.differences(read, theirs, mine)}
    assert found == {"a": "theirs", "b": "mine", "c": "", "e": "theirs", "d": ""}
    assert merging.merged(theirs, mine, ["b", "d"]) == theirs | {"b": {"N": "3"}, "d": {"N": "4"}}
    assert merging.merged(theirs, mine, ["e"]) == {name: theirs[name] for name in ("id", "a", "b", "c")}
