"""What may be written, what is refused, and how numbers come back."""

from typing import Any

import pytest

from tests.embedded.dynamodb.world import Tables, message, refused

INVALID = "One or more parameter values were invalid: "
KEY = {"pk": {"S": "a"}, "sk": {"N": "1"}}


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(depth):
        value = {"M": {"a": value}}
    return value


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (
            {"pk": {"S": ""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot",
        ),
        ({"pk": {"N": "1"}}, f"{INVALID}Type mismatch for key pk expected: S actual: N"),
        ({"pk": None}, f"{INVALID}Missing the key pk in the item"),
        ({"g": {"N": "1"}}, f"{INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: by-g"),
        ({"g": {"S": ""}}, "One or more parameter values are not valid."),
        ({"v": {"SS": []}}, f"{INVALID}An string set  may not be empty"),
        ({"v": {"NS": []}}, f"{INVALID}An number set  may not be empty"),
        ({"v": {"BS": []}}, f"{INVALID}Binary sets should not be empty"),
        ({"v": {"SS": ["a", "a"]}}, "Input collection ["),
        ({"v": {"NS": ["1", "1.0"]}}, "Input collection contains duplicates"),
        ({"v": {"N": "NaN"}}, "The parameter cannot be converted to a numeric value: NaN"),
        ({"v": {"N": "Infinity"}}, "The parameter cannot be converted to a numeric value: Infinity"),
        ({"v": {"N": ""}}, "The parameter cannot be converted to a numeric value"),
        ({"v": {"N": "1" * 39}}, "Attempting to store more than 38 significant digits in a Number"),
        ({"v": {"N": "1e126"}}, "Number overflow. Attempting to store a number with magnitude larger than supported"),
        (
            {"v": {"N": "1e-131"}},
            "Number underflow. Attempting to store a number with magnitude smaller than supported",
        ),
        ({"v": nested(32)}, "Nesting Levels have exceeded supported limits"),
        ({"v": {"S": "x" * 409_600}}, "Item size has exceeded the maximum allowed size"),
        ({"v": {"NULL": False}}, f"{INVALID}Null attribute value types must have the value of true"),
        ({"pk": {"S": "x" * 2049}}, f"{INVALID}Aggregated size of all hash keys has exceeded the size limit of 2048"),
    ],
)
def test_items_that_are_refused(client: Any, tables: Tables, attributes: dict[str, Any], said: str) -> None:
    name = tables.make()
    item = {**KEY, **attributes}
    item = {key: value for key, value in item.items() if value is not None}
    assert said in message(client.put_item, TableName=name, Item=item)
    batch = message(client.batch_write_item, RequestItems={name: [{"PutRequest": {"Item": item}}]})
    assert said in batch or batch == "The provided key element does not match the schema"
    assert client.scan(TableName=name)["Count"] == 0


def test_the_largest_item_is_400_kilobytes_with_its_names(client: Any, tables: Tables) -> None:
    name = tables.make()
    # pk + a, sk + 1, v and the text
    room = 400 * 1024 - (2 + 1) - (2 + 2) - 1
    client.put_item(TableName=name, Item={**KEY, "v": {"S": "x" * room}})
    item = {**KEY, "v": {"S": "é" * (room // 2) + "xx"}}
    assert message(client.put_item, TableName=name, Item=item) == "Item size has exceeded the maximum allowed size"
    fields = {
        "UpdateExpression": "SET w = :w",
        "ExpressionAttributeValues": {":w": {"S": "x"}},
    }
    said = "Item size to update has exceeded the maximum allowed size"
    assert message(client.update_item, TableName=name, Key=KEY, **fields) == said
    assert client.describe_table(TableName=name)["Table"]["TableSizeBytes"] == 400 * 1024


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.0", "1"),
        ("001.500", "1.5"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        (".5", "0.5"),
        ("0.1000000000000000055511151231257827021", "0.1000000000000000055511151231257827021"),
        ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ("9.9999999999999999999999999999999999999E+125", "99999999999999999999999999999999999999" + "0" * 88),
    ],
)
def test_numbers_come_back_exact_and_plain(client: Any, tables: Tables, written: str, read: str) -> None:
    name = tables.make()
    client.put_item(TableName=name, Item={**KEY, "v": {"N": written}, "s": {"NS": [written]}})
    item = client.get_item(TableName=name, Key=KEY)["Item"]
    assert (item["v"], item["s"]) == ({"N": read}, {"NS": [read]})


def test_every_type_comes_back_as_it_was(client: Any, tables: Tables) -> None:
    name = tables.make()
    item = {
        **KEY,
        "s": {"S": "naïve 日本 🦊"},
        "b": {"B": bytes(range(256))},
        "bs": {"BS": [b"\x00", b"\xff"]},
        "ss": {"SS": ["a", "b"]},
        "m": {"M": {"odd. name#1": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {}}, {"L": []}, {"S": ""}]}}},
        "🦊": {"N": "1"},
        "deep": nested(31),
    }
    client.put_item(TableName=name, Item=item)
    assert client.get_item(TableName=name, Key=KEY)["Item"] == item


