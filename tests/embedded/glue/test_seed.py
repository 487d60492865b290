"""The demo's jobs: they run, the poisoned row fails, and what is deleted does not come back."""

import json
from collections.abc import Callable

from tests.embedded.glue.conftest import FINAL, Bench
from tests.embedded.glue.test_ends import until
from tests.embedded.process import Embedded


def test_the_demo_jobs_run_and_are_made_once(fresh: Callable[..., Embedded]) -> None:
    aws = fresh(seed=("glue",))
    mark = aws.home / "state" / "seeded-glue"
    assert until(mark.exists, 60)
    bench = Bench(aws)
    names = ["addresses-to-json", "addresses-to-json-spark", "count-slowly", "sum-orders"]
    assert [job["Name"] for job in bench.glue.get_jobs()["Jobs"]] == names
    run = bench.ran("addresses-to-json")
    assert run["JobRunState"] == "SUCCEEDED", run
    body = bench.s3.get_object(Bucket="trellis-glue", Key="output/addresses.jsonl")["Body"].read().decode()
    rows = [json.loads(line) for line in body.splitlines()]
    assert [row["id"] for row in rows] == list(range(1, 11))
    assert list(rows[0]) == ["id", "location_id", "street", "city", "state"]
    assert bench.lines(run["Id"])[-1] == "10 rows written to s3://trellis-glue/output/addresses.jsonl"
    failed = bench.ran("sum-orders")
    assert failed["JobRunState"] == "FAILED"
    assert "ConversionSyntax" in failed["ErrorMessage"]
    assert bench.lines(failed["Id"])[-1] == "line 8: order 1007"
    run_id = bench.start("count-slowly")
    assert bench.line(run_id) == "progress 1/60 (1 %)"
    bench.glue.batch_stop_job_run(JobName="count-slowly", JobRunIds=[run_id])
    assert bench.until("count-slowly", run_id, *FINAL)["JobRunState"] == "STOPPED"
    assert bench.glue.get_trigger(Name="addresses-every-morning")["Trigger"]["State"] == "CREATED"
    tables = bench.glue.get_tables(DatabaseName="trellis")["TableList"]
    assert [table["Name"] for table in tables] == ["addresses", "orders"]
    bench.glue.delete_job(JobName="sum-orders")
    aws.stop()
    again = Bench(fresh(seed=("glue",)))
    assert [job["Name"] for job in again.glue.get_jobs()["Jobs"]] == names[:3]
