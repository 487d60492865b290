"""A real embedded AWS with functions to stand behind APIs, for the tests of API Gateway's pages."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.apigateway.functions import fill
from tests.embedded.process import Embedded, start
from tests.over_embedded import application


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with functions."""
    running = start(tmp_path_factory.mktemp("apigateway"))
    try:
        fill(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield one application over the embedded AWS for all tests."""
    services = ("apigateway", "lambda", "s3", "sts")
    with application(embedded, tmp_path_factory.mktemp("shared"), *services) as app:
        yield app


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app
