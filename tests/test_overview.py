"""The overview asks every service at once."""

import threading
from collections.abc import Callable

from flask import Flask

from app import aws, recorder
from app.blueprints import Nav, Status
from app.recorder import Call
from tests.pages import Page


def test_services_are_asked_at_the_same_time_and_told_in_their_order(app: Flask, page: Callable[..., Page]) -> None:
    together = threading.Barrier(3, timeout=20)  # broken, and so an error, where one waits for the other

    def status(name: str) -> Callable[[], Status]:
        def ask() -> Status:
            recorder.recorded().append(Call("s3", "ListBuckets", {}, aws.region(), status=200))
            together.wait()
            return Status(f"{name} in {aws.region()}")

        return ask

    names = ("One", "Two", "Three")
    app.extensions["navs"] = [Nav(name, "s3.buckets", "Storage", "s3", status=status(name)) for name in names]
    shown = page("/").text
    places = [shown.index(f"{name} in us-east-1") for name in names]
    assert places == sorted(places)
    assert "3 AWS calls" in shown


def test_what_no_table_knows_is_still_an_error(app: Flask, page: Callable[..., Page]) -> None:
    def broken() -> Status:
        raise ZeroDivisionError

    app.extensions["navs"] = [Nav("One", "s3.buckets", "Storage", "s3", status=broken)]
    page("/", status=500)