def test_arithmetic_is_exact(client: Any, tables: Tables) -> None:
    name = tables.make()
    client.put_item(TableName=name, Item={**KEY, "v": {"N": "0.1"}})
    for expression in ("SET v = v + :x", "ADD v :x"):
        fields = {"UpdateExpression": expression, "ExpressionAttributeValues": {":x": {"N": "0.2"}}}
        client.update_item(TableName=name, Key=KEY, **fields)
    assert client.get_item(TableName=name, Key=KEY)["Item"]["v"] == {"N": "0.5"}
    large = {"UpdateExpression": "SET v = :x", "ExpressionAttributeValues": {":x": {"N": "9" * 38}}}
    client.update_item(TableName=name, Key=KEY, **large)
    more = {"UpdateExpression": "SET v = v + :x", "ExpressionAttributeValues": {":x": {"N": "0.1"}}}
    assert "38 significant digits" in message(client.update_item, TableName=name, Key=KEY, **more)


def test_every_form_of_an_update(client: Any, tables: Tables) -> None:
    name = tables.make()
    item = {**KEY, "l": {"L": [{"N": "1"}]}, "m": {"M": {"a": {"N": "1"}}}, "ss": {"SS": ["a", "b"]}, "n": {"N": "5"}}
    client.put_item(TableName=name, Item=item)
    answer = client.update_item(
        TableName=name,
        Key=KEY,
        UpdateExpression=(
            "SET l = list_append(:l, l), c = if_not_exists(c, :one) + :one, m.#b[0] = :one REMOVE n ADD t :one DELETE "
            "ss :ss"
        ).replace("m.#b[0]", "m.#b"),
        ExpressionAttributeNames={"#b": "b"},
        ExpressionAttributeValues={":l": {"L": [{"N": "0"}]}, ":one": {"N": "1"}, ":ss": {"SS": ["a", "z"]}},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"] == {
        **KEY,
        "l": {"L": [{"N": "0"}, {"N": "1"}]},
        "c": {"N": "2"},
        "m": {"M": {"a": {"N": "1"}, "b": {"N": "1"}}},
        "t": {"N": "1"},
        "ss": {"SS": ["b"]},
    }


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            "SET v = :x, v.a = :x",
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or",
        ),
        ("SET v = :x REMOVE v", "Invalid UpdateExpression: Two document paths overlap with each other"),
        ("SET status = :x", "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status"),
        ("SET sk = :x", f"{INVALID}Cannot update attribute sk. This attribute is part of the key"),
        ("SET v.a.b = :x", "The document path provided in the update expression is invalid for update"),
        ("SET v = gone + :x", "The provided expression refers to an attribute that does not exist in the item"),
        ("SET v = :x SET w = :x", 'Invalid UpdateExpression: The "SET" section can only be used once'),
        ("SET v = :x, w = ", "Invalid UpdateExpression: Syntax error"),
        ("SET v = :x, w = :y", "Invalid UpdateExpression: An expression attribute value used in expression is not def"),
        ("SET v = s + :x", "An operand in the update expression has an incorrect data type"),
        ("SET v = list_append(s, :x)", "An operand in the update expression has an incorrect data type"),
        ("ADD s :x", "An operand in the update expression has an incorrect data type"),
    ],
)
def test_updates_that_are_refused(client: Any, tables: Tables, expression: str, said: str) -> None:
    name = tables.make()
    client.put_item(TableName=name, Item={**KEY, "s": {"S": "text"}, "x": {"N": "1"}})
    fields = {"UpdateExpression": expression, "ExpressionAttributeValues": {":x": {"N": "1"}}}
    assert said in message(client.update_item, TableName=name, Key=KEY, **fields)


@pytest.mark.parametrize("word", ["name", "Year", "STATUS", "comment", "timestamp"])
def test_reserved_words(client: Any, tables: Tables, word: str) -> None:
    name = tables.fill({"a": 1})
    fields = {"FilterExpression": f"{word} = :x", "ExpressionAttributeValues": {":x": {"N": "1"}}}
    said = f"Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: {word}"
    assert message(client.scan, TableName=name, **fields) == said
    said = f"Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: {word}"
    assert message(client.scan, TableName=name, ProjectionExpression=word) == said


def test_unused_names_and_values_are_refused(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 1})
    fields = {"FilterExpression": "v = :x", "ExpressionAttributeValues": {":x": {"N": "1"}, ":y": {"N": "1"}}}
    said = "Value provided in ExpressionAttributeValues unused in expressions: keys: {:y}"
    assert message(client.scan, TableName=name, **fields) == said


