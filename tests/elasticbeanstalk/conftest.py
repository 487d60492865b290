"""The dashboard over stubbed clients: botocore checks each call and each answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, recorder
from app.aws import Aws, Identity
from tests.beanstalk.conftest import Stubs, shared, stubs  # noqa: F401 fixtures


class StubbedAws(Aws):
    """An account that answers what was put in beforehand."""

    def __init__(self, settings: Any, given: Stubs):
        super().__init__(settings)
        self._given = given

    def _make(self, service: str, region: str) -> Any:
        client = getattr(self._given.clients, "beanstalk" if service == "elasticbeanstalk" else service)
        recorder.attach(client.meta.events, region)
        return client

    def identity(self, region: str) -> Identity:
        return Identity("embedded", "000000000000", "arn:aws:iam::000000000000:root")


@pytest.fixture
def app(tmp_path: Path, stubs: Stubs) -> Flask:  # noqa: F811 the fixture
    assert all(isinstance(one, Stubber) for one in stubs.stubbers.values())
    made = create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests", "PROPAGATE_EXCEPTIONS": False})
    made.extensions["aws"] = StubbedAws(made.extensions["settings"], stubs)
    return made


Post = Callable[..., Any]


@pytest.fixture
def post(client: FlaskClient, stubs: Stubs) -> Post:  # noqa: F811 the fixture
    """Return a function that sends a form with this browser's token."""

    def sent(path: str, **fields: Any) -> Any:
        stubs.expect("beanstalk.describe_applications", {"Applications": [{"ApplicationName": "t"}]})
        stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": []})
        stubs.expect("beanstalk.describe_environments", {"Environments": []})
        text = client.get("/elasticbeanstalk/t/").get_data(as_text=True)
        token = text.split('name="csrf_token" value="')[1].split('"')[0]
        answers = fields.pop("answers", None)
        if answers:
            answers()
        return client.post(path, data={"csrf_token": token, **fields})

    return sent
