"""A real account that may only be read: what changes something is off and says why, everything else works."""

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from tests.embedded.process import Embedded
from tests.over_embedded import application
from tests.pages import Page
from tests.real_account import REASON, real


@pytest.fixture(scope="module")
def real_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with application(embedded, tmp_path_factory.mktemp("real"), "s3", "sts") as app, real(app, embedded):
        yield app


@pytest.fixture
def app(real_app: Flask) -> Flask:
    return real_app


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="a", Body=body)
        s3.put_object(Bucket=bucket, Key="b", Body=body)
    s3.delete_object(Bucket=bucket, Key="b")
    return bucket


def off(control: Element) -> bool:
    stopped = control.get("disabled") is not None or control.get("aria-disabled") == "true"
    assert not stopped or (control.get("title") == REASON and control.get("href") is None)
    return stopped


def words(controls: list[Element]) -> set[str]:
    return {" ".join("".join(control.itertext()).split()) for control in controls}


FREE = {"", "Search", "Download", "Choose none", "Make the link", "Full size", "Close", "Dismiss", "Load more"}


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("/s3/", {"Create bucket", "Delete"}),
        ("/s3/{}/", {"Upload", "Copy", "Move", "Tag", "Delete"}),
        ("/s3/{}/?prefix=nothing/", {"Upload", "Upload files"}),
        ("/s3/{}/deleted", {"Bring back"}),
        ("/s3/{}/delete", {"Delete everything in it"}),
        ("/s3/{}/settings", {"Delete bucket", "Suspend versioning", "Add the rule"}),
        ("/s3/{}/object/move?key=a", {"Move"}),
        (
            "/s3/{}/objects/a",
            {"Copy", "Move or rename", "Save tags", "Delete object", "Restore", "Delete for good"},
        ),
    ],
)
def test_changes_are_off_with_the_reason(page: Callable[..., Page], filled: str, path: str, stopped: set[str]) -> None:
    shown = page(path.format(filled), calls=4)
    controls = [e for tag in ("button", "a") for e in shown.all(f".//main//{tag}")]
    assert words([control for control in controls if off(control)]) == stopped
    posting = [form for form in shown.all(".//main//form") if (form.get("method") or "").lower() == "post"]
    live = [b for form in posting for b in form.iter("button") if not off(b) and b.get("type") != "button"]
    assert words(live) <= FREE
    assert "what would change something is switched off" in shown.text
