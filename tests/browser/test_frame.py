"""The frame of every page: looks, themes, phones; with and without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import SCREENSHOTS, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]
SMALL_TARGETS = """() => {
  const all = ".bar button, .bar summary, .rail a, .rail button, main .button, #drawer > summary";
  const boxes = [...document.querySelectorAll(all)].filter((e) => e.checkVisibility())
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect()]);
  return boxes.filter(([, box]) => box.width < 40 || box.height < 40)
    .map(([word, box]) => [word, box.width, box.height]);
}"""
INSERT = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_overview_is_accessible(page_at: OpenPage, theme: str, width: int) -> None:
    page = page_at("/", theme=theme, width=width)
    assert_accessible(page)
    assert not too_wide(page)


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


def test_identity_names_account_and_kind(page_at: OpenPage, live: Live) -> None:
    account = live.aws.client("sts").get_caller_identity()["Account"]
    pill = page_at("/").locator(".pill-embedded")
    expect(pill).to_contain_text("Embedded AWS")
    expect(pill).to_contain_text(account)


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
