"""Glue on the embedded AWS: jobs from a few lines of script, followed to their end."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.embedded.process import Embedded

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
FINAL = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
ROLE = "glue-tests"


@dataclass
class Bench:
    """An embedded AWS with a bucket for scripts and a role that Glue may assume."""

    aws: Embedded
    keys: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.glue, self.logs = self.aws.client("glue", **self.keys), self.aws.client("logs", **self.keys)
        self.s3, self.iam = self.aws.client("s3", **self.keys), self.aws.client("iam", **self.keys)
        self.bucket = f"glue-tests-{self.keys.get('aws_access_key_id', 'main')}"
        if self.bucket not in [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]:
            region = self.keys.get("region_name")
            where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region else {}
            self.s3.create_bucket(Bucket=self.bucket, **where)
            self.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))

    def job(self, name: str, script: str, command: str = "pythonshell", **fields: Any) -> str:
        """Store a script and make a job of it."""
        self.s3.put_object(Bucket=self.bucket, Key=f"{name}.py", Body=script.encode())
        where = {"Name": command, "ScriptLocation": f"s3://{self.bucket}/{name}.py"}
        self.glue.create_job(Name=name, Role=ROLE, Command=where, **fields)
        return name

    def start(self, name: str, **fields: Any) -> str:
        """Start a run."""
        return str(self.glue.start_job_run(JobName=name, **fields)["JobRunId"])

    def run(self, name: str, run_id: str) -> dict[str, Any]:
        """Return a run."""
        found: dict[str, Any] = self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
        return found

    def until(self, name: str, run_id: str, *states: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a run is in one of these states (by default: ended)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            run = self.run(name, run_id)
            if run["JobRunState"] in (states or FINAL):
                return run
            time.sleep(0.05)
        raise TimeoutError(f"{name} is {run['JobRunState']}: {run.get('ErrorMessage')}")

    def ran(self, name: str, **fields: Any) -> dict[str, Any]:
        """Run a job to its end."""
        return self.until(name, self.start(name, **fields))

    def lines(self, run_id: str, part: str = "output", group: str = "/aws-glue/python-jobs") -> list[str]:
        """Return what a run wrote."""
        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.logs.get_log_events(
                logGroupName=f"{group}/{part}", logStreamName=run_id, startFromHead=True, **token
            )
            found += [event["message"] for event in page["events"]]
            if token.get("nextToken") == page["nextForwardToken"]:
                return found
            token = {"nextToken": page["nextForwardToken"]}

    def line(self, run_id: str, wanted: Callable[[str], bool] = bool, seconds: float = 60) -> str:
        """Wait for a line of output and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for text in self.lines(run_id):
                if wanted(text):
                    return text
            time.sleep(0.05)
        raise TimeoutError("the line did not come")


@pytest.fixture(scope="session")
def bench(embedded_aws: Embedded) -> Bench:
    return Bench(embedded_aws)
