"""The embedded AWS as if it were a real account, which may only be read."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.aws import Aws, Identity
from tests.pages import Page

REASON = "This account is read-only here: changes are switched off."


class RealAws(Aws):
    """The embedded AWS under the identity of a real account."""

    def identity(self, region: str) -> Identity:
        return Identity("aws", "123456789012", "arn:aws:iam::123456789012:user/x")


@contextmanager
def real(app: Flask) -> Iterator[Flask]:
    """Have an application take its AWS for a real account."""
    own = app.extensions["aws"]
    account = RealAws(app.extensions["settings"])
    vars(account).update(vars(own))  # the same clients
    app.extensions["aws"] = account
    yield app
    app.extensions["aws"] = own


def switched_off(shown: Page) -> set[str]:
    """Return the words of the page's controls that are off because the account is read-only."""
    return {
        " ".join("".join(one.itertext()).split())
        for one in shown.all(".//main//button") + shown.all(".//main//a")
        if one.get("title") == REASON and one.get("href") is None
    }
