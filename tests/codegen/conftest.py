"""One embedded AWS on which generated code runs for real, and a client whose calls are recorded."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
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

    @property
    def quiet(self) -> Any:
        """A client of S3 whose calls are not recorded."""
        return self.aws.client("s3")

    def client(self, service: str = "s3") -> Any:
        """A client whose calls are recorded inside `recording`."""
        client = self.aws.own_client(service)
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
        return self.python_text(script(self.steps))

    def python_text(self, code: str) -> tuple[Any, str]:
        """Run a script in this process."""
        _use(self.aws.endpoint)
        names, printed = run(code)
        return names.get("answer"), printed

    def quick(self, text: str | None = None) -> str:
        """Run the commands in bash, the AWS CLI itself in this process, which saves its start; returns its output.

        Bash runs a program that notes its words, so that every quote has been read by a real shell.
        """
        noted = self.folder.parent / "noted"
        noted.mkdir(exist_ok=True)
        program = noted / "aws"
        program.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" END >> '{noted}/words'\n")
        program.chmod(0o755)
        self.shell(program.parent, text)
        words = (noted / "words").read_text().removesuffix("\0").split("\0")
        (noted / "words").unlink()
        return "".join(run_cli(line) for line in _split(words))

    def shell(self, programs: Path = AWS.parent, text: str | None = None) -> str:
        """Run the commands in bash with the real AWS CLI; returns what they printed."""
        text = commands(self.steps) if text is None else text
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-eu", "-c", text],
            capture_output=True,
            text=True,
            env={**self.aws.env, "PATH": path, "AWS_PAGER": ""},
            cwd=self.folder,
            timeout=60,
        )
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        return done.stdout


@cache
def _use(_: str) -> None:
    """Have boto3 read its environment anew, once for each embedded AWS."""
    boto3.DEFAULT_SESSION = None


def _split(words: list[str]) -> Iterator[list[str]]:
    line: list[str] = []
    for word in words:
        if word == "END":
            yield line
            line = []
        else:
            line.append(word)


@cache
def _driver() -> tuple[Any, list[Any]]:
    """The AWS CLI and the files that it has opened.

    Imported late: the import sets AWS_DATA_PATH, which the tests' start would remove again.
    """
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    opened: list[Any] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        opened.extend(value for value in params.values() if hasattr(value, "close"))

    driver.session.register("provide-client-params", note)
    return driver, opened


def run_cli(words: list[str]) -> str:
    """Run one command of the AWS CLI in this process; returns what it printed."""
    out, err = io.StringIO(), io.StringIO()
    driver, opened = _driver()
    with redirect_stdout(out), redirect_stderr(err):
        code = driver.main(words)
    # The AWS CLI leaves the file that it sends to be closed at its own end.
    for file in opened:
        file.close()
    opened.clear()
    assert code == 0, f"{words}\n{err.getvalue()}"
    return out.getvalue()


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
        client = lab.quiet
        if bucket not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
            return
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        client.delete_bucket(Bucket=bucket)

    return remove
