"""Every state of S3's pages as it looks: nothing that axe-core finds, nothing too wide, and a picture of each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.browsing import SCREENSHOTS, Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import CUT_SHORT, choose, drop, file, new_bucket, picture, start

FOUR = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
BUSY = {
    "title": "S3 is busy",
    "happened": "S3 asks to send less at once.",
    "remedy": "Send it again.",
    "code": "SlowDown",
    "request_id": "4442587FB7D0A2F9",
}
Look = Callable[[str, Page, str, int], None]


@pytest.fixture(scope="module")
def filled(live: Live) -> str:
    """Return a bucket with a folder of everything: pictures, a file, a folder, a damaged picture, a strange name."""
    bucket = new_bucket(live.aws, "album")
    s3 = live.aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for colour in ("coral", "seagreen", "steelblue", "gold", "plum"):
        s3.put_object(Bucket=bucket, Key=f"trip/{colour}.jpg", Body=picture(colour, "JPEG", (640, 420)))
    s3.put_object(Bucket=bucket, Key="trip/pixel6.jpg", Body=CUT_SHORT.read_bytes(), ContentType="image/jpeg")
    s3.put_object(Bucket=bucket, Key="trip/broken.png", Body=picture()[:30])
    s3.put_object(Bucket=bucket, Key="trip/no picture.jpg", Body=b"words")
    s3.put_object(Bucket=bucket, Key="trip/notes, with a name too long for any tile of this page.txt", Body=b"x" * 3000)
    s3.put_object(Bucket=bucket, Key="trip/a#b?c%20\n🌿 .png", Body=picture())
    s3.put_object(Bucket=bucket, Key="trip/day two/a.jpg", Body=picture(kind="JPEG"))
    return bucket


@pytest.fixture
def look() -> Iterator[Look]:
    """Check a page as it is now and keep its picture."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def check(name: str, page: Page, theme: str, width: int) -> None:
        page.screenshot(path=SCREENSHOTS / f"s3-{name}-{theme}-{width}.png", full_page=True)
        assert_accessible(page)
        assert too_wide(page) == []

    yield check


@pytest.mark.parametrize(("theme", "width"), FOUR)
def test_listings(page_at: OpenPage, look: Look, live: Live, filled: str, theme: str, width: int) -> None:
    look("buckets", page_at("/s3/", theme, width), theme, width)
    look("empty", page_at(f"/s3/{new_bucket(live.aws)}/", theme, width), theme, width)
    page = page_at(f"/s3/{filled}/?prefix=trip/", theme, width)
    expect(page.locator(".s3-tile img").first).not_to_have_js_property("naturalWidth", 0)
    look("gallery", page, theme, width)
    page.locator(".s3-caption input").nth(2).check()
    look("gallery-chosen", page, theme, width)
    page = page_at(f"/s3/{filled}/?prefix=trip/&view=list", theme, width)
    page.locator("input[form='selection']").nth(2).check()
    look("list-chosen", page, theme, width)


@pytest.mark.parametrize(("theme", "width"), FOUR)
def test_the_object(page_at: OpenPage, look: Look, filled: str, theme: str, width: int) -> None:
    page = page_at(f"/s3/{filled}/objects/trip/coral.jpg", theme, width)
    look("object", page, theme, width)
    page.locator("[data-s3-view]").click()
    expect(page.locator("[data-s3-stage] img")).not_to_have_js_property("naturalWidth", 0)
    look("viewer", page, theme, width)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("[data-s3-left]")).to_contain_text("Works for")
    look("shared", page, theme, width)
    look("photo", page_at(f"/s3/{filled}/objects/trip/pixel6.jpg?position=1", theme, width), theme, width)
    look("settings", page_at(f"/s3/{filled}/settings", theme, width), theme, width)


def test_a_damaged_picture_says_so(page_at: OpenPage, filled: str) -> None:
    page = page_at(f"/s3/{filled}/objects/trip/broken.png")
    expect(page.locator(".s3-stage")).to_contain_text("damaged or cut off")
    assert_accessible(page)


@pytest.mark.parametrize(("theme", "width"), FOUR)
def test_the_queue(
    page_at: OpenPage, look: Look, live: Live, filled: str, faults: Faults, theme: str, width: int, tmp_path: Path
) -> None:
    faults.expected |= {409, 503}
    bucket = new_bucket(live.aws)
    live.aws.client("s3").put_object(Bucket=bucket, Key="taken.png", Body=b"old")
    page = page_at(f"/s3/{bucket}/", theme, width)
    choose(page, *(file(name, picture(colour)) for name, colour in (("lake.jpeg", "teal"), ("taken.png", "plum"))))
    choose(page, file("empty.txt", b""), file("fails.png", picture("red")), file("waits.png", picture("gold")))
    expect(page.locator('[data-queue="start"]')).to_have_text("Upload 4 files")
    look("queue-ready", page, theme, width)

    def answer(route: Route, request: Request) -> None:
        body = request.post_data_buffer or b""
        if b'"fails.png"' in body:
            route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(BUSY))
        elif b'"waits.png"' not in body:
            route.continue_()

    page.route("**/upload", answer)
    start(page)
    expect(page.locator("[data-s3-asking]")).to_be_visible()
    expect(page.locator("[data-s3-queue-list] .badge-failed")).to_have_count(2)
    expect(page.locator("[data-s3-queue-list] .badge-done")).to_have_count(1)
    look("queue-sending", page, theme, width)
    page.get_by_role("button", name="Stop all").click()
    expect(page.locator('[data-queue="retry-all"]')).to_be_visible()
    look("queue-ended", page, theme, width)
    if width > 800:
        drop(page, [tmp_path], hold=True)
        page.screenshot(path=SCREENSHOTS / f"s3-drop-{theme}-{width}.png")
