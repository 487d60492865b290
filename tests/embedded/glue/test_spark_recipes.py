"""What the page writes for Spark runs there: the book's CSV to JSON and Parquet, row by row; how such a job fails."""

import csv
import io
import json
from typing import Any

import pytest

from app.blueprints.glue.service.recipes import spark as recipe
from app.blueprints.glue.service.recipes.columns import Column
from tests.embedded.glue.conftest import Bench
from tests.embedded.glue.test_spark import missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"no PySpark: make spark. {missing()}"),
    pytest.mark.timeout(300),
]
CSV = (
    "id,location_id,address_1,city,state_province,price,open\n"
    '1,1,"2600 Middlefield Road, ""Annex""",Redwood City,CA,1.5,true\n'
    '2,2,"24 Second\nAvenue",San Mateo,CA,,false\n'
    "3,9007199254740993,Zoë's 🦉,San José,CA,-0.25,true\n"
)
COLUMNS = (
    Column("id", "id", "whole"),
    Column("location_id", "place", "whole"),
    Column("address_1", "street"),
    Column("city", "city"),
    Column("state_province", "state", keep=False),
    Column("price", "price", "number"),
    Column("open", "is_open", "flag"),
)


def wanted() -> list[dict[str, Any]]:
    """Return what the mapping makes of the CSV, by the standard library."""
    rows = csv.DictReader(io.StringIO(CSV, newline=""))
    return [
        {
            "id": int(one["id"]),
            "place": int(one["location_id"]),
            "street": one["address_1"],
            "city": one["city"],
            "price": float(one["price"]) if one["price"] else None,
            "is_open": one["open"] == "true",
        }
        for one in rows
    ]


def run(bench: Bench, name: str, form: str, source: str) -> tuple[dict[str, Any], str]:
    """Run the recipe's job; return its run, and where it wrote."""
    bench.s3.put_object(Bucket=bench.bucket, Key="recipes/in/addresses.csv", Body=CSV.encode())
    target = f"recipes/{name}/"
    job = bench.job(name, recipe.csv_to(form, COLUMNS), "glueetl", WorkerType="G.1X", NumberOfWorkers=2)
    places = {"--INPUT": f"s3://{bench.bucket}/{source}", "--OUTPUT": f"s3://{bench.bucket}/{target}"}
    return bench.until(job, bench.start(job, Arguments=places), seconds=280), target


def objects(bench: Bench, prefix: str) -> list[bytes]:
    """Return what lies below a place."""
    found = bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix=prefix).get("Contents", [])
    return [bench.s3.get_object(Bucket=bench.bucket, Key=one["Key"])["Body"].read() for one in found]


def test_the_books_csv_becomes_json_row_by_row(bench: Bench) -> None:
    ended, target = run(bench, "spark-json", "json", "recipes/in/")
    assert ended["JobRunState"] == "SUCCEEDED", ended
    lines = [line for body in objects(bench, target) for line in body.decode("utf-8").split("\n") if line]
    rows = sorted((json.loads(line) for line in lines), key=lambda row: row["id"])
    # Spark leaves out of JSON what is null.
    assert rows == [{name: value for name, value in row.items() if value is not None} for row in wanted()]
    said = bench.lines(ended["Id"], "output", "/aws-glue/jobs")
    assert said == [f"3 rows written below s3://{bench.bucket}/{target}"]


def test_the_books_csv_becomes_parquet_row_by_row(bench: Bench) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    ended, target = run(bench, "spark-parquet", "parquet", "recipes/in/addresses.csv")
    assert ended["JobRunState"] == "SUCCEEDED", ended
    rows = [row for body in objects(bench, target) for row in parquet.read_table(io.BytesIO(body)).to_pylist()]
    assert sorted(rows, key=lambda row: row["id"]) == wanted()


def test_a_recipe_whose_input_is_not_there_fails_and_writes_nothing(bench: Bench) -> None:
    ended, target = run(bench, "spark-nothing", "json", "recipes/none.csv")
    assert ended["JobRunState"] == "FAILED"
    assert "recipes/none.csv" in ended["ErrorMessage"], ended["ErrorMessage"]
    assert objects(bench, target) == []
