"""Tables without an AWS: lists of many, old descriptions, what is kept for a while, what things cost."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from app import recorder
from app.blueprints.dynamodb.service import explore, prices, tables
from app.blueprints.dynamodb.service.asked import Asked
from app.blueprints.dynamodb.service.known import Known


def described(name: str, **more: Any) -> dict[str, Any]:
    """What DynamoDB says about a table."""
    return {
        "Table": {
            "TableName": name,
            "TableStatus": "ACTIVE",
            "KeySchema": [{"AttributeName": "r", "KeyType": "RANGE"}, {"AttributeName": "h", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "h", "AttributeType": "N"},
                {"AttributeName": "r", "AttributeType": "B"},
            ],
            **more,
        }
    }


@pytest.fixture
def client() -> Any:
    return boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def test_an_old_description_is_read(client: Any) -> None:
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}
    with Stubber(client) as stub:
        stub.add_response("describe_table", described("old", ProvisionedThroughput=throughput))
        found = tables.get_table(client, "old")
    assert [(key.name, key.type) for key in found.keys] == [("h", "N"), ("r", "B")], "the partition key first"
    assert (found.billing, found.on_demand, found.read_units) == ("PROVISIONED", False, 5)
    assert (found.moving, found.kind, found.protected, found.stream) == (False, "done", False, "")


def test_an_index_that_is_being_built_moves_the_table(client: Any) -> None:
    schema = [{"AttributeName": "r", "KeyType": "HASH"}]
    building = {"IndexName": "idx", "KeySchema": schema, "IndexStatus": "CREATING"}
    with Stubber(client) as stub:
        stub.add_response("describe_table", described("tab", GlobalSecondaryIndexes=[building]))
        found = tables.get_table(client, "tab")
    assert (found.moving, found.kind) == (True, "done")
    assert found.keys_of("idx")[0].type == "B"
    with pytest.raises(KeyError):
        found.keys_of("j")


def test_the_calls_side_by_side_are_recorded() -> None:
    def call(name: str) -> str:
        recorder.recorded().append(recorder.Call("dynamodb", name, {}, "us-east-1"))
        return name

    with recorder.recording() as calls:
        found = tables.side_by_side([lambda name=str(n): call(name) for n in range(20)])  # type: ignore[misc]
    assert found == [str(n) for n in range(20)]
    assert sorted(int(one.operation) for one in calls) == list(range(20))


def test_a_table_is_kept_until_it_is_forgotten(client: Any) -> None:
    known = Known()
    with Stubber(client) as stub:
        for items in (1, 2, 3):
            stub.add_response("describe_table", described("tab", ItemCount=items))
        assert [known.get(client, "tab").items for _ in range(3)] == [1, 1, 1]
        assert known.fresh(client, "tab").items == 2
        known.forget(client, "tab")
        assert known.get(client, "tab").items == 3


def test_a_table_that_changes_is_not_kept(client: Any) -> None:
    known = Known()
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_response("describe_table", described("tab", TableStatus="CREATING"))
        assert known.get(client, "tab").moving
        assert known.get(client, "tab").moving
        stub.assert_no_pending_responses()


def test_what_is_read_is_known_before(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("describe_table", described("tab", ItemCount=50_000, TableSizeBytes=8_192_000))
        found = tables.get_table(client, "tab")
    scan = explore.estimate(found, Asked())
    assert (scan.whole, scan.items, scan.units, scan.pages, scan.dollars) == (True, 50_000, 1000.0, 500, "$0.00013")
    assert explore.estimate(found, Asked(consistent=True)).units == 2000.0
    assert not explore.estimate(found, Asked(partition="1")).whole


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0, "$0"), (1e-9, "less than $0.000001"), (0.0000125, "$0.000013"), (0.0625, "$0.062"), (0.5, "$0.50"),
     (1234.5, "$1,234.50")],
)  # fmt: skip
def test_amounts(amount: float, said: str) -> None:
    assert prices.dollars(amount) == said
