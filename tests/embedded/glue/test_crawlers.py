"""Crawlers make tables of what they find in S3, with Glue's names of types; the Data Catalog shows them."""

import gzip
import io
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError

from embedded.overlays.glue import infer, parquet
from embedded.overlays.glue.places import groups
from tests.embedded.glue.conftest import ROLE, Bench
from tests.embedded.glue.test_ends import until
from tests.embedded.glue.test_spark import ADDRESSES


def parquet_file(table: Any) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def crawled(bench: Bench, name: str, path: str, **fields: Any) -> dict[str, Any]:
    bench.glue.create_crawler(
        Name=name, Role=ROLE, DatabaseName="crawled", Targets={"S3Targets": [{"Path": path}]}, **fields
    )
    bench.glue.start_crawler(Name=name)
    assert until(lambda: bench.glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")
    found: dict[str, Any] = bench.glue.get_crawler(Name=name)["Crawler"]
    return found


def columns(table: dict[str, Any]) -> dict[str, str]:
    return {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}


def test_csv_json_and_parquet_become_tables(bench: Bench) -> None:
    put = bench.s3.put_object
    put(Bucket=bench.bucket, Key="lake/addresses/addresses.csv", Body=ADDRESSES.encode())
    lines = b'{"id": 1, "price": 1.5, "tags": ["a"], "where": {"city": "x"}}\n{"id": 2, "price": 2, "ok": true}\n'
    put(Bucket=bench.bucket, Key="lake/orders/orders.json.gz", Body=gzip.compress(lines))
    rows = pa.table({"n": pa.array([1, 2], pa.int64()), "name": ["a", "b"]})
    put(Bucket=bench.bucket, Key="lake/people/part-0.parquet", Body=parquet_file(rows))
    put(Bucket=bench.bucket, Key="lake/people/_SUCCESS", Body=b"")
    put(Bucket=bench.bucket, Key="lake/pictures/a.png", Body=b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    crawler = crawled(bench, "lake", f"s3://{bench.bucket}/lake/", TablePrefix="t_")
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler
    tables = {table["Name"]: table for table in bench.glue.get_tables(DatabaseName="crawled")["TableList"]}
    assert sorted(tables) == ["t_addresses", "t_orders", "t_people"]
    expected = {"id": "bigint", "location_id": "bigint", "address_1": "string", "city": "string"}
    assert columns(tables["t_addresses"]) == {**expected, "state_province": "string"}
    csv_table = tables["t_addresses"]
    assert csv_table["Parameters"]["classification"] == "csv"
    assert csv_table["Parameters"]["skip.header.line.count"] == "1"
    assert csv_table["StorageDescriptor"]["Location"] == f"s3://{bench.bucket}/lake/addresses/"
    orders = {"id": "int", "price": "double", "tags": "array<string>", "where": "struct<city:string>", "ok": "boolean"}
    assert columns(tables["t_orders"]) == orders
    assert columns(tables["t_people"]) == {"n": "bigint", "name": "string"}
    assert tables["t_people"]["Parameters"]["recordCount"] == "2"
    metrics = bench.glue.get_crawler_metrics(CrawlerNameList=["lake"])["CrawlerMetricsList"][0]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"]) == (3, 0)
    bench.glue.start_crawler(Name="lake")
    assert until(lambda: bench.glue.get_crawler(Name="lake")["Crawler"]["State"] == "READY")
    metrics = bench.glue.get_crawler_metrics(CrawlerNameList=["lake"])["CrawlerMetricsList"][0]
    assert (metrics["TablesCreated"], metrics["TablesUpdated"]) == (0, 3)


def test_folders_with_keys_are_partitions(bench: Bench) -> None:
    for year, month in (("2025", "12"), ("2026", "01")):
        key = f"sales/year={year}/month={month}/part.csv"
        bench.s3.put_object(Bucket=bench.bucket, Key=key, Body=b"id,amount\n1,2.5\n2,3\n")
    assert crawled(bench, "sales", f"s3://{bench.bucket}/sales")["LastCrawl"]["Status"] == "SUCCEEDED"
    table = bench.glue.get_table(DatabaseName="crawled", Name="sales")["Table"]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "month"]
    assert columns(table) == {"id": "bigint", "amount": "double"}
    found = bench.glue.get_partitions(DatabaseName="crawled", TableName="sales")["Partitions"]
    assert [one["Values"] for one in found] == [["2025", "12"], ["2026", "01"]]
    where = f"s3://{bench.bucket}/sales/year=2025/month=12/"
    assert found[0]["StorageDescriptor"]["Location"] == where


def test_a_crawl_that_fails_says_so_and_what_is_not_done_is_refused(bench: Bench) -> None:
    crawler = crawled(bench, "nowhere", "s3://no-such-bucket-here/x/")
    assert crawler["LastCrawl"]["Status"] == "FAILED"
    assert "no-such-bucket-here" in crawler["LastCrawl"]["ErrorMessage"]
    with pytest.raises(ClientError) as error:
        bench.glue.create_crawler(Name="d", Role=ROLE, DatabaseName="d", Targets={"DynamoDBTargets": [{"Path": "t"}]})
    assert error.value.response["Error"]["Code"] == "InvalidInputException"
    for call in (bench.glue.start_crawler, bench.glue.get_crawler, bench.glue.stop_crawler):
        with pytest.raises(ClientError) as error:
            call(Name="none")
        assert error.value.response["Error"]["Code"] == "EntityNotFoundException"
    with pytest.raises(ClientError) as error:
        bench.glue.stop_crawler(Name="nowhere")
    assert error.value.response["Error"]["Code"] == "CrawlerNotRunningException"
    bench.glue.delete_crawler(Name="nowhere")
    assert "nowhere" not in bench.glue.list_crawlers()["CrawlerNames"]


def test_the_types_of_parquet() -> None:
    kinds = {
        "b": (pa.bool_(), "boolean"),
        "i8": (pa.int8(), "tinyint"),
        "i16": (pa.int16(), "smallint"),
        "i32": (pa.int32(), "int"),
        "i64": (pa.int64(), "bigint"),
        "f": (pa.float32(), "float"),
        "d": (pa.float64(), "double"),
        "s": (pa.string(), "string"),
        "x": (pa.binary(), "binary"),
        "day": (pa.date32(), "date"),
        "ts": (pa.timestamp("ms"), "timestamp"),
        "dec": (pa.decimal128(12, 3), "decimal(12,3)"),
        "list": (pa.list_(pa.int64()), "array<bigint>"),
        "structs": (pa.list_(pa.struct([("a", pa.int32()), ("b", pa.string())])), "array<struct<a:int,b:string>>"),
        "struct": (pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]), "struct<a:int,b:array<string>>"),
        "map": (pa.map_(pa.string(), pa.int64()), "map<string,bigint>"),
    }
    data = parquet_file(pa.table({name: pa.nulls(3, kind) for name, (kind, _) in kinds.items()}))
    length = parquet.footer_length(data[-8:])
    found, rows = parquet.columns(data[-8 - length : -8])
    assert dict(found) == {name: expected for name, (_, expected) in kinds.items()}
    assert rows == 3


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 100, b"\x15\xff\xff\xff", bytes(range(256))])
def test_what_is_no_parquet_is_refused(data: bytes) -> None:
    with pytest.raises(parquet.ParquetError):
        parquet.footer_length(data[-8:])
    with pytest.raises(parquet.ParquetError):
        parquet.columns(data)


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("id,name\n1,a\n2,b\n", "csv", [("id", "bigint"), ("name", "string")]),
        ("\ufeffid;name\n1;a\n", "csv", [("id", "bigint"), ("name", "string")]),
        ("a,b\nc,d\n", "csv", [("col0", "string"), ("col1", "string")]),
        ("1,2.5\n3,4\n", "csv", [("col0", "bigint"), ("col1", "double")]),
        ('id,note\n1,"two\nlines, and ""quotes"""\n2,x\n', "csv", [("id", "bigint"), ("note", "string")]),
        ("n,n\n1,2\n", "csv", [("n", "bigint"), ("n#1", "bigint")]),
        ('{"a": 1}\n{"a": 3000000000}\n', "json", [("a", "bigint")]),
        ('{"a": 1}\n{"a": "x", "b": null}\n', "json", [("a", "string"), ("b", "string")]),
        ('[\n {"a": 1},\n {"a": 2.5}\n]\n', "json", [("a", "double")]),
        ('{\n "a": {"b": [1, 2]}\n}', "json", [("a", "struct<b:array<int>>")]),
    ],
)
def test_what_text_is(text: str, kind: str, found: list[tuple[str, str]]) -> None:
    told = infer.classify(text.encode(), whole=True)
    assert told is not None
    assert (told.kind, told.columns) == (kind, found)


@pytest.mark.parametrize("text", ["", "\n\n", "one line", "one,line,only\n", "no\ncolumns\nhere\n", "{broken"])
def test_what_no_classifier_knows(text: str) -> None:
    assert infer.classify(text.encode(), whole=True) is None


def test_folders_make_tables() -> None:
    objects = [("a/x/1.csv", 1), ("a/x/2.csv", 1), ("a/y/1.csv", 1)]
    assert [(group.name, group.location) for group in groups("b", "a/", objects)] == [
        ("x", "s3://b/a/x/"),
        ("y", "s3://b/a/y/"),
    ]
    assert [group.name for group in groups("My-Bucket", "", [("f.csv", 1)])] == ["my_bucket"]
    assert [group.name for group in groups("b", "a/F 1.csv", [("a/F 1.csv", 1)])] == ["f_1_csv"]
