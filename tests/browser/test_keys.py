"""Lists by keyboard alone."""

from playwright.sync_api import expect

from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import new_bucket


def test_j_and_k_go_through_a_table_and_enter_opens(page_at: OpenPage, live: Live) -> None:
    names = sorted(new_bucket(live.aws, "keys") for _ in range(3))
    page = page_at("/s3/?q=keys-")
    links = page.locator("main tbody a.main")
    expect(links).to_have_count(3)
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    for _ in range(4):
        page.keyboard.press("j")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[1])


def test_they_go_through_the_gallery_and_leave_typing_alone(page_at: OpenPage, live: Live) -> None:
    bucket = new_bucket(live.aws)
    for key in ("a.txt", "b.txt", "c/d.txt"):
        live.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
    page = page_at(f"/s3/{bucket}/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_have_text("a.txt")
    page.locator("input[form='selection']").nth(1).check()
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_have_text("b.txt")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    expect(page.locator("main [data-search]")).to_have_value("jk")
