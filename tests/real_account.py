"""The embedded AWS as if it were a real account, which may only be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from app.aws import Aws, Identity
from tests.embedded.process import Embedded
from tests.pages import Page

REASON = "This account is read-only here: changes are switched off."


class RealAws(Aws):
    """The embedded AWS under the identity of a real account, its clients guarded as a real account's are."""

    def __init__(self, settings: Any, embedded: Embedded):
        super().__init__(settings)
        self._embedded = embedded

    def _bare(self, service: str, region: str) -> Any:
        return self._embedded.own_client(service)  # its events are guarded

    def _make(self, service: str, region: str) -> Any:
        client = self._bare(service, region)
        self._watch(client, region, real=True)
        return client

    def is_real(self, region: str) -> bool:
        return True

    def identity(self, region: str) -> Identity:
        return Identity("aws", "123456789012", "arn:aws:iam::123456789012:user/x")


@contextmanager
def real(app: Flask, embedded: Embedded) -> Iterator[Flask]:
    """Have an application over the embedded AWS take it for a real account."""
    own = app.extensions["aws"]
    made = app.extensions["aws"] = RealAws(app.extensions["settings"], embedded)
    made.watchers = own.watchers
    app.extensions.pop("switched", None)
    yield app
    app.extensions["aws"] = own
    app.extensions.pop("switched", None)


def switched_off(shown: Page) -> set[str]:
    """Return the words of the page's controls that are off because the account is read-only."""
    return {
        " ".join("".join(one.itertext()).split())
        for one in shown.all(".//main//button") + shown.all(".//main//a")
        if one.get("title") == REASON and one.get("href") is None
    }
