"""Query, Scan, GetItem and BatchGetItem: pages, capacity, and what is refused."""

from collections import Counter
from typing import Any

import pytest

from tests.embedded.dynamodb.world import Tables, message, numbers, pages

KEY = "pk = :p"
LARGE = {"S": "x" * 200_000}


def of(partition: str, **values: Any) -> dict[str, Any]:
    return {":p": {"S": partition}, **{f":{name}": value for name, value in values.items()}}


def test_a_query_page_ends_at_one_megabyte(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 11}, text=LARGE)
    fields = {"TableName": name, "KeyConditionExpression": KEY, "ExpressionAttributeValues": of("a")}
    found = pages(client.query, "LastEvaluatedKey", "ExclusiveStartKey", **fields)
    assert [numbers(page["Items"]) for page in found] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10]]
    scanned = pages(client.scan, "LastEvaluatedKey", "ExclusiveStartKey", TableName=name, Select="COUNT")
    assert [(page["Count"], "Items" in page) for page in scanned] == [(5, False), (5, False), (1, False)]


def test_limit_counts_before_the_filter(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 9})
    fields: dict[str, Any] = {
        "TableName": name,
        "FilterExpression": "v = :v",
        "KeyConditionExpression": KEY,
        "ExpressionAttributeValues": of("a", v={"N": "2"}),
    }
    answer = client.query(Limit=4, **fields)
    assert (answer["Count"], answer["ScannedCount"], numbers(answer["Items"])) == (1, 4, [2])
    del fields["KeyConditionExpression"], fields["ExpressionAttributeValues"][":p"]
    found = pages(client.scan, "LastEvaluatedKey", "ExclusiveStartKey", Limit=4, **fields)
    assert [(page["Count"], page["ScannedCount"]) for page in found] == [(1, 4), (1, 4), (1, 1)]


def test_scans_and_queries_order_numbers_as_numbers(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 12})
    assert numbers(client.scan(TableName=name)["Items"]) == list(range(12))
    assert numbers(client.scan(TableName=name, IndexName="by-g")["Items"]) == list(range(12))
    fields = {"TableName": name, "KeyConditionExpression": KEY, "ExpressionAttributeValues": of("a")}
    assert numbers(client.query(ScanIndexForward=False, Limit=2, **fields)["Items"]) == [11, 10]


@pytest.mark.parametrize("index", ["", "by-g"])
def test_pages_of_a_scan_cover_everything_once_while_items_come_and_go(client: Any, tables: Tables, index: str) -> None:
    name = tables.fill({f"p{number}": 3 for number in range(10)})
    where = {"TableName": name, **({"IndexName": index} if index else {})}
    seen: Counter[tuple[str, str]] = Counter()
    start: dict[str, Any] = {}
    while True:
        page = client.scan(Limit=4, **where, **start)
        seen.update((item["pk"]["S"], item["sk"]["N"]) for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            break
        last = page["LastEvaluatedKey"]
        client.delete_item(TableName=name, Key={"pk": last["pk"], "sk": last["sk"]})
        start = {"ExclusiveStartKey": last}
    assert set(seen.values()) == {1}
    assert len(seen) == 30


@pytest.mark.parametrize("index", ["", "by-g"])
def test_segments_cover_everything_once(client: Any, tables: Tables, index: str) -> None:
    name = tables.fill({f"p{number}": 2 for number in range(25)})
    if index:
        for number in range(25):
            key = {"pk": {"S": f"p{number}"}, "sk": {"N": "0"}}
            values = {":g": {"S": f"g{number}"}}
            client.update_item(TableName=name, Key=key, UpdateExpression="SET g = :g", ExpressionAttributeValues=values)
    fields = {"TableName": name, "TotalSegments": 4, "Limit": 3, **({"IndexName": index} if index else {})}
    found = [
        (item["pk"]["S"], item["sk"]["N"])
        for segment in range(4)
        for page in pages(client.scan, "LastEvaluatedKey", "ExclusiveStartKey", Segment=segment, **fields)
        for item in page["Items"]
    ]
    assert len(found) == len(set(found)) == 50


def test_capacity_follows_the_bytes_that_were_looked_at(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 10}, text={"S": "x" * 3000})
    query = {
        "TableName": name,
        "KeyConditionExpression": KEY,
        "ExpressionAttributeValues": of("a"),
        "ReturnConsumedCapacity": "INDEXES",
    }
    # Ten items of 3,0xx bytes: 7.4 units of 4 KB, eight begun.
    eventual = client.query(**query)["ConsumedCapacity"]
    assert (eventual["CapacityUnits"], eventual["Table"]) == (4.0, {"CapacityUnits": 4.0})
    assert client.query(ConsistentRead=True, **query)["ConsumedCapacity"]["CapacityUnits"] == 8.0
    projected = client.query(ProjectionExpression="sk", **query)["ConsumedCapacity"]
    assert projected["CapacityUnits"] == 4.0
    counted = client.query(Select="COUNT", **query)["ConsumedCapacity"]
    assert counted["CapacityUnits"] == 4.0
    none = {**query, "ExpressionAttributeValues": of("none")}
    assert client.query(**none)["ConsumedCapacity"]["CapacityUnits"] == 0.5
    scan = {"TableName": name, "IndexName": "by-g", "ReturnConsumedCapacity": "INDEXES"}
    indexed = client.scan(**scan)["ConsumedCapacity"]
    assert indexed["GlobalSecondaryIndexes"] == {"by-g": {"CapacityUnits": 4.0}}
    assert (indexed["CapacityUnits"], indexed["Table"]) == (4.0, {"CapacityUnits": 0.0})


