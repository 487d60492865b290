"""What scripts add to every page: shortcuts, palette, menus, dialogs, messages, times."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.browsing import assert_accessible
from tests.browser.conftest import OpenPage

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
  const { ago } = await import("/static/any/js/times.js");
  return moments.map((moment) => ago(new Date(moment), new Date("2026-03-01T12:00:00Z")));
}"""


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


def test_title_tells_what_ended_until_the_person_is_back(page_at: OpenPage) -> None:
    page = page_at("/")
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true; trellis.announce('12 files stored')")
    expect(page).to_have_title("12 files stored · Overview · Trellis")
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Overview · Trellis")
