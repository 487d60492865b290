"""The dashboard with two accounts to choose from, over an AWS that gives roles."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from tests.accounts.fake_aws import HOME, STAGING, TEACHING, FakeAws, running

ACCOUNTS = json.dumps(
    [
        {"name": "staging", "role_arn": STAGING, "external_id": "a-word", "region": "eu-west-1"},
        {"name": "teaching", "role_arn": TEACHING},
    ]
)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    with running() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", HOME)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
        yield made


@pytest.fixture
def app(fake: FakeAws, tmp_path: Path) -> Flask:
    settings = {"home": tmp_path, "secret_key": "tests", "TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    return create_app({**settings, "accounts": ACCOUNTS})
