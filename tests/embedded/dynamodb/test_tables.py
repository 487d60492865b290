"""Tables: their states, their sizes, their indexes, and what watches over them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.embedded.dynamodb.world import Tables, message, numbers, pages, refused, schema
from tests.embedded.process import PYTHON, ROOT, SOON, Embedded


def described(client: Any, name: str) -> dict[str, Any]:
    table: dict[str, Any] = client.describe_table(TableName=name)["Table"]
    return table


def sizes(client: Any, name: str) -> list[int]:
    """Return items and bytes of a table, then of each of its indexes."""
    table = described(client, name)
    indexes = [(one["ItemCount"], one["IndexSizeBytes"]) for one in table.get("GlobalSecondaryIndexes", ())]
    return [number for pair in [(table["ItemCount"], table["TableSizeBytes"]), *indexes] for number in pair]


def test_a_table_passes_its_states(client: Any, tables: Tables) -> None:
    name = tables.name
    made = client.create_table(
        TableName=name,
        KeySchema=[schema("pk", "HASH")],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert made["TableDescription"]["TableStatus"] == "CREATING"
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=SOON)
    assert described(client, name)["TableStatus"] == "ACTIVE"
    assert client.delete_table(TableName=name)["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=SOON)
    assert refused(client.describe_table, TableName=name)[0] == "ResourceNotFoundException"


def test_sizes_follow_every_change(client: Any, tables: Tables, fresh: Callable[..., Embedded]) -> None:
    aws = fresh()
    client = aws.client("dynamodb")
    name = Tables(client, tables.name).make()
    assert sizes(client, name) == [0, 0, 0, 0]
    item = {"pk": {"S": "é"}, "sk": {"N": "100"}, "g": {"S": "x"}, "v": {"N": "-12.5"}}
    client.put_item(TableName=name, Item=item)
    # pk 2 + 2, sk 2 + 2, g 1 + 1, v 1 + 4
    assert sizes(client, name) == [1, 15, 1, 15]
    key = {"pk": item["pk"], "sk": item["sk"]}
    client.update_item(TableName=name, Key=key, UpdateExpression="REMOVE g")
    assert sizes(client, name) == [1, 13, 0, 0]
    client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": {**item, "pk": {"S": "b"}}}}]})
    assert sizes(client, name) == [2, 27, 1, 14]
    client.execute_statement(Statement=f"UPDATE \"{name}\" SET g = 'yy' WHERE pk = 'é' AND sk = 100")
    assert sizes(client, name) == [2, 30, 2, 30]
    aws.stop()
    client = fresh().client("dynamodb")
    assert sizes(client, name) == [2, 30, 2, 30]
    client.delete_item(TableName=name, Key=key)
    assert sizes(client, name) == [1, 14, 1, 14]


def test_an_index_is_made_from_what_is_there_and_deleted_again(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 3})
    create = {
        "IndexName": "by-v",
        "KeySchema": [schema("v", "HASH"), schema("sk", "RANGE")],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    kinds = [{"AttributeName": "v", "AttributeType": "N"}, {"AttributeName": "sk", "AttributeType": "N"}]
    answer = client.update_table(
        TableName=name, AttributeDefinitions=kinds, GlobalSecondaryIndexUpdates=[{"Create": create}]
    )["TableDescription"]
    states = {one["IndexName"]: one["IndexStatus"] for one in answer["GlobalSecondaryIndexes"]}
    assert (answer["TableStatus"], states) == ("UPDATING", {"by-g": "ACTIVE", "by-v": "CREATING"})
    by_v = described(client, name)["GlobalSecondaryIndexes"][1]
    assert (by_v["IndexStatus"], by_v["ItemCount"]) == ("ACTIVE", 3)
    # pk 2 + 1, sk 2 + 2 (1 for the number 0), v 1 + 2 (1 for 0): what the index holds, not the whole items
    assert by_v["IndexSizeBytes"] == (3 + 3 + 2) + 2 * (3 + 4 + 3)
    query = {
        "TableName": name,
        "IndexName": "by-v",
        "KeyConditionExpression": "v = :v",
        "ExpressionAttributeValues": {":v": {"N": "2"}},
    }
    assert client.query(**query)["Items"] == [{"pk": {"S": "a"}, "sk": {"N": "2"}, "v": {"N": "2"}}]
    client.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-v"}}])
    assert message(client.query, **query).startswith("The table does not have the specified index")


def test_an_item_that_lacks_a_key_of_an_index_is_not_in_it(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 3})
    key = {"pk": {"S": "a"}, "sk": {"N": "1"}}
    client.update_item(TableName=name, Key=key, UpdateExpression="REMOVE g")
    assert numbers(client.scan(TableName=name, IndexName="by-g")["Items"]) == [0, 2]
    assert described(client, name)["GlobalSecondaryIndexes"][0]["ItemCount"] == 2


def test_a_protected_table_stays(client: Any, tables: Tables) -> None:
    name = tables.make(DeletionProtectionEnabled=True)
    said = (
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    assert message(client.delete_table, TableName=name) == said
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def test_billing_modes(client: Any, tables: Tables) -> None:
    name = tables.make()
    assert described(client, name)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    client.update_table(TableName=name, BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    table = described(client, name)
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert table["ProvisionedThroughput"].items() >= throughput.items()


def test_tables_are_listed_page_by_page(client: Any, tables: Tables) -> None:
    names = [Tables(client, f"{tables.name}-{number}").make() for number in range(5)]
    found = pages(client.list_tables, "LastEvaluatedTableName", "ExclusiveStartTableName", Limit=2)
    listed = [name for page in found for name in page["TableNames"]]
    assert listed == sorted(listed)
    assert set(names) <= set(listed)


def test_tags(client: Any, tables: Tables) -> None:
    name = tables.make(Tags=[{"Key": "course", "Value": "nosql"}])
    arn = described(client, name)["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "chapter", "Value": "10"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["course"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "chapter", "Value": "10"}]


def test_time_to_live_is_on_or_off(client: Any, tables: Tables) -> None:
    name = tables.make()

    def switch(attribute: str, enabled: bool) -> Any:
        specification = {"Enabled": enabled, "AttributeName": attribute}
        return client.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)

    assert message(switch, "ends", False) == "TimeToLive is already disabled"
    switch("ends", True)
    assert message(switch, "other", True) == "TimeToLive is already enabled"
    status = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert status == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends"}


REAPER = """
import json, threading, time, types
from ministack.services import dynamodb
from embedded import host_dynamodb

