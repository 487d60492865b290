"""Chapters 9 and 12 walked through in Chromium: the sum is 25, a picture goes through API Gateway into the bucket."""

import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.apigateway.functions import BUCKET, fill
from tests.browser.browsing import assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="  # one red pixel
)
PARALLEL = 20


@pytest.fixture(scope="module")
def apis(live: Live) -> Live:
    """The functions and the bucket of the tests of API Gateway's pages."""
    fill(live.aws)
    return live


def create(page: Page) -> str:
    """Make the API that the form describes; returns its id."""
    page.get_by_role("button", name="Create API").click()
    page.wait_for_url(re.compile(r"/apigateway/\w+/\?"))
    return page.url.split("/apigateway/")[1].split("/")[0]


def test_chapter_nine(page_at: OpenPage, apis: Live) -> None:
    page = page_at("/apigateway/")
    page.get_by_role("link", name="The sum of chapter 9").click()
    expect(page.get_by_label("Name of the API")).to_have_value("SumUp")
    assert_accessible(page)
    create(page)
    expect(page.locator(".apigw-flow > li")).to_have_count(6)
    assert_accessible(page)
    page.get_by_role("link", name="Test", exact=True).click()
    expect(page.get_by_label("Body", exact=True)).to_have_value('{"Number1": 10, "Number2": 15}')
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator("#answer")).to_have_text("25")
    expect(page.get_by_role("heading", name="Execution log")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Call", exact=True).click()
    assert_accessible(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#answer")).to_have_text("25")
    assert_accessible(page)
    page.get_by_role("link", name="Stages", exact=True).click()
    expect(page.get_by_text("Callers of dev get the API as it is now: 2 methods.")).to_be_visible()
    assert_accessible(page)


def test_a_plan_is_offered_the_stages_there_are(page_at: OpenPage, apis: Live) -> None:
    page = page_at("/apigateway/new?function=proxied")
    page.get_by_label("Name of the API").fill("offered")
    api = create(page)
    page.goto(page.url.split("/apigateway/")[0] + "/apigateway/keys")
    offered = page.locator(f'#places option[value="{api}:dev"]')
    expect(offered).to_have_count(0)
    page.get_by_label("For the stage").focus()
    expect(offered).to_have_count(1)


def test_the_pages_of_an_api_without_javascript_and_on_a_phone(page_at: OpenPage, apis: Live) -> None:
    page = page_at("/apigateway/new?function=proxied", js=False)
    page.get_by_label("Name of the API").fill("plain")
    api = create(page)
    page.get_by_text("Add a resource below").click()
    page.get_by_label("Part of the path").fill("pictures")
    page.get_by_role("button", name="Add the resource").click()
    expect(page.get_by_text("/pictures is added under /.")).to_be_visible()
    for path in ("", "stages", "call"):
        for theme in ("light", "dark"):
            phone = page_at(f"/apigateway/{api}/{path}", theme=theme, width=390)
            assert not too_wide(phone), path
            assert_accessible(phone)
    for path in ("", "keys", "new", "import"):
        phone = page_at(f"/apigateway/{path}", theme="dark", width=390)
        assert not too_wide(phone), path
        assert_accessible(phone)


def upload_api(page_at: OpenPage) -> str:
    """Make the API of chapter 12 by its template; returns the address of its stage."""
    page = page_at("/apigateway/new?template=upload")
    api = create(page)
    page.get_by_role("link", name="Call", exact=True).click()
    shown: str = page.locator("#main .copyable .mono").first.inner_text()
    assert api in shown
    return shown


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of a pixel, named as the book does."""
    import base64

    target = tmp_path / "image.jpeg"
    target.write_bytes(base64.b64decode(PIXEL))
    return target


def stored(live: Live, key: str) -> Any:
    return live.aws.client("s3").get_object(Bucket=BUCKET, Key=key)


def test_chapter_twelve_by_the_third_lane(page_at: OpenPage, apis: Live, picture: Path) -> None:
    before = page_at(f"/s3/{BUCKET}/race")
    expect(before.get_by_text("No API here takes pictures to S3 yet.")).to_be_visible()
    upload_api(page_at)
    page = page_at(f"/s3/{BUCKET}/?prefix=album/")
    page.locator("[data-s3-files]").set_input_files(picture)
    lane = page.locator(".s3-row [data-lane]")
    expect(lane.locator('option[value="function"]')).to_be_enabled()
    lane.select_option("function")
    page.get_by_role("button", name="Upload 1 file").click()
    expect(page.locator(".s3-row .badge")).to_have_text("Stored")
    expect(page.locator("[data-hops]")).to_contain_text("API Gateway")
    expect(page.locator("[data-hops]")).to_contain_text("more by base64")
    found = stored(apis, "album/image.jpeg")
    assert found["Body"].read() == picture.read_bytes() and found["ContentType"] == "image/png"
    assert_accessible(page)


def test_a_picture_over_the_wall_is_refused_before_anything_is_sent(
    page_at: OpenPage, apis: Live, tmp_path: Path
) -> None:
    upload_api(page_at)
    large = tmp_path / "large.png"
    large.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024))
    page = page_at(f"/s3/{BUCKET}/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("[data-s3-files]").set_input_files(large)
    lane = page.locator(".s3-row [data-lane]")
    expect(lane.locator('option[value="function"]')).to_be_enabled()
    lane.select_option("function")
    expect(page.locator("[data-fault]")).to_contain_text("more than the 6.0 MiB that Lambda takes. Nothing was sent.")
    assert sent == []


def test_the_upload_race(page_at: OpenPage, apis: Live, picture: Path) -> None:
    upload_api(page_at)
    rule = {"AllowedOrigins": [apis.url], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"]}
    apis.aws.client("s3").put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    page = page_at(f"/s3/{BUCKET}/race")
    page.locator("#race-file").set_input_files(picture)
    expect(page.get_by_text("it fits every lane")).to_be_visible()
    page.get_by_role("button", name="Race").click()
    expect(page.locator("[data-race-compared]")).to_contain_text("The 3 objects hold the same")
    for lane in ("through", "straight", "function"):
        expect(page.locator(f'[data-race-lane="{lane}"] [data-result]')).to_have_text("Stored")
        assert stored(apis, f"race/{lane}-image.jpeg")["Body"].read() == picture.read_bytes()
    assert_accessible(page)
    assert not too_wide(page_at(f"/s3/{BUCKET}/race", width=390))


def test_twenty_uploads_at_once_and_none_is_lost(page_at: OpenPage, apis: Live) -> None:
    url = upload_api(page_at)

    def send(number: int) -> int:
        body = {"image_base64": PIXEL, "bucket": BUCKET, "s3_file_name": f"parallel/{number}.png"}
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(json.load(answer)["bytes"])

    with ThreadPoolExecutor(PARALLEL) as pool:
        sizes = set(pool.map(send, range(PARALLEL)))
    kept = apis.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="parallel/")["Contents"]
    assert len(kept) == PARALLEL and {one["Size"] for one in kept} == sizes
