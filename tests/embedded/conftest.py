"""One embedded AWS for the tests that do not stop it; a fresh one for those that do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.process import Embedded, start


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """An embedded AWS of this worker's own, without demo data."""
    running = start(tmp_path_factory.mktemp("embedded") / "home", "--allow-origin", "http://127.0.0.1:5000")
    yield running
    running.stop()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Embedded]]:
    """Start (again) an embedded AWS on this test's own state directory."""
    started: list[Embedded] = []

    def begin(*arguments: str, **options: Any) -> Embedded:
        started.append(start(tmp_path / "home", *arguments, **options))
        return started[-1]

    yield begin
    for running in started:
        running.stop()


@pytest.fixture
def bucket(embedded_aws: Embedded, request: pytest.FixtureRequest) -> str:
    """A new bucket named after the test."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())[:50].strip("-")
    embedded_aws.client("s3").create_bucket(Bucket=name)
    return name
