"""Spark jobs run for real where PySpark and Java are; elsewhere they fail at once and say what is missing."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded.overlays.glue.asked import NotReadyError
from embedded.overlays.glue.spark import VENV, find_spark
from tests.embedded.glue.conftest import Bench
from tests.embedded.process import ROOT, Embedded

ADDRESSES = "id,location_id,address_1,city,state_province\n" + "".join(
    f'{number},{number},"{number} Marigold Street, #{number}",Palo Alto,CA\n' for number in range(1, 11)
)
# What Glue Studio writes for a visual job: CSV source, mapping, JSON target.
GENERATED = """
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsgluedq.transforms import EvaluateDataQuality

args = getResolvedOptions(sys.argv, ["JOB_NAME", "BUCKET"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
S3bucket_node1 = glueContext.create_dynamic_frame.from_options(
    format_options={"quoteChar": '"', "withHeader": True, "separator": ",", "optimizePerformance": False},
    connection_type="s3",
    format="csv",
    connection_options={"paths": ["s3://" + args["BUCKET"] + "/spark/in/addresses.csv"], "recurse": True},
    transformation_ctx="S3bucket_node1",
)
ApplyMapping_node2 = ApplyMapping.apply(
    frame=S3bucket_node1,
    mappings=[
        ("id", "string", "id", "long"),
        ("address_1", "string", "street", "string"),
        ("city", "string", "place.city", "string"),
        ("nothing", "string", "nothing", "string"),
    ],
    transformation_ctx="ApplyMapping_node2",
)
EvaluateDataQuality().process_rows(
    frame=ApplyMapping_node2,
    ruleset='''
    Rules = [
        ColumnCount > 0
    ]
''',
    publishing_options={
        "dataQualityEvaluationContext": "EvaluateDataQuality_node1",
        "enableDataQualityResultsPublishing": True,
    },
    additional_options={"dataQualityResultsPublishing.strategy": "BEST_EFFORT", "observations.scope": "ALL"},
)
S3bucket_node3 = glueContext.write_dynamic_frame.from_options(
    frame=ApplyMapping_node2,
    connection_type="s3",
    format="json",
    connection_options={"path": "s3://" + args["BUCKET"] + "/spark/out/", "partitionKeys": []},
    transformation_ctx="S3bucket_node3",
)
print("rows:", ApplyMapping_node2.count())
job.commit()
"""
OWN = """
import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
bucket = getResolvedOptions(sys.argv, ["BUCKET"])["BUCKET"]
context = GlueContext(SparkContext.getOrCreate())
spark = context.spark_session
rows = spark.read.option("header", "true").csv(f"s3://{bucket}/spark/in/*.csv")
rows.write.mode("overwrite").parquet(f"s3://{bucket}/spark/own/")
frame = context.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}/spark/own/"]}, "parquet")
frame = frame.rename_field("state_province", "state").drop_fields(["location_id"])
frame = frame.resolveChoice(specs=[("id", "cast:long")])
frame = Filter.apply(frame=frame, f=lambda row: row["id"] > 8)
frame = Map.apply(frame=frame, f=lambda row: {**row, "twice": row["id"] * 2})
print(sorted(frame.toDF().columns), frame.count(), DynamicFrame.fromDF(frame.toDF(), context, "x").count())
print(sorted(row["twice"] for row in frame.toDF().collect()))
context.write_dynamic_frame.from_options(
    frame, "s3", {"path": f"s3://{bucket}/spark/csv", "partitionKeys": ["state"]}, "csv", {"separator": ";"}
)
print(context.create_dynamic_frame.from_catalog(database="spark", table_name="addresses").toDF().dtypes[:2])
try:
    spark.read.json(f"s3://{bucket}/spark/none/")
except FileNotFoundError as error:
    print(error)
1 / 0
"""


def missing() -> str:
    try:
        find_spark(VENV)
    except NotReadyError as error:
        return str(error)
    return ""


spark = pytest.mark.skipif(bool(missing()), reason=missing() or "Spark is here")


@spark
@pytest.mark.timeout(300)
def test_the_script_that_glue_studio_writes_runs(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="spark/in/addresses.csv", Body=ADDRESSES.encode())
    name = bench.job("generated", GENERATED, "glueetl", WorkerType="G.1X", NumberOfWorkers=2)
    run = bench.until(name, bench.start(name, Arguments={"--BUCKET": bench.bucket}), seconds=280)
    assert run["JobRunState"] == "SUCCEEDED", run
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.1X", 2, 2.0)
    assert bench.lines(run["Id"], "output", "/aws-glue/jobs") == ["rows: 10"]
    keys = [found["Key"] for found in bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix="spark/out/")["Contents"]]
    assert all(key.rpartition("/")[2].startswith("run-") for key in keys)
    written: list[dict[str, object]] = []
    for key in keys:
        body = bench.s3.get_object(Bucket=bench.bucket, Key=key)["Body"].read().decode()
        written += [json.loads(line) for line in io.StringIO(body)]
    expected = [
        {"id": number, "street": f"{number} Marigold Street, #{number}", "place": {"city": "Palo Alto"}}
        for number in range(1, 11)
    ]
    assert sorted(written, key=str) == sorted(expected, key=str)


@spark
@pytest.mark.timeout(300)
def test_a_script_of_ones_own_reads_and_writes_s3_and_tells_its_line(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="spark/in/addresses.csv", Body=ADDRESSES.encode())
    storage = {
        "Columns": [{"Name": "number", "Type": "bigint"}, {"Name": "place", "Type": "string"}],
        "Location": f"s3://{bench.bucket}/spark/in/",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"},
    }
    parameters = {"classification": "csv", "skip.header.line.count": "1"}
    bench.glue.create_database(DatabaseInput={"Name": "spark"})
    table = {"Name": "addresses", "StorageDescriptor": storage, "Parameters": parameters}
    bench.glue.create_table(DatabaseName="spark", TableInput=table)
    name = bench.job("own", OWN, "glueetl")
    run = bench.until(name, bench.start(name, Arguments={"--BUCKET": bench.bucket}), seconds=280)
    line = OWN.splitlines().index("1 / 0") + 1
    message = f"Error Category: UNCLASSIFIED_ERROR; Failed Line Number: {line}; ZeroDivisionError: division by zero"
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", message), bench.lines(
        run["Id"], "error", "/aws-glue/jobs"
    )
    columns, twice, typed, gone = bench.lines(run["Id"], "output", "/aws-glue/jobs")
    assert columns == "['address_1', 'city', 'id', 'state', 'twice'] 2 2"
    assert twice == "[18, 20]"
    assert typed == "[('number', 'bigint'), ('place', 'string')]"
    assert gone.startswith("Path does not exist: s3://")
    keys = [found["Key"] for found in bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix="spark/csv/")["Contents"]]
    assert all(key.startswith("spark/csv/state=CA/run-") for key in keys)
    body = bench.s3.get_object(Bucket=bench.bucket, Key=keys[0])["Body"].read().decode()
    assert body.splitlines()[0] == "address_1;city;id;twice"


@spark
@pytest.mark.timeout(300)
def test_the_demos_spark_job_runs(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="spark/in/addresses.csv", Body=ADDRESSES.encode())
    name = bench.job("demo", (ROOT / "embedded/seed/glue/addresses_to_json_spark.py").read_text(), "glueetl")
    places = {"--INPUT": f"s3://{bench.bucket}/spark/in/addresses.csv", "--OUTPUT": f"s3://{bench.bucket}/spark/demo/"}
    run = bench.until(name, bench.start(name, Arguments=places), seconds=280)
    assert run["JobRunState"] == "SUCCEEDED", run
    assert bench.lines(run["Id"], "output", "/aws-glue/jobs") == [f"10 rows written below {places['--OUTPUT']}"]


def test_a_run_without_spark_fails_at_once(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "glue.json").write_text(json.dumps({"spark": str(tmp_path / "none")}))
    bench = Bench(fresh())
    run = bench.ran(bench.job("nowhere", GENERATED, "glueetl"))
    assert run["JobRunState"] == "FAILED"
    assert "PySpark is not installed: run `make spark`" in run["ErrorMessage"]


def test_where_spark_is_not_it_is_said_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError) as error:
        find_spark(tmp_path)
    assert "PySpark is not installed: run `make spark`" in str(error.value)
