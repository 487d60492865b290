"""Job definitions are checked as Glue checks them, and kept as they were given."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.glue.conftest import ROLE, Bench
from tests.embedded.process import Embedded

SHELL = {"Name": "pythonshell", "ScriptLocation": "s3://b/k.py"}
ETL = {"Name": "glueetl", "ScriptLocation": "s3://b/k.py"}


def refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Command": {**SHELL, "Name": "other"}}, "command other is not supported"),
        ({"Command": {"Name": "pythonshell"}}, "ScriptLocation"),
        ({"Command": {**SHELL, "ScriptLocation": "/tmp/x.py"}}, "ScriptLocation"),
        ({"Command": {**SHELL, "PythonVersion": "3.12"}}, "Python version 3.12"),
        ({"Command": SHELL, "Role": "not a role!"}, "neither the name nor the ARN"),
        ({"Command": SHELL, "WorkerType": "G.1X"}, "Worker Type is not supported for Job Command pythonshell"),
        ({"Command": SHELL, "NumberOfWorkers": 2}, "Number of Workers is not supported"),
        ({"Command": SHELL, "MaxCapacity": 0.5}, "0.0625 or 1"),
        ({"Command": SHELL, "MaxRetries": 11}, "MaxRetries"),
        ({"Command": SHELL, "Timeout": 20_000}, "Timeout"),
        ({"Command": SHELL, "GlueVersion": "9"}, "Glue version 9"),
        ({"Command": SHELL, "ExecutionProperty": {"MaxConcurrentRuns": 0}}, "MaxConcurrentRuns"),
        ({"Command": ETL, "WorkerType": "G.1X"}, "both Worker Type and Number of Workers"),
        ({"Command": ETL, "WorkerType": "Z.9X", "NumberOfWorkers": 2}, "Worker type Z.9X"),
        ({"Command": ETL, "WorkerType": "G.1X", "NumberOfWorkers": 2, "MaxCapacity": 2.0}, "do not set Max Capacity"),
        ({"Command": ETL, "MaxCapacity": 0.0625}, "from 2 to 1000"),
        ({"Command": SHELL, "Name": "n" * 256}, "255"),
        ({"Command": SHELL, "Name": "new\nline"}, "printable"),
    ],
)
def test_jobs_that_cannot_be_are_refused(bench: Bench, fields: dict[str, Any], words: str) -> None:
    code, message = refusal(bench.glue.create_job, **{"Name": "bad", "Role": ROLE, **fields})
    assert code == "InvalidInputException"
    assert words in message


def test_a_job_is_kept_changed_and_deleted(bench: Bench) -> None:
    glue = bench.glue
    glue.create_job(Name="kept", Role=ROLE, Command=SHELL, Tags={"team": "a"}, Description="d", Timeout=5)
    job = glue.get_job(JobName="kept")["Job"]
    assert (job["MaxCapacity"], job["Timeout"], job["Description"]) == (0.0625, 5, "d")
    assert job["Command"] == {**SHELL, "PythonVersion": "3.9"}
    assert "WorkerType" not in job
    assert "kept" in glue.list_jobs()["JobNames"]
    assert glue.list_jobs(Tags={"team": "a"})["JobNames"] == ["kept"]
    arn = "arn:aws:glue:us-east-1:000000000000:job/kept"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "a"}
    found = glue.batch_get_jobs(JobNames=["kept", "none"])
    assert ([one["Name"] for one in found["Jobs"]], found["JobsNotFound"]) == (["kept"], ["none"])
    # An update replaces the definition as a whole.
    worker = {"WorkerType": "G.2X", "NumberOfWorkers": 3}
    glue.update_job(JobName="kept", JobUpdate={"Role": ROLE, "Command": ETL, **worker})
    job = glue.get_job(JobName="kept")["Job"]
    assert (job["MaxCapacity"], job["Timeout"], "Description" in job) == (6.0, 2880, False)
    assert refusal(glue.create_job, Name="kept", Role=ROLE, Command=SHELL)[0] == "AlreadyExistsException"
    glue.delete_job(JobName="kept")
    glue.delete_job(JobName="kept")
    assert refusal(glue.get_job, JobName="kept")[0] == "EntityNotFoundException"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {}


def test_jobs_come_in_pages(bench: Bench) -> None:
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        bench.glue.create_job(Name=name, Role=ROLE, Command=SHELL)
    pages = bench.glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2})
    found = [job["Name"] for page in pages for job in page["Jobs"]]
    assert [name for name in found if name in names] == names
    assert refusal(bench.glue.get_jobs, NextToken="bad")[0] == "InvalidInputException"


def test_the_command_line_starts_a_run_and_sees_it(fresh: Callable[..., Embedded]) -> None:
    bench = Bench(fresh())
    name = bench.job("from-the-cli", "print('from the command line')")

    def aws(*words: str) -> str:
        command = [
            str(Path(sys.executable).with_name("aws")),
            "--endpoint-url",
            bench.aws.endpoint,
            "glue",
            *words,
            "--output",
            "text",
        ]
        told = subprocess.run(command, env=bench.aws.env, capture_output=True, text=True, timeout=60, check=True)
        return told.stdout.strip()

    run_id = aws("start-job-run", "--job-name", name, "--query", "JobRunId")
    assert bench.until(name, run_id)["JobRunState"] == "SUCCEEDED"
    state = aws("get-job-run", "--job-name", name, "--run-id", run_id, "--query", "JobRun.JobRunState")
    assert state == "SUCCEEDED"
    assert bench.lines(run_id) == ["from the command line"]
