"""AWS as the deploy command meets it: botocore checks each call and each answer, nothing is sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import Result
from flask import Flask

from app import create_app
from app.beanstalk.clients import Clients
from bundle import contents
from bundle.contents import Member

SERVICES = {"beanstalk": "elasticbeanstalk", "s3": "s3", "iam": "iam", "ssm": "ssm", "sts": "sts"}
REGION = "eu-central-1"
ACCOUNT = "123456789012"


@dataclass
class Stubs:
    """One stubbed client for each service; calls must come in the order in which they were expected."""

    clients: Clients
    stubbers: dict[str, Stubber]
    slept: list[float] = field(default_factory=list)
    interrupt: bool = False
    read: Callable[[str], str] = lambda _: ""  # what lies at a presigned address

    def sleep(self, seconds: float) -> None:
        """Take the place of waiting; `interrupt` is a person's Ctrl-C meanwhile."""
        self.slept.append(seconds)
        if self.interrupt:
            raise KeyboardInterrupt

    def expect(self, call: str, answer: dict[str, Any] | None = None, **parameters: Any) -> None:
        """Expect a call, as service.method; without parameters any will do."""
        service, _, method = call.partition(".")
        self.stubbers[service].add_response(method, answer or {}, parameters or None)

    def refuse(self, call: str, code: str, message: str = "", status: int = 400) -> None:
        """Expect a call that AWS refuses."""
        service, _, method = call.partition(".")
        self.stubbers[service].add_client_error(method, code, message, status)

    def all_came(self) -> None:
        """Raise where an expected call has not come."""
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()


@pytest.fixture(scope="session")
def shared() -> Any:
    """One session for all: each reads botocore's descriptions anew."""
    return boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)


@pytest.fixture
def stubs(shared: Any) -> Iterator[Stubs]:
    clients = Clients.of(shared, REGION)
    stubbers = {name: Stubber(getattr(clients, name)) for name in SERVICES}
    for stubber in stubbers.values():
        stubber.activate()
    yield Stubs(clients, stubbers)


Run = Callable[..., Result]


@pytest.fixture
def run(stubs: Stubs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs one of the commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    app = create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests"})
    app.extensions["beanstalk.clients"] = lambda region: stubs.clients
    app.extensions["beanstalk.sleep"] = stubs.sleep
    app.extensions["beanstalk.read"] = lambda address: stubs.read(address)
    return lambda *words, **options: _run(app, *words, **options)


def _run(app: Flask, *words: str, **options: Any) -> Result:
    return app.test_cli_runner().invoke(args=["beanstalk", *words], **options)


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """A small bundle."""
    path = tmp_path / "dist" / "trellis-1.0.zip"
    contents.write(path, [Member("Procfile", b"web: gunicorn application:application\n")])
    return path