def test_a_failed_condition_returns_the_item_when_asked(client: Any, tables: Tables) -> None:
    name = tables.make()
    client.put_item(TableName=name, Item={**KEY, "v": {"N": "1"}})
    fields = {
        "TableName": name,
        "ConditionExpression": "v = :v",
        "ExpressionAttributeValues": {":v": {"N": "2"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    for call, more in (
        (client.put_item, {"Item": KEY}),
        (client.delete_item, {"Key": KEY}),
        (client.update_item, {"Key": KEY, "UpdateExpression": "REMOVE v"}),
    ):
        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
            call(**fields, **more)
        assert caught.value.response["Item"] == {**KEY, "v": {"N": "1"}}
        assert caught.value.response["Error"]["Message"] == "The conditional request failed"


def test_batches_have_limits(client: Any, tables: Tables) -> None:
    name = tables.make()
    puts = [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"N": str(number)}}}} for number in range(26)]
    assert "Member must have length less than or equal to 25" in message(
        client.batch_write_item, RequestItems={name: puts}
    )
    said = "Provided list of item keys contains duplicates"
    assert message(client.batch_write_item, RequestItems={name: puts[:1] * 2}) == said
    answer = client.batch_write_item(RequestItems={name: puts[:25]}, ReturnConsumedCapacity="TOTAL")
    assert (answer["UnprocessedItems"], answer["ConsumedCapacity"]) == (
        {},
        [{"TableName": name, "CapacityUnits": 25.0}],
    )
    keys = [{"pk": {"S": "a"}, "sk": {"N": str(number)}} for number in range(101)]
    assert "less than or equal to 100" in message(client.batch_get_item, RequestItems={name: {"Keys": keys}})
    code, _ = refused(client.batch_write_item, RequestItems={"no-such-table": puts[:1]})
    assert code == "ResourceNotFoundException"


def test_writes_cost_a_unit_for_each_kilobyte(client: Any, tables: Tables) -> None:
    name = tables.make()
    item = {**KEY, "g": {"S": "x"}, "v": {"S": "x" * 2500}}
    capacity = client.put_item(TableName=name, Item=item, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert (capacity["CapacityUnits"], capacity["Table"]["CapacityUnits"]) == (6.0, 3.0)
    assert capacity["GlobalSecondaryIndexes"] == {"by-g": {"CapacityUnits": 3.0}}
    deleted = client.delete_item(TableName=name, Key=KEY, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert deleted["CapacityUnits"] == 6.0
    put = {"Put": {"TableName": name, "Item": {**KEY, "v": {"S": "x" * 2500}}}}
    done = client.transact_write_items(TransactItems=[put], ReturnConsumedCapacity="TOTAL")
    assert done["ConsumedCapacity"][0]["CapacityUnits"] == 6.0


def test_a_transaction_says_why_it_was_cancelled_and_changes_nothing(client: Any, tables: Tables) -> None:
    name = tables.make()
    client.put_item(TableName=name, Item={**KEY, "v": {"N": "1"}})
    other = {"pk": {"S": "b"}, "sk": {"N": "1"}}
    check = {
        "TableName": name,
        "Key": KEY,
        "ConditionExpression": "v = :v",
        "ExpressionAttributeValues": {":v": {"N": "2"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    items = [{"Put": {"TableName": name, "Item": other}}, {"ConditionCheck": check}]
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=items)
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {**KEY, "v": {"N": "1"}}
    assert caught.value.response["Error"]["Message"].endswith("[None, ConditionalCheckFailed]")
    assert "Item" not in client.get_item(TableName=name, Key=other)
    twice = [{"Delete": {"TableName": name, "Key": KEY}}] * 2
    said = "Transaction request cannot include multiple operations on one item"
    assert message(client.transact_write_items, TransactItems=twice) == said
    many = [{"Put": {"TableName": name, "Item": {"pk": {"S": "a"}, "sk": {"N": str(number)}}}} for number in range(101)]
    assert "less than or equal to 100" in message(client.transact_write_items, TransactItems=many)


def test_a_transaction_is_done_once_for_a_token(client: Any, tables: Tables) -> None:
    name = tables.make()
    update = {
        "TableName": name,
        "Key": KEY,
        "UpdateExpression": "ADD v :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        client.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")
    assert client.get_item(TableName=name, Key=KEY)["Item"]["v"] == {"N": "1"}
    changed = {**update, "ExpressionAttributeValues": {":one": {"N": "2"}}}
    code, _ = refused(client.transact_write_items, TransactItems=[{"Update": changed}], ClientRequestToken="once")
    assert code == "IdempotentParameterMismatchException"
