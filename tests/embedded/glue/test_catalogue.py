"""The Data Catalog: what is relied on when databases, tables and partitions are listed and shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.glue.conftest import Bench


@pytest.fixture
def shop(bench: Bench) -> Iterator[Bench]:
    glue = bench.glue
    glue.create_database(DatabaseInput={"Name": "shop", "Description": "All sold"})
    keys = [{"Name": "year", "Type": "int"}, {"Name": "country", "Type": "string"}]
    for name in ("orders", "order_items", "customers"):
        storage = {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": f"s3://b/{name}/"}
        fields = {"Name": name, "StorageDescriptor": storage, "PartitionKeys": keys if name == "orders" else []}
        glue.create_table(DatabaseName="shop", TableInput={**fields, "TableType": "EXTERNAL_TABLE"})
    values = [["2024", "DE"], ["2025", "DE"], ["2025", "FR"]]
    found = glue.batch_create_partition(
        DatabaseName="shop", TableName="orders", PartitionInputList=[{"Values": one} for one in values]
    )
    assert found["Errors"] == []
    yield bench
    glue.delete_database(Name="shop")


def code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_databases_and_tables_are_shown(shop: Bench) -> None:
    glue = shop.glue
    assert glue.get_database(Name="shop")["Database"]["Description"] == "All sold"
    assert "shop" in [one["Name"] for one in glue.get_databases()["DatabaseList"]]
    table = glue.get_table(DatabaseName="shop", Name="orders")["Table"]
    assert table["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "bigint"}]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "country"]
    pages = glue.get_paginator("get_tables").paginate(DatabaseName="shop", PaginationConfig={"PageSize": 2})
    assert [len(page["TableList"]) for page in pages] == [2, 1]
    found = glue.get_tables(DatabaseName="shop", Expression="order.*")["TableList"]
    assert [one["Name"] for one in found] == ["orders", "order_items"]
    assert glue.get_tables(DatabaseName="shop", Expression="order")["TableList"] == []
    assert code(glue.get_tables, DatabaseName="shop", Expression="(") == "InvalidInputException"
    assert code(glue.get_tables, DatabaseName="none") == "EntityNotFoundException"
    assert code(glue.get_table, DatabaseName="shop", Name="none") == "EntityNotFoundException"
    assert code(glue.create_database, DatabaseInput={"Name": "shop"}) == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("year = 2025", [["2025", "DE"], ["2025", "FR"]]),
        ("year < '2025'", [["2024", "DE"]]),
        ("year >= 2024 AND country <> 'DE'", [["2025", "FR"]]),
        ("(country = 'DE') and (year = 2024)", [["2024", "DE"]]),
        ("country = 'IT'", []),
    ],
)
def test_partitions_are_found(shop: Bench, expression: str, values: list[list[str]]) -> None:
    found = shop.glue.get_partitions(DatabaseName="shop", TableName="orders", Expression=expression)["Partitions"]
    assert [one["Values"] for one in found] == values


def test_what_partitions_cannot_be(shop: Bench) -> None:
    names = {"DatabaseName": "shop", "TableName": "orders"}
    for expression in ("nothing = 1", "year in (2024)", "year = 'x'", "year"):
        assert code(shop.glue.get_partitions, **names, Expression=expression) == "InvalidInputException"
    assert code(shop.glue.create_partition, **names, PartitionInput={"Values": ["1"]}) == "InvalidInputException"
    again = {"PartitionInput": {"Values": ["2024", "DE"]}}
    assert code(shop.glue.create_partition, **names, **again) == "AlreadyExistsException"
    for missing in ({"DatabaseName": "shop", "TableName": "none"}, {"DatabaseName": "none", "TableName": "orders"}):
        assert code(shop.glue.get_partitions, **missing) == "EntityNotFoundException"
