import json
from collections import Counter
from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeSerializer

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.wire import Key, Mistake

DIGITS_38 = "12345678901234567890123456789012345678"
EVERY: wire.Item = {
    "text": {"S": 'ein "Wort"\n☃'},
    "empty": {"S": ""},
    "number": {"N": DIGITS_38},
    "point": {"N": "-0.1"},
    "tiny": {"N": "1E-130"},
    "binary": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
    "map": {"M": {"a.b": {"S": "dots"}, "#": {"M": {}}, "😀": {"BOOL": False}}},
    "words": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.50"]},
    "binaries": {"BS": [b"a", b"b"]},
    "odd": {"M": {"$binary": {"S": "not binary"}}},
    "odder": {"M": {"$map": {"M": {"$map": {"S": "x"}}}}},
}


@pytest.mark.parametrize("indent", [0, 2])
def test_both_texts_come_back_as_they_were(indent: int) -> None:
    assert wire.plain_item(wire.plain_text(EVERY, indent)) == EVERY
    assert wire.dynamo_item(wire.dynamo_text(EVERY, indent)) == EVERY
    plain = json.loads(wire.plain_text(EVERY, indent), parse_float=Decimal)
    assert plain["number"] == int(DIGITS_38)
    assert plain["binary"] == {"$binary": "AP8="}
    assert json.loads(wire.dynamo_text(EVERY))["number"] == {"N": DIGITS_38}


def test_plain_json_is_what_boto3_would_send() -> None:
    text = '{"a": [1, 2.5, "x", null, true], "b": {"c": {}}}'
    theirs = {
        k: TypeSerializer().serialize(v) for k, v in json.loads(text, parse_float=Decimal, parse_int=Decimal).items()
    }
    assert wire.plain_item(text) == theirs


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": 1,\n "b": }', 2, 7, "not JSON"),
        ('{"a": 1,\n "a": 2}', 2, 7, "“a” stands twice"),
        ('{"x": [{"a": 1}, {"a": 1, "a": 2}]}', 1, 32, "“a” stands twice"),
        ('{"n": [0,\n123456789012345678901234567890123456789]}', 2, 1, "39 significant digits"),
        ('{"n": NaN}', 1, 7, "not a number"),
        ('{"n": -Infinity}', 1, 7, "not a number"),
        ('{"n": 1e126}', 1, 7, "too large"),
        ('{"n": {"m": 1e-131}}', 1, 13, "too close to zero"),
        ('{"s": {"$stringSet": []}}', 1, 22, "cannot be empty"),
        ('{"s": {"$numberSet": [1, 1.0]}}', 1, 22, "stands twice in the set"),
        ('{"b": {"$binary": "?"}}', 1, 19, "not base64"),
        ('{"s": "\\ud800"}', 1, 7, "half of a character"),
        ('["a"]', 1, 1, "an object is wanted"),
        ("", 1, 1, "not JSON"),
        ('{"a": "' + "x" * 50, 1, 7, "not JSON"),
    ],
)
def test_mistakes_in_plain_json_have_a_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(Mistake) as caught:
        wire.plain_item(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": {"S": 1}}', 1, 13, "text in quotes"),
        ('{"a": {"N": 1}}', 1, 13, "number in quotes"),
        ('{"a": {"X": 1}}', 1, 13, "no type “X”"),
        ('{"a": {"S": "1",\n"N": "2"}}', 1, 7, "an object of one type"),
        ('{"a":\n {"L": [{"N": "x"}]}}', 2, 15, "not a number"),
        ('{"a": {"NULL": false}}', 1, 16, "holds true"),
        ('{"a": {"BOOL": "true"}}', 1, 16, "without quotes"),
        ('{"a": {"SS": []}}', 1, 14, "cannot be empty"),
        ('{"a": {"M": {"b": {"S": "1"}, "b": {"S": "2"}}}}', 1, 36, "stands twice"),
        ('{"a": "plain"}', 1, 7, "an object of one type"),
    ],
)
def test_mistakes_in_dynamodb_json_have_a_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(Mistake) as caught:
        wire.dynamo_item(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message


def test_32_levels_are_taken_and_33_are_not() -> None:
    assert wire.plain_item('{"a": ' + "[" * 32 + "]" * 32 + "}")
    for levels in (33, 100_000):
        with pytest.raises(Mistake, match="32 levels"):
            wire.plain_item('{"a": ' + "[" * levels + "]" * levels + "}")
    with pytest.raises(Mistake, match="32 levels") as caught:
        wire.dynamo_item('{"a":\n' + '{"M": {"b": ' * 33 + '{"S": ""}' + "}}" * 33 + "}")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('{"ab": "xyz"}', 5),
        ('{"ab": "é"}', 4),
        ('{"a": 0}', 2),
        ('{"a": 1000}', 3),
        ('{"a": 123}', 4),
        ('{"a": true, "b": null}', 4),
        ('{"a": []}', 4),
        ('{"a": ["x", 1]}', 9),
        ('{"a": {"bc": "x"}}', 8),
        ('{"a": {"$stringSet": ["x", "yz"]}}', 4),
        ('{"a": {"$binary": "AAAA"}}', 4),
    ],
)
def test_sizes_are_counted_by_aws_rules(text: str, size: int) -> None:
    assert wire.item_size(wire.plain_item(text)) == size


