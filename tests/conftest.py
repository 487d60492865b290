"""Fixtures for every test: no real AWS configuration, no socket but loopback, an application, and page()."""

import gc
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from xdist.scheduler import LoadScopeScheduling

from app import create_app
from app.awsdata import WordlessFiles
from tests.pages import Page, check_page

LONGEST = ("bundle", "browser")
LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


class NoNetwork(RuntimeError):
    """A test tried to reach something that is not this computer."""


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
        raise NoNetwork(f"a test may not connect to {address}")
    _connect(self, address)


def _reads_once(load_file: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Read each of botocore's files once in this process, though nearly every test has sessions of its own.

    Each gets a copy: sessions change what they have read. A test's own files may change, and are read each time.
    """
    kept: dict[tuple[str, bool], bytes] = {}

    def load(self: Any, path: str) -> Any:
        if "/botocore/" not in path:
            return load_file(self, path)
        key = path, bool(getattr(self, "operations", None))  # those of the dashboard, or all
        if key not in kept:
            kept[key] = pickle.dumps(load_file(self, path), pickle.HIGHEST_PROTOCOL)
        return pickle.loads(kept[key])

    return load


def _compiles_once(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """Make what builds a route's addresses once in this process, though many tests have an application of their own.

    It is a function of the route's words alone: converters it asks of the rule that it is bound to.
    """
    made: dict[tuple[Any, ...], Any] = {}

    def compile_once(self: Any, append_unknown: bool = True) -> Any:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(self, append_unknown)
        return made[key]

    return compile_once


def _keep_bytecode() -> None:
    """Keep what is compiled, whatever this computer's own setting: to rewrite every assert takes a quarter minute."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure() -> None:
    """Hide this computer's AWS configuration and close the network, before anything is imported or collected."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TRELLIS_"))]:
        del os.environ[name]
    nowhere = os.devnull
    os.environ.update(
        AWS_CONFIG_FILE=nowhere,
        AWS_SHARED_CREDENTIALS_FILE=nowhere,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_DEFAULT_REGION="us-east-1",
    )
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
    for reader in (JSONFileLoader, WordlessFiles):
        reader.load_file = _reads_once(reader.load_file)  # type: ignore[method-assign]
    Rule._compile_builder = _compiles_once(Rule._compile_builder)  # type: ignore[method-assign]
    _keep_bytecode()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest, so that no worker is left with one of them at the end."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(folder(item.nodeid), len(places)))


class Folders(LoadScopeScheduling):
    """Deals tests out to workers by folder: what a folder's tests share is set up once, and their order is the same."""

    def _split_scope(self, nodeid: str) -> str:
        return folder(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Folders:
    """Have several workers take whole folders, in the order of `pytest_collection_modifyitems`."""
    config.option.loadscopereorder = False
    return Folders(config, log)


def folder(nodeid: str) -> str:
    """Return the folder of a test; a file beside the folders is one of its own."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    return path.rpartition("/")[0] or path


def pytest_collection_finish() -> None:
    """Have the garbage collector look no more at the thousands of tests, which all stay to the end, and less often.

    It took a quarter of the time, most of it to find nothing: botocore's clients and routes are many objects that stay.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return an application with credentials that no AWS knows and an endpoint where nothing listens.

    Tests that want answers enter moto's `mock_aws` or set AWS_ENDPOINT_URL before they ask for a client.
    """
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    return create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests", "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """Return a browser without JavaScript that asks as 127.0.0.1."""
    with app.test_client() as opened:
        opened.environ_base["HTTP_HOST"] = "127.0.0.1"
        yield opened


@pytest.fixture
def page(client: FlaskClient) -> Callable[..., Page]:
    """Return a function that fetches a page and checks it: valid HTML, one h1, labels, ids, no inline code, few calls.

    `calls` is the most AWS calls that the page may make.
    """

    def fetch(path: str, *, status: int = 200, calls: int = 3, **options: Any) -> Page:
        response = client.get(path, **options)
        return check_page(response, path, status, calls)

    return fetch
