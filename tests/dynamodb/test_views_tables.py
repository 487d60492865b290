"""The list of tables, the form that creates one, a table's page, its switches and its end."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.dynamodb.helpers import fetch, post, table
from tests.embedded.process import SOON
from tests.pages import Page, check_page

NEW = {"name": "made", "partition": "id", "partition_type": "N", "sort_type": "S", "billing": "PAY_PER_REQUEST"}


def index_fields(number: int, **values: str) -> dict[str, str]:
    """The fields of one index of the form."""
    given = {"kind": "GSI", "partition_type": "S", "sort_type": "S", "projection": "ALL", **values}
    return {f"indexes-{number}-{name}": value for name, value in given.items()}


def test_the_list_names_state_keys_and_capacity(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/", calls=9)
    for word in ("customer", "customer_id S + customer_mail S", "Active", "On-demand", "Explore items"):
        assert word in shown.text
    assert 'hx-get="/dynamodb/?round' not in shown.html, "nothing moves: it does not ask again"


def test_the_list_as_json(client: FlaskClient) -> None:
    found = {one["name"]: one for one in fetch(client, "/dynamodb/")["tables"]}
    assert [key["name"] for key in found["orders"]["keys"]] == ["pk", "sk"]
    assert found["orders"]["indexes"][0]["name"] == "by-state"


def test_a_table_lives_and_ends(page: Callable[..., Page], client: FlaskClient, aws: Any) -> None:
    local = index_fields(0, kind="LSI", name="by-when", sort="when", sort_type="N")
    some = index_fields(2, name="by-mail", partition="mail", projection="INCLUDE", attributes="name, age")
    fields = {
        **NEW,
        "sort": "at",
        **local,
        **index_fields(1),
        **some,
        "tags": "class=4b\n\nowner = me",
        "protected": "y",
    }
    made = post(client, "/dynamodb/", **fields)
    assert (made.status_code, made.location) == (303, "/dynamodb/made/")
    aws.get_waiter("table_exists").wait(TableName="made", WaiterConfig=SOON)
    told = aws.describe_table(TableName="made")["Table"]
    assert told["LocalSecondaryIndexes"][0]["KeySchema"][0] == {"AttributeName": "id", "KeyType": "HASH"}
    assert told["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"] == ["name", "age"]
    shown = page("/dynamodb/made/", calls=4)
    for word in ("class=4b", "owner=me", "by-when", "Keys and name, age", "Deletion protection"):
        assert word in shown.text
    refused = post(client, "/dynamodb/made/delete", confirm="made")
    assert "AWS refuses" in check_page(refused, "delete", 422, 3).text
    assert post(client, "/dynamodb/made/settings", what="protection", on="").status_code == 303
    wrong = post(client, "/dynamodb/made/delete", confirm="other")
    assert "Nothing was deleted" in check_page(wrong, "delete", 422, 3).text
    gone = post(client, "/dynamodb/made/delete", confirm="made")
    assert (gone.status_code, gone.location) == (303, "/dynamodb/")
    aws.get_waiter("table_not_exists").wait(TableName="made", WaiterConfig=SOON)
    page("/dynamodb/made/", status=404)


def test_a_provisioned_table(page: Callable[..., Page], client: FlaskClient, aws: Any) -> None:
    fields = {**NEW, "name": "by-the-hour", "billing": "PROVISIONED", "read_units": "7", "write_units": "3"}
    assert post(client, "/dynamodb/", **fields, **index_fields(0, name="also", partition="x")).status_code == 303
    told = aws.describe_table(TableName="by-the-hour")["Table"]
    assert told["ProvisionedThroughput"]["ReadCapacityUnits"] == 7
    assert told["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 3
    assert "7 read and 3 write units, about $2.09 a month" in page("/dynamodb/by-the-hour/", calls=4).text
    assert post(client, "/dynamodb/by-the-hour/delete", confirm="by-the-hour").status_code == 303


@pytest.mark.parametrize(
    ("fields", "wrong", "said"),
    [
        ({"name": "a"}, "name", "3 to 255"),
        ({"name": "with space"}, "name", "3 to 255"),
        ({"partition": ""}, "partition", "Name the partition key"),
        ({"partition": "x" * 256}, "partition", "255 bytes"),
        ({"sort": "id"}, "sort", "another attribute"),
        ({"billing": "PROVISIONED", "read_units": "0"}, "read_units", "From 1"),
        ({"tags": "=x"}, "tags", "no name"),
        ({"name": "orders"}, "name", "AWS refuses"),
        (index_fields(0, name="no", partition="x"), "indexes-0-name", "3 to 255"),
        (index_fields(0, partition="x"), "indexes-0-name", "Give the index a name"),
        (index_fields(0, name="one"), "indexes-0-partition", "Name its partition key"),
        (index_fields(0, name="one", kind="LSI", sort="x"), "indexes-0-kind", "with a sort key"),
        (index_fields(0, name="one", partition="id"), "indexes-0-partition", "another type"),
        (index_fields(0, name="one", partition="x", projection="INCLUDE"), "indexes-0-attributes", "shall hold"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(client: FlaskClient, fields: Any, wrong: str, said: str) -> None:
    shown = check_page(post(client, "/dynamodb/", **{**NEW, **fields}), "create", 422, 12)
    field = shown.field(wrong)
    assert field.get("aria-invalid") == "true"
    assert said in " ".join(e for one in (field.get("aria-describedby") or "").split() for e in _text(shown, one))
    assert shown.field("name").get("value") == fields.get("name", "made")
    assert shown.field("partition").get("value") == fields.get("partition", "id")


def _text(shown: Page, name: str) -> list[str]:
    return ["".join(e.itertext()) for e in shown.root.iter() if e.get("id") == name]


def test_the_switches_of_a_table(page: Callable[..., Page], client: FlaskClient, aws: Any) -> None:
    table(aws, "switched", "id:S")
    assert post(client, "/dynamodb/switched/settings", what="ttl", on="1", attribute="ends").status_code == 303
    assert aws.describe_time_to_live(TableName="switched")["TimeToLiveDescription"]["AttributeName"] == "ends"
    assert post(client, "/dynamodb/switched/settings", what="recovery", on="1").status_code == 303
    shown = page("/dynamodb/switched/", calls=4)
    assert re.search(r"Time to live\s*On\s*ends", shown.text)
    assert re.search(r"Point-in-time recovery\s*On", shown.text)
    assert post(client, "/dynamodb/switched/settings", what="ttl", on="1").status_code == 422
    assert post(client, "/dynamodb/switched/settings", what="else", on="1").status_code == 400


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/dynamodb/no-such/", "/dynamodb/no-such/items", "/dynamodb/no-such/delete", "/dynamodb/no-such/item"):
        assert client.get(path).status_code == 404, path


def test_a_table_without_pages_of_its_own_is_paged(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/?after=customer", calls=9)
    assert "customer_id" not in shown.text.split("Create a table")[0]
    assert "First page" in shown.text


def test_a_table_made_anew_is_seen_with_its_new_key_at_once(client: FlaskClient, aws: Any) -> None:
    for partition in ("first", "second"):
        fields = {"name": "reborn", "partition": partition, "partition_type": "S", "billing": "PAY_PER_REQUEST"}
        assert post(client, "/dynamodb/", **fields).status_code == 303
        aws.get_waiter("table_exists").wait(TableName="reborn", WaiterConfig=SOON)
        assert f">{partition}<" in client.get("/dynamodb/reborn/items").get_data(as_text=True)
        aws.delete_table(TableName="reborn")  # by somebody else: no page is told
        aws.get_waiter("table_not_exists").wait(TableName="reborn", WaiterConfig=SOON)