def test_capacity_of_single_items_and_of_batches(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 2}, text={"S": "x" * 5000})
    keys = [{"pk": {"S": "a"}, "sk": {"N": str(number)}} for number in range(3)]
    total = {"ReturnConsumedCapacity": "TOTAL"}

    def units(answer: dict[str, Any]) -> Any:
        return answer["ConsumedCapacity"]["CapacityUnits"]

    assert units(client.get_item(TableName=name, Key=keys[0], **total)) == 1.0
    assert units(client.get_item(TableName=name, Key=keys[0], ConsistentRead=True, **total)) == 2.0
    assert units(client.get_item(TableName=name, Key=keys[0], ProjectionExpression="sk", **total)) == 1.0
    assert units(client.get_item(TableName=name, Key=keys[2], **total)) == 0.5
    batch = client.batch_get_item(RequestItems={name: {"Keys": keys, "ConsistentRead": True}}, **total)
    assert batch["ConsumedCapacity"] == [{"TableName": name, "CapacityUnits": 5.0}]
    gets = [{"Get": {"TableName": name, "Key": key}} for key in keys[:2]]
    assert client.transact_get_items(TransactItems=gets, **total)["ConsumedCapacity"][0]["CapacityUnits"] == 8.0


def test_a_batch_answers_sixteen_megabytes_and_leaves_the_rest(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 50}, text={"S": "x" * 390_000})
    keys = [{"pk": {"S": "a"}, "sk": {"N": str(number)}} for number in range(50)]
    answer = client.batch_get_item(RequestItems={name: {"Keys": keys}})
    left = answer["UnprocessedKeys"][name]["Keys"]
    assert (len(answer["Responses"][name]), len(left)) == (43, 7)
    assert len(client.batch_get_item(RequestItems=answer["UnprocessedKeys"])["Responses"][name]) == 7


@pytest.mark.parametrize(
    ("condition", "values", "said"),
    [
        ("pk > :p", of("a"), "Query key condition not supported"),
        ("sk = :n", {":n": {"N": "1"}}, "Query condition missed key schema element: pk"),
        ("pk = :p AND v = :n", of("a", n={"N": "1"}), "Query condition missed key schema element: sk"),
        ("pk = :p OR pk = :q", of("a", q={"S": "b"}), "Invalid operator used in KeyConditionExpression: OR"),
        ("pk = :p AND sk <> :n", of("a", n={"N": "1"}), "Invalid operator used in KeyConditionExpression: <>"),
        ("pk = :p AND NOT sk = :n", of("a", n={"N": "1"}), "Invalid operator used in KeyConditionExpression: NOT"),
        (
            "pk = :p AND contains(sk, :n)",
            of("a", n={"N": "1"}),
            "Invalid operator used in KeyConditionExpression: cont",
        ),
        (
            "pk = :p AND sk = :s",
            of("a", s={"S": "1"}),
            "One or more parameter values were invalid: Condition parameter",
        ),
        ("pk = :p AND begins_with(sk, :n)", of("a", n={"N": "1"}), "Invalid KeyConditionExpression: Incorrect operand"),
        (
            "pk = :p AND sk BETWEEN :n AND :m",
            of("a", n={"N": "2"}, m={"N": "1"}),
            "Invalid KeyConditionExpression: The",
        ),
        ("pk = :p", of(""), "One or more parameter values"),
    ],
)
def test_key_conditions(client: Any, tables: Tables, condition: str, values: Any, said: str) -> None:
    name = tables.fill({"a": 2})
    fields = {"TableName": name, "KeyConditionExpression": condition, "ExpressionAttributeValues": values}
    assert message(client.query, **fields).startswith(said)