def test_capacity_is_rounded_up() -> None:
    assert [wire.write_units(n) for n in (0, 1, 1024, 1025, 409_600)] == [1, 1, 1, 2, 400]
    assert [wire.read_units(n) for n in (1, 4096, 4097)] == [0.5, 0.5, 1.0]
    assert wire.read_units(4097, consistent=True) == 2.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("1", "1.0", True), ("10", "1e1", True), ("0", "-0.00", True), ("0.1", "1E-1", True), ("1", "-1", False)],
)
def test_numbers_are_equal_by_value(one: str, other: str, same: bool) -> None:
    assert (wire.canonical(one) == wire.canonical(other)) is same


@pytest.mark.parametrize("text", ["1", "-1", "0", "1.50", "1e5", "+5", ".5", "007", DIGITS_38 + "0" * 80, "1E-130"])
def test_numbers_keep_their_value(text: str) -> None:
    assert Decimal(wire.checked(text)) == Decimal(text)
    json.loads(wire.checked(text))


@pytest.mark.parametrize("text", ["", "-", "1_000", "1,5", "٣", "1e9999999", "NaN", "0x10", " 1", "1 "])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(wire.NumberRefused):
        wire.checked(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12", "N"),
        ("-1.5", "N"),
        ("007", "S"),
        ("+49 30", "S"),
        ("1" * 39, "S"),
        ("TRUE", "BOOL"),
        ("[1]", "JSON"),
        ("{broken", "S"),
        ("", ""),
        ("NaN", "S"),
    ],
)
def test_cells_are_what_they_plainly_are(text: str, kind: str) -> None:
    assert wire.guess(text) == kind


def test_a_column_has_the_one_type_that_fits_all() -> None:
    assert wire.infer(Counter({"N": 5, "": 3})) == "N"
    assert wire.infer(Counter({"N": 5, "S": 1})) == "S"
    assert wire.infer(Counter({"": 3})) == "S"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("007", "S", {"S": "007"}),
        (" 12 ", "N", {"N": "12"}),
        ("True", "BOOL", {"BOOL": True}),
        ("AP8=", "B", {"B": b"\x00\xff"}),
        ('{"a": 1}', "JSON", {"M": {"a": {"N": "1"}}}),
        ('{"SS": ["a"]}', "DYNAMODB", {"SS": ["a"]}),
    ],
)
def test_cells_become_values(text: str, kind: str, value: wire.Value) -> None:
    assert wire.from_cell(text, kind) == value


@pytest.mark.parametrize(("text", "kind"), [("x", "N"), ("yes", "BOOL"), ("?", "B"), ("{", "JSON"), ("{}", "DYNAMODB")])
def test_cells_that_do_not_fit_are_mistakes(text: str, kind: str) -> None:
    with pytest.raises(Mistake):
        wire.from_cell(text, kind)


KEYS = (Key("pk", "S", "HASH"), Key("sk", "N", "RANGE"), Key("city", "S", "HASH", "by-city"))


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ('{"sk": 1}', "partition key “pk” is missing"),
        ('{"pk": "a"}', "sort key “sk” is missing"),
        ('{"pk": 1, "sk": 1}', "must be a string, and is a number"),
        ('{"pk": "", "sk": 1}', "is empty"),
        ('{"pk": "' + "x" * 2049 + '", "sk": 1}', "2,049 bytes"),
        ('{"pk": "a", "sk": 1, "city": 5}', "index by-city"),
        ('{"pk": "a", "sk": 1, "city": ""}', "is empty"),
    ],
)
def test_keys_are_checked(item: str, words: str) -> None:
    with pytest.raises(Mistake, match=words):
        wire.check_key(wire.plain_item(item), KEYS)


def test_a_good_key_and_its_identity() -> None:
    item = wire.plain_item('{"pk": "a", "sk": 1.0}')
    wire.check_key(item, KEYS)
    assert wire.identity(item, ("pk", "sk")) == ("a", "1")


def test_short_texts_fit_a_line() -> None:
    assert wire.short({"S": "a\nb"}) == "a b"
    assert wire.short({"S": "x" * 100}, 10) == "x" * 9 + "…"
    assert wire.short({"N": DIGITS_38}) == DIGITS_38
    assert wire.short({"L": [{"N": "1"}] * 61}) == "61 members"
    assert wire.short({"M": {"a": {"S": "b"}}}) == '{"a": "b"}'
    assert wire.short({"NS": ["1", "2"]}) == "1, 2"
    assert wire.short({"B": b"\x00\xff"}) == "AP8="


def test_a_hostile_text_is_read_in_linear_time() -> None:
    for text in ('"' * 200_000, "{" * 200_000, '{"a":' * 200_000, "[" + "1," * 200_000, '{"\\' * 100_000):
        with pytest.raises(Mistake):
            wire.plain_item(text)
