"""Python shell jobs run for real: their arguments, their environment, their end."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.glue.conftest import ROLE, Bench


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


def test_a_job_runs_and_its_output_is_logged(bench: Bench) -> None:
    name = bench.job("hello", "import sys\nprint('hello')\nprint('oops', file=sys.stderr)\n")
    run = bench.ran(name)
    assert run["JobRunState"] == "SUCCEEDED", run
    assert "ErrorMessage" not in run
    assert (run["MaxCapacity"], run["Attempt"], run["LogGroupName"]) == (0.0625, 0, "/aws-glue/python-jobs")
    assert run["StartedOn"] <= run["CompletedOn"]
    assert run["DPUSeconds"] >= 0
    assert bench.lines(run["Id"]) == ["hello"]
    assert bench.lines(run["Id"], "error") == ["oops"]


def test_arguments_arrive_as_they_were_sent(bench: Bench) -> None:
    script = "import json, sys\nfrom awsglue.utils import getResolvedOptions\nprint(json.dumps(sys.argv[1:]))\n"
    script += "print(json.dumps(getResolvedOptions(sys.argv, ['JOB_NAME', 'spaces', 'a_1', 'fixed', 'both'])))\n"
    values = {
        "--spaces": "two words",
        "--quotes": 'it\'s "so"',
        "--unicode": "größe ✓ 東京",
        "--dashes": "a--b",
        "--empty": "",
        **{f"--a_{number}": f"value {number}" for number in range(50)},
    }
    name = bench.job(
        "arguments",
        script,
        DefaultArguments={"--both": "default", "--other": "default"},
        NonOverridableArguments={"--fixed": "fixed"},
    )
    run = bench.ran(name, Arguments={**values, "--both": "run", "--fixed": "run"})
    assert run["JobRunState"] == "SUCCEEDED", run
    argv, options = (json.loads(line) for line in bench.lines(run["Id"]))
    assert argv[:4] == ["--JOB_NAME", name, "--JOB_RUN_ID", run["Id"]]
    seen = dict(zip(argv[4::2], argv[5::2], strict=True))
    assert seen == {**values, "--both": "run", "--other": "default", "--fixed": "fixed"}
    expected = {"JOB_NAME": name, "spaces": "two words", "a_1": "value 1", "fixed": "fixed", "both": "run"}
    assert expected.items() <= options.items()
    assert run["Arguments"] == {**values, "--both": "run", "--fixed": "run"}


def test_a_missing_argument_is_glues_own_error(bench: Bench) -> None:
    script = "import sys\nfrom awsglue.utils import getResolvedOptions\ngetResolvedOptions(sys.argv, ['there'])\n"
    name = bench.job("missing-argument", script)
    run = bench.ran(name)
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"] == "awsglue.utils.GlueArgumentError: the following arguments are required: --there"


def test_the_environment_shows_nothing_of_the_host_and_reaches_this_account(bench: Bench) -> None:
    script = "import json, os, boto3\nprint(json.dumps(dict(os.environ)))\nprint(os.getcwd())\n"
    script += "print(boto3.client('sts').get_caller_identity()['Account'], boto3.client('s3').meta.region_name)\n"
    other = Bench(bench.aws, {"aws_access_key_id": "222233334444", "region_name": "eu-west-1"})
    run = other.ran(other.job("environment", script))
    assert run["JobRunState"] == "SUCCEEDED", run
    environment, folder, identity = other.lines(run["Id"])
    assert identity == "222233334444 eu-west-1"
    for hidden in (str(bench.aws.ready["secret_key"]), str(bench.aws.home), "MINISTACK", "TRELLIS"):
        assert hidden not in environment
    assert "/glue-python-scripts-" in folder
    assert not Path(folder).exists()
    assert refused(bench.glue.get_job, JobName="environment")[0] == "EntityNotFoundException"


@pytest.mark.parametrize(
    ("name", "script", "message"),
    [
        ("raises", "def f():\n    return 1 / 0\nf()\n", "ZeroDivisionError: division by zero"),
        ("lines", "raise ValueError('one\\ntwo')\n", "ValueError: one\ntwo"),
        ("chain", "try:\n    1 / 0\nexcept Exception as e:\n    raise KeyError('k') from e\n", "KeyError: 'k'"),
        ("syntax", "x = 1\nprint(\n", "SyntaxError: '(' was never closed (syntax.py, line 2)"),
        ("exits", "import sys\nsys.exit(3)\n", "Command failed with exit code 3"),
        ("ends", "import os\nos._exit(4)\n", "Command failed with exit code 4"),
        (
            "killed",
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
            "Command failed with exit code 137 (SIGKILL)",
        ),
        ("imports", "import nothing_such\n", "ModuleNotFoundError: No module named 'nothing_such'"),
        ("empty", "\n", "The script s3://glue-tests-main/empty.py is empty."),
    ],
)
def test_a_script_that_fails_says_why(bench: Bench, name: str, script: str, message: str) -> None:
    run = bench.ran(bench.job(name, script))
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", message)


@pytest.mark.parametrize("script", ["import sys\nsys.exit(0)\n", "import os\nos._exit(0)\n"])
def test_exit_code_zero_is_success(bench: Bench, script: str, request: pytest.FixtureRequest) -> None:
    assert bench.ran(bench.job(f"zero-{len(script)}", script))["JobRunState"] == "SUCCEEDED"


def test_a_script_that_is_gone_fails(bench: Bench) -> None:
    name = bench.job("gone", "print(1)")
    bench.s3.delete_object(Bucket=bench.bucket, Key="gone.py")
    message = f"Error downloading from S3 for bucket: {bench.bucket}, key: gone.py. The specified key does not exist."
    run = bench.ran(name)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", message)
    bench.glue.update_job(
        JobName=name,
        JobUpdate={"Role": ROLE, "Command": {"Name": "pythonshell", "ScriptLocation": "s3://no-such-bucket/x.py"}},
    )
    assert "bucket does not exist" in bench.ran(name)["ErrorMessage"]


def test_a_role_that_glue_may_not_assume_fails(bench: Bench) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    arn = bench.iam.create_role(RoleName="not-for-glue", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    bench.job("role", "print(1)")
    for role in (arn, "arn:aws:iam::000000000000:role/none"):
        bench.glue.update_job(JobName="role", JobUpdate={"Role": role})
        run = bench.ran("role")
        expected = f"Role {role} should be given assume role permissions for Glue Service."
        assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", expected)


def test_extra_files_are_there(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="lib/helper_of_test.py", Body=b"ANSWER = 42\n")
    bench.s3.put_object(Bucket=bench.bucket, Key="lib/data.txt", Body=b"data")
    name = bench.job("extra", "import helper_of_test\nprint(helper_of_test.ANSWER, open('data.txt').read())\n")
    run = bench.ran(
        name,
        Arguments={
            "--extra-py-files": f"s3://{bench.bucket}/lib/helper_of_test.py",
            "--extra-files": f"s3://{bench.bucket}/lib/data.txt",
        },
    )
    assert run["JobRunState"] == "SUCCEEDED", run
    assert bench.lines(run["Id"]) == ["42 data"]


def test_modules_are_not_installed(bench: Bench) -> None:
    name = bench.job("modules", "print(1)")
    code, message = refused(bench.glue.start_job_run, JobName=name, Arguments={"--additional-python-modules": "x==1"})
    assert code == "InvalidInputException"
    assert "--extra-py-files" in message


def test_runs_are_listed_newest_first_in_pages(bench: Bench) -> None:
    name = bench.job("listed", "print(1)", ExecutionProperty={"MaxConcurrentRuns": 5})
    started = [bench.start(name) for _ in range(5)]
    for run_id in started:
        bench.until(name, run_id)
    pages = bench.glue.get_paginator("get_job_runs").paginate(JobName=name, PaginationConfig={"PageSize": 2})
    assert [[run["Id"] for run in page["JobRuns"]] for page in pages] == [started[:2:-1], started[2:0:-1], started[:1]]
    assert refused(bench.glue.get_job_runs, JobName="none")[0] == "EntityNotFoundException"
    assert refused(bench.glue.get_job_run, JobName=name, RunId="jr_0")[0] == "EntityNotFoundException"
    assert refused(bench.glue.start_job_run, JobName="none")[0] == "EntityNotFoundException"


def test_bookmarks_are_not_kept(bench: Bench) -> None:
    name = bench.job("bookmark", "print(1)")
    for call in (bench.glue.reset_job_bookmark, bench.glue.get_job_bookmark):
        assert refused(call, JobName=name)[0] == "EntityNotFoundException"
