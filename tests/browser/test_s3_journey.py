"""A photograph from the computer into S3 and out again, by each lane, as a new user would try it."""

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults
from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import PHOTO, choose, file, new_bucket, picture, row, start, stored

AWS_CLI = Path(sys.executable).with_name("aws")


@pytest.fixture
def bucket(live: Live) -> str:
    """Return a bucket that keeps what is deleted."""
    name = new_bucket(live.aws)
    keep = {"Status": "Enabled"}
    live.aws.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration=keep)
    return name


def allow_straight(page_at: OpenPage, bucket: str) -> None:
    """Let browsers send to the bucket, as a person does in its settings."""
    page = page_at(f"/s3/{bucket}/settings")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.locator("#notices")).to_contain_text("straight to this bucket")
    page.close()


def choose_lane(page: Page, name: str, word: str) -> None:
    page.get_by_label(f"Way of {name}").select_option(label=word)


@pytest.mark.parametrize("lane", ["Through Trellis", "Straight to S3"])
def test_a_photograph_there_and_back(page_at: OpenPage, live: Live, bucket: str, lane: str, tmp_path: Path) -> None:
    allow_straight(page_at, bucket)
    page = page_at(f"/s3/{bucket}/?prefix=trip/")
    choose(page, PHOTO)
    choose_lane(page, PHOTO.name, lane)
    start(page)
    expect(row(page, PHOTO.name).locator("[data-badge]")).to_have_text("Stored")
    assert_hops(page, lane)
    assert_seen_in_gallery(page)
    page.get_by_role("link", name="rebel-t6.jpg", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("rebel-t6.jpg")
    expect(page.locator("main")).to_contain_text("Canon EOS Rebel T6")
    expect(page.locator("main img").first).to_have_js_property("naturalWidth", 2000)
    assert shared(page) == PHOTO.read_bytes()
    assert copied_by_the_cli(live, bucket, tmp_path) == PHOTO.read_bytes()
    page.go_back()
    delete_and_undo(page, live, bucket)


def assert_hops(page: Page, lane: str) -> None:
    first = row(page, PHOTO.name).locator(".s3-hop").first.inner_text()
    assert first.split()[:2] == ["Browser", "S3" if lane == "Straight to S3" else "Trellis"]
    if lane == "Straight to S3":
        expect(row(page, PHOTO.name).locator(".s3-hop").last).to_contain_text("none of its bytes")


def assert_seen_in_gallery(page: Page) -> None:
    image = page.locator(".s3-tile img")
    expect(image).to_have_count(1)
    expect(image).not_to_have_js_property("naturalWidth", 0)
    assert max(image.evaluate("image => [image.naturalWidth, image.naturalHeight]")) == 256


def shared(page: Page) -> bytes:
    """Make a link on the object's page and fetch it as somebody without an account does."""
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("[data-s3-left]")).to_contain_text("Works for")
    with urllib.request.urlopen(page.get_by_label("The link").input_value(), timeout=60) as answer:
        body: bytes = answer.read()
        return body


def copied_by_the_cli(live: Live, bucket: str, folder: Path) -> bytes:
    target = folder / "copy.jpg"
    command = [str(AWS_CLI), "s3", "cp", f"s3://{bucket}/trip/rebel-t6.jpg", str(target), "--only-show-errors"]
    subprocess.run(command, env=live.aws.env, check=True, timeout=60)
    return target.read_bytes()


def delete_and_undo(page: Page, live: Live, bucket: str) -> None:
    page.get_by_role("button", name="Delete object").click()
    expect(page.locator("#notices")).to_contain_text("is deleted")
    assert stored(live.aws, bucket) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notices")).to_contain_text("brought back")
    assert stored(live.aws, bucket) == ["trip/rebel-t6.jpg"]


def test_without_the_rule_the_page_says_so_and_offers_the_other_way(
    page_at: OpenPage, live: Live, bucket: str, faults: Faults
) -> None:
    page = page_at(f"/s3/{bucket}/")
    choose(page, file("a.png", picture()))
    choose_lane(page, "a.png", "Straight to S3")
    start(page)
    expect(row(page, "a.png").locator("[data-no-cors]")).to_be_visible()
    assert faults.found, "the browser itself complains of the missing rule"
    assert all("CORS" in fault or "ERR_FAILED" in fault or "403" in fault for fault in faults.found), faults.found
    faults.found.clear()
    page.get_by_role("button", name="send it through Trellis").click()
    expect(row(page, "a.png").locator("[data-badge]")).to_have_text("Stored")
    assert stored(live.aws, bucket) == ["a.png"]


def test_the_straight_lane_asks_before_it_sends_and_mends_the_type(
    page_at: OpenPage, live: Live, bucket: str, faults: Faults
) -> None:
    faults.expected.add(409)
    allow_straight(page_at, bucket)
    live.aws.client("s3").put_object(Bucket=bucket, Key="a.jpeg", Body=b"old")
    page = page_at(f"/s3/{bucket}/")
    choose(page, file("a.jpeg", picture()))
    choose_lane(page, "a.jpeg", "Straight to S3")
    start(page)
    page.get_by_role("button", name="Replace it").click()
    expect(row(page, "a.jpeg").locator("[data-badge]")).to_have_text("Stored")
    expect(row(page, "a.jpeg").locator("[data-note]")).to_have_text("named .jpeg, is PNG")
    head = live.aws.client("s3").head_object(Bucket=bucket, Key="a.jpeg")
    assert head["ContentType"] == "image/png"


@pytest.mark.parametrize("ready", [True, False])
def test_a_large_file_goes_straight_where_the_bucket_allows_it(
    page_at: OpenPage, live: Live, bucket: str, ready: bool, tmp_path: Path
) -> None:
    if ready:
        allow_straight(page_at, bucket)
    large = tmp_path / "large.bin"
    with large.open("wb") as sparse:
        sparse.truncate(64 * 1024 * 1024)
    page = page_at(f"/s3/{bucket}/")
    choose(page, large)
    way = page.get_by_label("Way of large.bin")
    expect(way).to_have_value("straight" if ready else "through")
    start(page)
    expect(row(page, "large.bin").locator("[data-badge]")).to_have_text("Stored", timeout=60_000)
    assert live.aws.client("s3").head_object(Bucket=bucket, Key="large.bin")["ContentLength"] == 64 * 1024 * 1024
