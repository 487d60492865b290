"""One application over a running embedded AWS, shared by the tests of a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from tests.embedded.process import Embedded


@contextmanager
def application(embedded: Embedded, home: Path, *services: str, **settings: Any) -> Iterator[Flask]:
    """Yield an application whose clients of these services already point at the embedded AWS."""
    usual = {"home": home, "secret_key": "tests", "TESTING": True, "PROPAGATE_EXCEPTIONS": False}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in embedded.env.items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        app = create_app({**usual, **settings})
        with app.app_context():
            for service in services:
                app.extensions["aws"].client(service, "us-east-1")
            app.extensions["aws"].state("us-east-1", app.extensions["settings"].state_table)
    yield app
