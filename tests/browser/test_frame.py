"""The frame of every page: looks, keys, themes, the call drawer; with and without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import SCREENSHOTS, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage

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

SMALL_TARGETS = """() => {
  const all = ".bar button, .bar summary, .rail a, .rail button, main .button, #drawer > summary";
  const boxes = [...document.querySelectorAll(all)].filter((e) => e.checkVisibility())
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect()]);
  return boxes.filter(([, box]) => box.width < 40 || box.height < 40)
    .map(([word, box]) => [word, box.width, box.height]);
}"""
INSERT = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"
ASK = """<button data-dialog="ask">Delete</button><dialog id="ask"><form>
  <input data-must-equal="photos" required aria-label="Name"><button type="button" data-close>Cancel</button>
</form></dialog>"""
COUNT_SENT = """() => {
  window.sent = 0;
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) window.sent += 1;
    event.preventDefault();
  });
}"""
AGO = """async (moments) => {
  const { ago } = await import("/static/js/times.js");
  return moments.map((moment) => ago(new Date(moment), new Date("2026-03-01T12:00:00Z")));
}"""


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_overview_is_accessible(page_at: OpenPage, theme: str, width: int) -> None:
    page = page_at("/", theme=theme, width=width)
    assert_accessible(page)
    assert not too_wide(page)


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_open_drawer_is_accessible(page_at: OpenPage, theme: str, width: int) -> None:
    page = page_at("/", theme=theme, width=width)
    page.locator("#drawer > summary").click()
    page.evaluate("call => trellis.drawer.add([call])", CALL)
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_menus_and_dialogs_are_accessible(page_at: OpenPage, theme: str) -> None:
    page = page_at("/", theme=theme)
    page.locator(".pill-region").click()
    assert_accessible(page)
    page.locator(".pill-embedded").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert_accessible(page)


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_error_page_is_accessible(page_at: OpenPage, theme: str, width: int) -> None:
    page = page_at("/nowhere", theme=theme, width=width, status=404)
    assert_accessible(page)
    assert not too_wide(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_without_aws_says_what_to_do(page_at: OpenPage, unconnected: str, theme: str) -> None:
    page = page_at(unconnected + "/", theme=theme)
    expect(page.get_by_role("heading", name="No AWS to talk to")).to_be_visible()
    expect(page.locator(".pill-none")).to_contain_text("Not connected")
    expect(page.locator("main")).to_contain_text("make run")
    assert_accessible(page)


def test_nothing_scrolls_sideways_on_the_smallest_phone(page_at: OpenPage, unconnected: str) -> None:
    assert not too_wide(page_at("/", width=360))
    assert not too_wide(page_at(unconnected + "/", width=360))
    assert not too_wide(page_at("/nowhere", width=360, status=404))


def test_targets_on_a_phone_are_large_enough(page_at: OpenPage) -> None:
    page = page_at("/", width=390)
    page.locator(".bar-menu").click()
    small = page.evaluate(SMALL_TARGETS)
    assert small == []


def test_theme_is_kept_and_follows_the_system_again(page_at: OpenPage) -> None:
    page = page_at("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.locator("[data-theme-menu] > summary").click()
    page.get_by_role("button", name="Like the system").click()
    assert page.evaluate(ground) == light


def test_dark_system_without_javascript_is_dark(page_at: OpenPage) -> None:
    page = page_at("/", theme="dark", js=False)
    colour = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", colour)[:3])) < 120


def test_shortcut_list_opens_and_closes(page_at: OpenPage) -> None:
    page = page_at("/")
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


def test_shortcuts_do_not_fire_while_typing(page_at: OpenPage) -> None:
    page = page_at("/")
    page.locator(".pill-region").click()
    expect(page.locator("#region-filter")).to_be_focused()
    page.keyboard.type("?tc[")
    expect(page.locator("#region-filter")).to_have_value("?tc[")
    assert page.evaluate("document.querySelector('dialog[open]')") is None
    assert page.evaluate("document.documentElement.dataset.theme") is None
    assert page.evaluate("document.getElementById('drawer').open") is False


def test_g_and_a_letter_go_to_a_service(page_at: OpenPage) -> None:
    page = page_at("/nowhere", status=404)
    page.keyboard.press("g")
    key = page.locator(".rail-link", has_text="Overview").locator("kbd")
    expect(key).to_be_visible()
    page.keyboard.press(key.inner_text())
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_palette_finds_a_place(page_at: OpenPage) -> None:
    page = page_at("/nowhere", status=404)
    page.keyboard.press("/")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("overv")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r":\d+/(#main)?$"))


def test_region_switch_by_typing(page_at: OpenPage) -> None:
    page = page_at("/")
    page.locator(".pill-region").click()
    page.keyboard.type("frankf")
    page.keyboard.press("Enter")
    expect(page.locator(".pill-region")).to_contain_text("eu-central-1")


def test_region_switch_without_javascript(page_at: OpenPage) -> None:
    page = page_at("/", js=False)
    page.locator(".pill-region").click()
    page.get_by_role("button", name="eu-west-1").click()
    expect(page.locator(".pill-region")).to_contain_text("eu-west-1")


def test_identity_names_account_and_kind(page_at: OpenPage, live: Live) -> None:
    account = live.aws.client("sts").get_caller_identity()["Account"]
    pill = page_at("/").locator(".pill-embedded")
    expect(pill).to_contain_text("Embedded AWS")
    expect(pill).to_contain_text(account)


def test_menus_close_by_escape_and_by_a_click_elsewhere(page_at: OpenPage) -> None:
    page = page_at("/")
    panel = page.locator(".pill-embedded + .menu-panel")
    page.locator(".pill-embedded").click()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".pill-embedded")).to_be_focused()
    page.locator(".pill-embedded").click()
    page.locator("h1").click()
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("js", [True, False])
def test_rail_is_a_drawer_on_a_phone(page_at: OpenPage, js: bool) -> None:
    page = page_at("/", width=390, js=js)
    link = page.locator(".rail-link").first
    expect(link).to_be_hidden()
    page.locator(".bar-menu").click()
    expect(link).to_be_visible()


def test_rail_folds_and_stays_folded(page_at: OpenPage) -> None:
    page = page_at("/")
    wide = page.locator(".rail").bounding_box()
    page.keyboard.press("[")
    page.reload()
    narrow = page.locator(".rail").bounding_box()
    assert wide is not None and narrow is not None
    assert narrow["width"] < wide["width"] / 2
    assert_accessible(page)


def test_first_tab_skips_to_the_content(page_at: OpenPage) -> None:
    page = page_at("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


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
    assert row.get_by_role("tab").all_inner_texts() == ["boto3", "AWS CLI", "Response"]
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


def test_name_must_be_typed_exactly(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate(INSERT, ASK)
    page.get_by_role("button", name="Delete").click()
    field = page.get_by_label("Name")
    expect(field).to_be_focused()
    valid: Callable[[], bool] = lambda: bool(field.evaluate("e => e.checkValidity()"))  # noqa: E731
    field.fill("photo")
    assert not valid()
    field.fill("photos")
    assert valid()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#ask")).to_be_hidden()


def test_form_is_sent_once(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate(INSERT, '<form id="once" data-busy><button>Send</button></form>')
    page.evaluate(COUNT_SENT)
    page.evaluate("for (let i = 0; i < 3; i++) document.getElementById('once').requestSubmit()")
    assert page.evaluate("window.sent") == 1


def test_messages_are_told_and_dismissed(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate("trellis.tell('<b>3 files</b> are stored.', 'done')")
    message = page.locator("#notices .notice-done")
    expect(message).to_contain_text("<b>3 files</b> are stored.")
    assert_accessible(page)
    message.get_by_role("button", name="Dismiss").click()
    expect(message).to_have_count(0)


def test_times_grow_old_while_the_page_is_open(page_at: OpenPage) -> None:
    page = page_at("/")
    moments = ["01T11:59:30", "01T11:59:00", "01T09:00:00", "01T12:05:00", "01T12:00:20"]
    words = page.evaluate(AGO, [f"2026-03-{moment}Z" for moment in moments])
    assert words == ["just now", "1 minute ago", "3 hours ago", "in 5 minutes", "in a moment"]


def test_pictures_of_the_frame(screenshots: Callable[..., list[Path]], unconnected: str, page_at: OpenPage) -> None:
    kept = screenshots("overview", "/")
    kept += screenshots("not-found", "/nowhere", status=404)
    kept += screenshots("not-connected", unconnected + "/")
    assert all(path.stat().st_size > 5000 for path in kept)


def test_rail_and_bar_stay_in_sight_while_scrolling(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate(INSERT, "<p>line</p>" * 300)
    page.evaluate("scrollTo(0, 4000)")
    tops = page.evaluate("[...document.querySelectorAll('.rail, .bar')].map((e) => e.getBoundingClientRect().top)")
    assert tops == [0, 0]
    drawer = page.evaluate("innerHeight - document.querySelector('#drawer').getBoundingClientRect().bottom")
    assert drawer == 0


def test_title_tells_what_ended_until_the_person_is_back(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true; trellis.announce('12 files stored')")
    expect(page).to_have_title("12 files stored · Overview · Trellis")
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Overview · Trellis")


def test_bar_of_the_smallest_phone_holds_the_longest_region(page_at: OpenPage) -> None:
    page = page_at("/", width=360)
    page.locator(".pill-region").click()
    page.keyboard.type("ap-southeast-2")
    page.keyboard.press("Enter")
    expect(page.locator(".pill-region")).to_contain_text("ap-southeast-2")
    tops = page.evaluate(
        "[...document.querySelectorAll('.bar > :not(.crumbs)')].map((e) => e.getBoundingClientRect().top)"
    )
    assert max(tops) - min(tops) < 12
    assert not too_wide(page)
    page.screenshot(path=SCREENSHOTS / "overview-360.png")
