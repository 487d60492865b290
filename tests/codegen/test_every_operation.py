"""Every operation of the tables: its Python and its CLI line send exactly the parameters that were recorded."""

import io
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from app.codegen import Context, command, models, policy, python
from app.codegen.cli import _NOT_THERE
from app.codegen.names import body_file
from tests.codegen.samples import BYTES, EVERY, FakeBoto3, run, sample

SERVICES = sorted({service for service, _ in EVERY})
WITHOUT = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}  # they need no permission


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.usefixtures("own_folder")
def test_python_sends_the_recorded_parameters(service: str) -> None:
    for name in (name for owner, name in EVERY if owner == service):
        call = sample(service, name)
        boto3 = FakeBoto3()
        run(python(call), boto3=boto3)
        assert boto3.sent == [(service, call.region, name, call.parameters)]


def keep_clients(session: Any) -> None:
    """Have a session of the AWS CLI make each client once: that takes as long as all else of a command.

    Only here: what a command does with its answer, it says to the client that is made for it.
    """
    make, kept = session.create_client, dict[str, Any]()

    def create(service: str, **options: Any) -> Any:
        if options.get("config") is not None:
            return make(service, **options)
        key = repr((service, sorted(options.items())))
        if key not in kept:
            kept[key] = make(service, **options)
        return kept[key]

    session.create_client = create


class Driver:
    """The real AWS CLI in this process, stopped where botocore would build the request."""

    def __init__(self) -> None:
        from awscli.clidriver import create_clidriver

        self.driver = create_clidriver()
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        self.driver.session.register("provide-client-params", self._take)
        self.driver.session.register("before-send", self._answer)
        self.driver.session.set_credentials("000000000000", "none")
        keep_clients(self.driver.session)

    def _take(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        kept = {k: v.read() if hasattr(v, "read") else v for k, v in params.items()}
        for value in params.values():
            if hasattr(value, "close"):
                value.close()
        self.sent.append((model.service_model.service_name, model.name, kept))
        raise Taken

    def _answer(self, **_: Any) -> AWSResponse:
        raise AssertionError("a test of the command line must not send")

    def run(self, line: str) -> str:
        """Run one command; returns what it complained of."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                words = shlex.split(line.replace("\\\n", ""))[1:]
                # Without a shell that expands it; test_cli.py runs it in one.
                self.driver.main([word for word in words if not word.startswith("${AWS_ENDPOINT_URL:")])
            except SystemExit as left:
                err.write(f"exit {left.code}")
        return err.getvalue()


class Taken(Exception):
    """The parameters have been seen; nothing more is wanted of the CLI."""


@pytest.fixture(scope="module")
def cli() -> Iterator[Driver]:
    yield Driver()


def _times(value: Any) -> Any:
    """The CLI hands times on as text."""
    if isinstance(value, dict):
        return {key: _times(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_times(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("service", SERVICES)
def test_command_sends_the_recorded_parameters(service: str, cli: Driver, own_folder: Path) -> None:
    for name in (name for owner, name in EVERY if owner == service and (owner, name) not in _NOT_THERE):
        call = sample(service, name)
        for member, shape in models.operation(service, name).inputs.items():
            if shape.type_name == "blob":
                (own_folder / body_file(call.parameters, member)).write_bytes(BYTES)
        line = command(call).splitlines()
        text = "\n".join(part for part in line if not part.startswith("printf "))
        cli.sent.clear()
        complaint = cli.run(text)
        assert cli.sent, f"{text}\n{complaint}"
        assert cli.sent[0] == (service, name, _times(call.parameters)), text


@pytest.mark.parametrize("service", SERVICES)
def test_policy_names_actions_and_arns(service: str) -> None:
    for name in (name for owner, name in EVERY if owner == service):
        document = policy([sample(service, name)], Context("123456789012"))
        assert document["Statement"] or (service, name) in WITHOUT, name
        for statement in document["Statement"]:
            resources = statement["Resource"]
            for resource in [resources] if isinstance(resources, str) else resources:
                assert resource == "*" or resource.startswith(("arn:aws:", "my-")), (name, resource)
                assert "{" not in resource, (name, resource)
