"""What can go wrong while files are sent, each with its clear answer and nothing lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from tests.browser.browsing import Faults
from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import badge, choose, file, finish, new_bucket, picture, row, start, stored
from tests.browser.serving import dashboard
from tests.embedded.process import start as start_aws


@pytest.fixture
def bucket(live: Live) -> str:
    return new_bucket(live.aws)


@pytest.fixture
def folder_page(page_at: OpenPage, bucket: str) -> Page:
    return page_at(f"/s3/{bucket}/")


@pytest.mark.parametrize(
    ("word", "left"),
    [("Keep both", ["a (2).png", "a.png"]), ("Replace it", ["a.png"]), ("Leave it", ["a.png"])],
)
def test_a_taken_name_is_asked(
    folder_page: Page, live: Live, bucket: str, faults: Faults, word: str, left: list[str]
) -> None:
    faults.expected.add(409)
    live.aws.client("s3").put_object(Bucket=bucket, Key="a.png", Body=b"old")
    choose(folder_page, file("a.png", picture()))
    start(folder_page)
    badge(folder_page, "a.png", "Name taken")
    folder_page.get_by_role("button", name=word).click()
    finish(folder_page, "1 left as they were" if word == "Leave it" else "1 file stored")
    assert stored(live.aws, bucket) == left
    body = live.aws.client("s3").get_object(Bucket=bucket, Key="a.png")["Body"].read()
    assert (body == b"old") is (word != "Replace it")


def test_one_answer_holds_for_all_taken_names(folder_page: Page, live: Live, bucket: str, faults: Faults) -> None:
    faults.expected.add(409)
    names = [f"{n}.txt" for n in range(8)]
    for name in names:
        live.aws.client("s3").put_object(Bucket=bucket, Key=name, Body=b"old")
    choose(folder_page, *[file(name, b"new") for name in names])
    start(folder_page)
    folder_page.get_by_label("The same for").check()
    folder_page.get_by_role("button", name="Replace it").click()
    finish(folder_page, "8 files stored")
    s3 = live.aws.client("s3")
    assert {s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names} == {b"new"}


def test_what_failed_is_sent_again(folder_page: Page, live: Live, bucket: str, faults: Faults) -> None:
    folder_page.route("**/upload", lambda route: route.abort("connectionreset"), times=1)
    choose(folder_page, file("a.png", picture()))
    start(folder_page)
    badge(folder_page, "a.png", "Failed")
    expect(row(folder_page, "a.png").locator("[data-fault-words]")).to_contain_text("The connection broke")
    assert len(faults.found) == 1
    assert "ERR_CONNECTION_RESET" in faults.found.pop()
    folder_page.get_by_role("button", name="Send 1 file again").click()
    finish(folder_page, "1 file stored")
    assert stored(live.aws, bucket) == ["a.png"]


def test_an_error_is_told_with_its_code_beside_its_file(
    page_at: OpenPage, live: Live, bucket: str, faults: Faults
) -> None:
    page = page_at(f"/s3/{bucket}/")
    faults.expected.add(404)
    live.aws.client("s3").delete_bucket(Bucket=bucket)
    choose(page, file("a.png", picture()))
    start(page)
    badge(page, "a.png", "Failed")
    expect(row(page, "a.png").locator("[data-fault-code]")).to_contain_text("NoSuchBucket · request ")


def test_a_name_too_long_for_s3_is_told_in_bytes(folder_page: Page, live: Live, bucket: str, faults: Faults) -> None:
    faults.expected.add(400)
    choose(folder_page, file("a.png", picture()), file("b.png", picture()))
    folder_page.get_by_label("Name of a.png").fill("é" * 600)
    start(folder_page)
    finish(folder_page, "1 file stored, 1 not stored")
    expect(row(folder_page, "a.png").locator("[data-fault]")).to_contain_text("176 bytes longer than the 1,024")
    assert stored(live.aws, bucket) == ["b.png"]


def test_a_session_that_is_gone_is_told_beside_the_file(
    folder_page: Page, live: Live, bucket: str, faults: Faults
) -> None:
    faults.expected.add(400)
    folder_page.context.clear_cookies()
    choose(folder_page, file("a.png", picture()))
    start(folder_page)
    badge(folder_page, "a.png", "Failed")
    expect(row(folder_page, "a.png").locator("[data-fault-words]")).to_contain_text("form")
    assert stored(live.aws, bucket) == []


def test_sending_is_stopped_and_the_page_is_not_left_by_accident(
    folder_page: Page, live: Live, bucket: str, faults: Faults
) -> None:
    held: list[Route] = []
    folder_page.route("**/upload", lambda route: held.append(route))
    choose(folder_page, *[file(f"{n}.png", picture()) for n in range(4)])
    start(folder_page)
    badge(folder_page, "0.png", "Sending")
    badge(folder_page, "3.png", "Waits")
    assert folder_page.title().startswith("0 % · ")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    folder_page.on("dialog", stay)
    folder_page.close(run_before_unload=True)
    folder_page.get_by_role("button", name="Stop: 1.png").click()
    assert asked == ["beforeunload"]
    badge(folder_page, "1.png", "Stopped")
    folder_page.get_by_role("button", name="Stop all").click()
    finish(folder_page, "4 stopped")
    assert "%" not in folder_page.title()
    assert stored(live.aws, bucket) == []
    assert not faults.found


def test_aws_dies_and_comes_back(context_for: Callable[..., BrowserContext], faults: Faults, tmp_path: Path) -> None:
    faults.expected |= {502, 503, 504}
    aws = start_aws(tmp_path / "aws")
    try:
        bucket = new_bucket(aws)
        with dashboard(aws.env, tmp_path / "dashboard") as url:
            page = context_for().new_page()
            page.goto(f"{url}/s3/{bucket}/")
            choose(page, file("a.png", picture()))
            aws.kill()
            start(page)
            expect(row(page, "a.png").locator("[data-fault-words]")).to_contain_text("AWS", timeout=30_000)
            aws = start_aws(tmp_path / "aws", "--port", str(aws.port))
            page.get_by_role("button", name="Send 1 file again").click()
            finish(page, "1 file stored")
            assert stored(aws, bucket) == ["a.png"]
    finally:
        aws.stop()


def test_too_large_is_told_before_a_byte_is_sent(
    context_for: Callable[..., BrowserContext], live: Live, bucket: str, tmp_path: Path
) -> None:
    with dashboard({**live.aws.env, "TRELLIS_MAX_UPLOAD_MIB": "1"}, tmp_path) as url:
        page = context_for().new_page()
        page.goto(f"{url}/s3/{bucket}/")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        choose(page, file("large.bin", bytes(1024 * 1024 + 1)))
        badge(page, "large.bin", "Not possible")
        expect(row(page, "large.bin").locator("[data-fault]")).to_contain_text(
            "more than the 1.0 MiB that Trellis takes"
        )
        expect(page.locator('[data-queue="start"]')).to_be_hidden()
        assert "POST" not in sent
        assert "GET" in sent, "whether S3 takes it straight was asked"