host_dynamodb.install(dynamodb)
dynamodb._create_table({
    "TableName": "short", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
})
now = int(time.time())
ends = {"past": {"N": str(now - 10)}, "future": {"N": str(now + 1000)}, "text": {"S": "1"}, "ancient": {"N": "1000"}}
for name, value in {**ends, "never": None}.items():
    dynamodb._put_item({"TableName": "short", "Item": {"pk": {"S": name}, **({"ends": value} if value else {})}})
dynamodb._update_ttl({
    "TableName": "short", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ends"},
})
rounds = iter((0,))
dynamodb.time = types.SimpleNamespace(sleep=lambda _: next(rounds), time=time.time)
threading.excepthook = lambda caught: None
reaper = threading.Thread(target=dynamodb._ttl_reaper, name="dynamodb-ttl-reaper")
reaper.start()
reaper.join()
left = sorted(dynamodb._tables["short"]["items"])
removed = [one for one in dynamodb._stream_records["short"] if one["eventName"] == "REMOVE"]
print(json.dumps([left, [one["dynamodb"]["Keys"]["pk"]["S"] for one in removed], removed[0]["userIdentity"]]))
"""


def test_items_expire_as_on_aws() -> None:
    done = subprocess.run([str(PYTHON), "-c", REAPER], cwd=ROOT, capture_output=True, text=True, check=True)
    left, removed, by = json.loads(done.stdout)
    assert left == ["ancient", "future", "never", "text"]
    assert (removed, by) == (["past"], {"type": "Service", "principalId": "dynamodb.amazonaws.com"})


def test_only_what_was_recorded_is_restored(client: Any, tables: Tables) -> None:
    name = tables.fill({"a": 2})
    restore = {"SourceTableName": name, "TargetTableName": f"{name}-restored"}
    code, _ = refused(client.restore_table_to_point_in_time, UseLatestRestorableTime=True, **restore)
    assert code == "PointInTimeRecoveryUnavailableException"
    client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    found = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    code, _ = refused(client.restore_table_to_point_in_time, RestoreDateTime=1_700_000_000, **restore)
    assert code == "InvalidRestoreTimeException"
    client.restore_table_to_point_in_time(UseLatestRestorableTime=True, **restore)
    assert sizes(client, f"{name}-restored") == sizes(client, name)


def test_a_stream_tells_every_change_also_of_partiql(embedded_aws: Embedded, client: Any, tables: Tables) -> None:
    name = tables.make(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    for statement in (
        f"INSERT INTO \"{name}\" VALUE {{'pk': 'a', 'sk': 1}}",
        f"UPDATE \"{name}\" SET v = 1 WHERE pk = 'a' AND sk = 1",
        f"DELETE FROM \"{name}\" WHERE pk = 'a' AND sk = 1",
    ):
        client.execute_statement(Statement=statement)
    streams = embedded_aws.client("dynamodbstreams")
    arn = described(client, name)["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert [one["eventName"] for one in records] == ["INSERT", "MODIFY", "REMOVE"]
    # Keys 3 + 4, and the images: 7 and 10 bytes
    assert [one["dynamodb"]["SizeBytes"] for one in records] == [14, 24, 17]


def test_the_aws_cli_waits_and_reads(embedded_aws: Embedded, tables: Tables) -> None:
    name = tables.fill({"a": 3})
    program = str(Path(sys.executable).with_name("aws"))

    def aws(*arguments: str) -> str:
        command = [program, "dynamodb", *arguments, "--endpoint-url", embedded_aws.endpoint, "--output", "json"]
        return subprocess.run(command, env=embedded_aws.env, check=True, capture_output=True, text=True).stdout

    aws("wait", "table-exists", "--table-name", name)
    table = json.loads(aws("describe-table", "--table-name", name))["Table"]
    assert (table["ItemCount"], table["TableSizeBytes"] > 0) == (3, True)
    # The CLI pages by itself.
    assert len(json.loads(aws("scan", "--table-name", name, "--page-size", "1"))["Items"]) == 3
