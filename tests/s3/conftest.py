"""A real embedded AWS for the tests of S3: one process for all of them, a bucket of its own for each."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from tests.embedded.process import Embedded, start
from tests.over_embedded import application

_numbers = itertools.count()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS."""
    running = start(tmp_path_factory.mktemp("embedded"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def s3(embedded: Embedded) -> Any:
    """Return a boto3 client of it."""
    return embedded.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """Return the name of a fresh bucket."""
    name = f"tests-{next(_numbers)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def embedded_app(embedded: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return an application over the embedded AWS."""
    for name, value in embedded.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    return create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests", "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests that change none of its settings."""
    with application(embedded, tmp_path_factory.mktemp("shared"), "s3", "sts") as app:
        yield app
