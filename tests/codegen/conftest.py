"""One embedded AWS on which generated code runs for real, and a client whose calls are recorded."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from app import recorder
from app.codegen import Step, collapse, commands, script
from tests.codegen.samples import run
from tests.embedded.process import Embedded, start

AWS = Path(sys.executable).parent / "aws"


@dataclass
class Lab:
    """Runs boto3 calls and remembers them; runs generated code in a folder of its own."""

    aws: Embedded
    folder: Path
    steps: list[Step] = field(default_factory=list)

    def client(self, service: str = "s3") -> Any:
        """A client whose calls are recorded inside `recording`."""
        client = self.aws.client(service)
        recorder.attach(client.meta.events, str(self.aws.ready["region"]))
        return client

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Keep the steps of the calls made inside."""
        with recorder.recording() as calls:
            yield
        self.steps = collapse(calls)

    def python(self) -> tuple[Any, str]:
        """Run the script in this process; returns its `answer`, if it has one, and what it printed."""
        boto3.DEFAULT_SESSION = None
        names, printed = run(script(self.steps))
        return names.get("answer"), printed

    def shell(self) -> str:
        """Run the commands in bash with the real AWS CLI; returns what they printed."""
        path = f"{AWS.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-eu", "-c", commands(self.steps)],
            capture_output=True,
            text=True,
            env={**self.aws.env, "PATH": path, "AWS_PAGER": ""},
            cwd=self.folder,
            timeout=60,
        )
        assert done.returncode == 0, f"{commands(self.steps)}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """An embedded AWS of this worker's own."""
    aws = start(tmp_path_factory.mktemp("codegen") / "home")
    yield aws
    aws.stop()


@pytest.fixture
def lab(running: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The embedded AWS as a script started in an empty folder sees it."""
    for name, value in running.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return Lab(running, tmp_path)


@pytest.fixture
def emptied(lab: Lab) -> Callable[[str], None]:
    """Remove a bucket with all that is in it, where it exists."""

    def remove(bucket: str) -> None:
        client = lab.aws.client("s3")
        if bucket not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
            return
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        client.delete_bucket(Bucket=bucket)

    return remove
