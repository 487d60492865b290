"""Functions on the embedded AWS: made from a few lines of code, called, and their log read."""

import io
import json
import time
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.embedded.process import Embedded


def packed(files: dict[str, str]) -> bytes:
    """Return a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@dataclass
class Answer:
    """What an Invoke answered."""

    whole: dict[str, Any]
    value: Any

    @property
    def error(self) -> str:
        return str(self.whole.get("FunctionError", ""))

    @property
    def log(self) -> str:
        return b64decode(self.whole["LogResult"]).decode()

    @property
    def request_id(self) -> str:
        return str(self.whole["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"])


@dataclass
class Bench:
    """An embedded AWS with a role that Lambda may assume."""

    aws: Embedded
    keys: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client, self.logs = self.aws.client("lambda", **self.keys), self.aws.client("logs", **self.keys)
        self.s3, self.sqs = self.aws.client("s3", **self.keys), self.aws.client("sqs", **self.keys)
        self.account = self.keys.get("aws_access_key_id", "000000000000")
        self.role = self.aws.role("lambda-tests", **self.keys)

    def function(self, name: str, code: str | dict[str, str], **fields: Any) -> str:
        """Make a function of a module `m` with a `handler`; return its name."""
        files = {"m.py": code} if isinstance(code, str) else code
        usual = {"Runtime": "python3.12", "Role": self.role, "Handler": "m.handler", "Timeout": 20, "MemorySize": 256}
        self.client.create_function(FunctionName=name, Code={"ZipFile": packed(files)}, **{**usual, **fields})
        return name

    def invoke(self, name: str, event: Any = None, **fields: Any) -> Answer:
        """Call a function."""
        payload = event if isinstance(event, bytes) else json.dumps(event if event is not None else {}).encode()
        whole = self.client.invoke(FunctionName=name, Payload=payload, **{"LogType": "Tail", **fields})
        body = whole["Payload"].read()
        return Answer(whole, json.loads(body) if body else None)

    def events(self, name: str, group: str = "") -> list[str]:
        """Return the messages in a function's log, oldest first."""
        try:
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group or f"/aws/lambda/{name}")
            return [event["message"] for page in pages for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            return []

    def until(self, found: Callable[[], Any], seconds: float = 60) -> Any:
        """Wait until something is true, and return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := found():
                return value
            time.sleep(0.05)
        raise AssertionError("it did not happen")


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An embedded AWS whose minutes are short where Lambda waits for them."""
    from tests.embedded.process import start

    home = tmp_path_factory.mktemp("lambda") / "home"
    home.mkdir()
    (home / "lambda.json").write_text('{"seconds_per_minute": 0.2}')
    aws = start(home)
    yield Bench(aws)
    aws.stop()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A function's name, after the test."""
    return "".join(c if c.isalnum() else "-" for c in request.node.name)[:60].strip("-")