def test_a_filter_may_not_look_at_the_keys_of_what_is_queried(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 2})
    fields = {
        "TableName": name,
        "KeyConditionExpression": KEY,
        "FilterExpression": "#s > :n AND v < :n",
        "ExpressionAttributeNames": {"#s": "sk"},
        "ExpressionAttributeValues": of("a", n={"N": "1"}),
    }
    said = "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
    assert message(client.query, **fields) == said
    index = {
        **fields,
        "IndexName": "by-g",
        "KeyConditionExpression": "g = :p",
        "FilterExpression": "pk = :p AND size(g) > :n",
    }
    del index["ExpressionAttributeNames"]
    assert message(client.query, **index).endswith("Primary key attribute: g")
    index["FilterExpression"] = "pk = :p AND v < :n"
    assert client.query(**index)["Count"] == 0


def test_what_reads_refuse(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 2})
    query = {"TableName": name, "KeyConditionExpression": "g = :p", "ExpressionAttributeValues": of("x")}
    said = "Consistent reads are not supported on global secondary indexes"
    assert message(client.query, IndexName="by-g", ConsistentRead=True, **query) == said
    assert message(client.scan, TableName=name, IndexName="by-g", ConsistentRead=True) == said
    assert message(client.scan, TableName=name, IndexName="none").startswith("The table does not have the specified")
    assert message(client.scan, TableName=name, Segment=2, TotalSegments=2).startswith("The Segment parameter is zero")
    key = {"pk": {"S": "a"}}
    assert message(client.get_item, TableName=name, Key=key) == "The provided key element does not match the schema"
    wrong = {"pk": {"S": "a"}, "sk": {"S": "1"}}
    assert message(client.get_item, TableName=name, Key=wrong) == "The provided key element does not match the schema"
    keys = [{"pk": {"S": "a"}, "sk": {"N": "1"}}]
    batch = {"RequestItems": {name: {"Keys": keys * 2}}}
    assert message(client.batch_get_item, **batch) == "Provided list of item keys contains duplicates"


@pytest.mark.parametrize(
    "start",
    [
        {"pk": {"S": "a"}},
        {"pk": {"S": "a"}, "sk": {"S": "1"}},
        {"pk": {"S": "a"}, "sk": {"N": "1"}, "more": {"S": "x"}},
    ],
)
def test_a_starting_key_must_be_a_key(client: Any, tables: Tables, start: Any) -> None:
    name = tables.fill({"a": 2})
    said = "The provided starting key is invalid"
    assert message(client.scan, TableName=name, ExclusiveStartKey=start).startswith(said)
    fields = {"TableName": name, "KeyConditionExpression": KEY, "ExpressionAttributeValues": of("a")}
    assert message(client.query, ExclusiveStartKey=start, **fields).startswith(said)
    outside = {"pk": {"S": "b"}, "sk": {"N": "1"}}
    assert message(client.query, ExclusiveStartKey=outside, **fields) == (
        "The provided starting key is outside query boundaries based on provided conditions"
    )


def test_a_page_may_begin_behind_an_item_that_is_gone(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 3})
    start = {"pk": {"S": "a"}, "sk": {"N": "0.5"}}
    assert numbers(client.scan(TableName=name, ExclusiveStartKey=start)["Items"]) == [1, 2]


def test_a_projection_takes_nested_values(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 1}, m={"M": {"b": {"L": [{"N": "1"}, {"N": "2"}]}, "c": {"S": "x"}}})
    fields = {"TableName": name, "ProjectionExpression": "sk, m.b[1]"}
    assert client.scan(**fields)["Items"] == [{"sk": {"N": "0"}, "m": {"M": {"b": {"L": [{"N": "2"}]}}}}]
