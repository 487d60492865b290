"""A large table has a state file of its own, and the demo table is one: both outlive kill -9."""

import hashlib
import itertools
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from embedded import seed_dynamodb
from tests.embedded.dynamodb.world import Tables, pages
from tests.embedded.process import PYTHON, ROOT, Embedded

LARGE = 1_200
Start = Callable[..., Embedded]


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def files(aws: Embedded) -> list[Path]:
    return sorted((aws.home / "state").glob("dynamodb-table-*.state"))


def fill(client: Any, name: str, count: int) -> None:
    for first in range(0, count, 25):
        batch = [
            {"PutRequest": {"Item": {"pk": {"S": f"p{at % 7} ü\t"}, "sk": {"N": str(at)}, "g": {"S": "x\n"}}}}
            for at in range(first, min(first + 25, count))
        ]
        client.batch_write_item(RequestItems={name: batch})


def everything(client: Any, name: str, **fields: Any) -> list[str]:
    found = pages(client.scan, "LastEvaluatedKey", "ExclusiveStartKey", TableName=name, Limit=500, **fields)
    return sorted(json.dumps(item, sort_keys=True) for page in found for item in page["Items"])


def test_a_large_table_outlives_a_crash(fresh: Start, tables: Tables) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    name = Tables(client, tables.name).make()
    small = Tables(client, f"{tables.name}-small").fill({"a": 3})
    fill(client, name, LARGE)
    before = everything(client, name)
    state = aws.home / "state" / "dynamodb.state"
    # First the table's own file, then the state of the service, which names it.
    until(lambda: files(aws) and state.exists() and b"trellis_file" in state.read_bytes())
    aws.kill()
    aws = fresh()
    client = aws.client("dynamodb")
    assert everything(client, name) == before
    assert len(everything(client, name, IndexName="by-g")) == LARGE
    table = client.describe_table(TableName=name)["Table"]
    assert (table["ItemCount"], table["GlobalSecondaryIndexes"][0]["ItemCount"]) == (LARGE, LARGE)
    written = files(aws)[0].read_bytes()
    client.delete_item(TableName=name, Key={"pk": {"S": "p0 ü\t"}, "sk": {"N": "0"}})
    until(lambda: files(aws)[0].read_bytes() != written)
    aws.kill()
    aws = fresh()
    client = aws.client("dynamodb")
    assert len(everything(client, name)) == LARGE - 1
    assert len(everything(client, small)) == 3
    size = client.describe_table(TableName=name)["Table"]["TableSizeBytes"]
    assert size == table["TableSizeBytes"] - (2 + 6 + 2 + 1 + 1 + 2)


def test_what_is_deleted_leaves_no_file(fresh: Start, tables: Tables) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    name = Tables(client, tables.name).make()
    fill(client, name, LARGE)
    until(lambda: files(aws))
    client.delete_table(TableName=name)
    until(lambda: not files(aws))
    aws.kill()
    client = fresh().client("dynamodb")
    assert client.list_tables()["TableNames"] == []


def test_a_small_table_changes_without_writing_the_large_one(fresh: Start, tables: Tables) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    name = Tables(client, tables.name).make()
    small = Tables(client, f"{tables.name}-small").make()
    fill(client, name, LARGE)
    until(lambda: files(aws))
    state = aws.home / "state" / "dynamodb.state"
    until(lambda: state.exists() and b"trellis_file" in state.read_bytes())
    large = files(aws)[0].stat().st_mtime_ns
    client.put_item(TableName=small, Item={"pk": {"S": "only here"}, "sk": {"N": "1"}})
    until(lambda: b"only here" in state.read_bytes())
    assert files(aws)[0].stat().st_mtime_ns == large


def digest(items: Iterator[Any]) -> str:
    total = hashlib.sha256()
    for item in items:
        total.update(json.dumps(item, sort_keys=True, default=bytes.hex).encode())
    return total.hexdigest()


def test_the_demo_items_are_always_the_same() -> None:
    keys, last = set[tuple[str, str]](), list[Any]()
    for at, item in enumerate(seed_dynamodb.items()):
        keys.add((item["customer"]["S"], item["entry"]["S"]))
        if at % 10_000 < 200:  # customers and orders, from the beginning to the end
            last.append(item)
    assert len(keys) == seed_dynamodb.ITEMS == 50_000
    again = (item for at, item in enumerate(seed_dynamodb.items()) if at % 10_000 < 200)
    assert digest(iter(last)) == digest(again)


def put_in(aws: Embedded, count: int) -> None:
    """Do what the start does, for the first so many items."""
    state = str(aws.home / "state")
    command = [str(PYTHON), "-m", "embedded.seed_dynamodb", state, str(count)]
    subprocess.run(command, cwd=ROOT, env=aws.env, check=True)


def test_the_demo_table_is_begun_by_the_start_and_goes_on_after_a_crash(fresh: Start) -> None:
    aws = fresh(seed=("orders",))
    client = aws.client("dynamodb")

    def count() -> int:
        names = client.list_tables()["TableNames"]
        return int(client.describe_table(TableName="orders")["Table"]["ItemCount"]) if "orders" in names else 0

    until(lambda: count() > 1_200 and files(aws), 120)
    assert not seed_dynamodb.mark(aws.home / "state").exists()
    aws.kill()
    aws = fresh(seed=("orders",))
    client = aws.client("dynamodb")
    had = count()
    assert had > 0
    until(lambda: count() > had, 120)


def test_the_demo_table_holds_what_it_should(fresh: Start) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    count = 6_500  # orders come after the 5,000 customers
    put_in(aws, 500)
    first = next(seed_dynamodb.items())
    key = {name: first[name] for name in ("customer", "entry")}
    rename = {"UpdateExpression": "SET mail = :m", "ExpressionAttributeValues": {":m": {"S": "new@example.com"}}}
    client.update_item(TableName="orders", Key=key, **rename)
    put_in(aws, count)
    table = client.describe_table(TableName="orders")["Table"]
    assert table["ItemCount"] == count
    # What is there already is not put in again.
    assert client.get_item(TableName="orders", Key=key)["Item"]["mail"] == {"S": "new@example.com"}
    wanted = list(itertools.islice(seed_dynamodb.items(), 5_000, count))
    query = {
        "TableName": "orders",
        "IndexName": seed_dynamodb.INDEX,
        "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "paid"}},
    }
    found = pages(client.query, "LastEvaluatedKey", "ExclusiveStartKey", Limit=50, **query)
    paid = [item for page in found for item in page["Items"]]
    assert paid == sorted(
        (item for item in wanted if item["status"]["S"] == "paid"), key=lambda item: item["placed"]["S"]
    )
    assert seed_dynamodb.mark(aws.home / "state").exists()


def test_a_table_of_that_name_that_is_not_ours_is_left_alone(fresh: Start) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    Tables(client, "orders").make()
    put_in(aws, 100)
    assert client.scan(TableName="orders")["Count"] == 0
    assert seed_dynamodb.mark(aws.home / "state").exists()
