"""The call drawer: keys, height, tabs, copying, and calls that scripts add; with and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import assert_accessible
from tests.browser.conftest import OpenPage

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]
CALL: dict[str, Any] = {
    "service": "s3",
    "operation": "PutObject",
    "count": 1,
    "milliseconds": 40.0,
    "offset_ms": 10.0,
    "status": 403,
    "request_id": "REQUEST",
    "retries": 2,
    "error_code": "AccessDenied",
    "error_message": "Not yours",
    "python": 'import boto3\nboto3.client("s3")',
    "command": "aws s3api put-object",
    "policy": "",
    "docs_url": "",
}


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_open_drawer_is_accessible(page_at: OpenPage, theme: str, width: int) -> None:
    page = page_at("/", theme=theme, width=width)
    page.locator("#drawer > summary").click()
    page.evaluate("call => trellis.drawer.add([call])", CALL)
    assert_accessible(page)


@pytest.mark.parametrize("js", [True, False])
def test_rail_is_a_drawer_on_a_phone(page_at: OpenPage, js: bool) -> None:
    page = page_at("/", width=390, js=js)
    link = page.locator(".rail-link").first
    expect(link).to_be_hidden()
    page.locator(".bar-menu").click()
    expect(link).to_be_visible()


def test_drawer_opens_by_key_and_remembers_state_and_height(page_at: OpenPage) -> None:
    page = page_at("/")
    body = page.locator(".drawer-body")
    page.keyboard.press("c")
    expect(body).to_be_visible()
    before = body.evaluate("e => e.offsetHeight")
    page.locator(".drawer-grip").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert body.evaluate("e => e.offsetHeight") == before + 48
    page.reload()
    expect(body).to_be_visible()
    assert body.evaluate("e => e.offsetHeight") == before + 48


def test_drawer_takes_calls_of_scripts(page_at: OpenPage) -> None:
    page = page_at("/")
    page.keyboard.press("c")
    count = int(page.locator("#drawer").get_attribute("data-count") or 0)
    page.evaluate("call => trellis.drawer.add([call])", CALL)
    expect(page.locator("[data-drawer-words]")).to_contain_text(f"{count + 1} AWS call")
    expect(page.locator("[data-drawer-failed]")).to_have_text("1 failed")
    row = page.locator("[data-drawer-added] .call")
    expect(row.locator("summary")).to_contain_text("s3 PutObject")
    expect(row.locator("summary > svg").first).to_have_attribute("aria-label", "Failed")
    row.locator("summary").click()
    expect(row.get_by_role("tab")).to_have_text(["boto3", "AWS CLI", "Response"])
    expect(row.get_by_role("tabpanel")).to_contain_text("import boto3")


def test_drawer_tabs_move_by_arrows_and_are_kept(page_at: OpenPage) -> None:
    page = page_at("/")
    page.keyboard.press("c")
    page.evaluate("call => trellis.drawer.add([call, {...call, operation: 'GetObject'}])", CALL)
    first, second = page.locator("[data-drawer-added] .call").all()
    first.locator("summary").click()
    first.get_by_role("tab", name="boto3").focus()
    page.keyboard.press("ArrowRight")
    expect(first.get_by_role("tab", name="AWS CLI")).to_be_focused()
    expect(first.get_by_role("tabpanel")).to_contain_text("aws s3api put-object")
    first.locator("summary").focus()
    page.keyboard.press("ArrowDown")
    expect(second.get_by_role("tab", name="AWS CLI")).to_have_attribute("aria-selected", "true")
    expect(first.locator(".call-body")).to_be_hidden()


def test_code_is_coloured_and_copied_as_it_is(page_at: OpenPage) -> None:
    page = page_at("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("c")
    page.evaluate("call => trellis.drawer.add([call])", CALL)
    row = page.locator("[data-drawer-added] .call")
    row.locator("summary").click()
    pane = row.get_by_role("tabpanel")
    expect(pane.locator(".tok-k").first).to_have_text("import")
    pane.locator("button").click()
    expect(pane.locator("button")).to_have_class(re.compile("is-done"))
    assert page.evaluate("navigator.clipboard.readText()") == CALL["python"]


def test_drawer_opens_without_javascript(page_at: OpenPage) -> None:
    page = page_at("/", js=False)
    page.locator("#drawer > summary").click()
    expect(page.locator(".drawer-body")).to_be_visible()


def test_looks_that_are_repeated_are_shown_once_with_their_count(page_at: OpenPage) -> None:
    page = page_at("/")
    count = int(page.locator("#drawer").get_attribute("data-count") or 0)
    look = {**CALL, "operation": "GetJobRun", "error_code": None, "error_message": None}
    page.evaluate("look => { for (let i = 0; i < 3; i += 1) trellis.drawer.fold([look]); }", look)
    page.evaluate("look => trellis.drawer.fold([{...look, operation: 'StartJobRun'}, look])", look)
    page.evaluate("look => trellis.drawer.fold([{...look, operation: 'StartJobRun'}])", look)
    rows = page.locator("[data-drawer-added] .call")
    expect(rows).to_have_count(3)  # what starts something is a call of its own each time
    expect(rows.first.locator("[data-fill='times']")).to_have_text("× 4")
    expect(page.locator("[data-drawer-words]")).to_contain_text(f"{count + 6} AWS calls")
    page.evaluate("call => trellis.drawer.fold([call, call])", {**CALL, "operation": "GetJobRun"})
    expect(rows).to_have_count(5)  # failures are not hidden in a count
