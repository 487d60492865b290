"""The SQL workbench by keyboard alone: menus give the focus back, and no answer takes it away."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults
from tests.browser.conftest import Live, OpenPage
from tests.browser.test_rds import ENDLESS, write
from tests.rds.conftest import make_instances


@pytest.fixture(scope="module")
def keyed(live: Live) -> str:
    """A PostgreSQL instance of this file's own, ready."""
    make_instances(live.aws, {"keyed": "postgres"})
    return "keyed"


def run_button(page: Page) -> None:
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_focused()


def test_menus_of_columns_and_cells_give_the_focus_back(page_at: OpenPage, keyed: str) -> None:
    page = page_at(f"/rds/{keyed}/query?sql=SELECT+g,+g+AS+h+FROM+generate_series(1,3)+g")
    head, menu = page.locator("[data-grid-column]").first, page.locator(".grid-menu")
    head.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Sort up")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(head).to_be_focused()
    page.locator("[data-grid] td").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    cell = page.locator("[data-grid] td").nth(3)
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Copy", exact=True)).to_be_focused()
    menu.get_by_role("button", name="Filter by value").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-grid] tbody tr:visible")).to_have_count(1)
    expect(menu).to_have_count(0)
    expect(cell).to_be_focused()


def test_no_answer_loses_the_focus(page_at: OpenPage, keyed: str, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at(f"/rds/{keyed}/query?sql=SELECT+1")
    page.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_contain_text("1 row")
    run_button(page)
    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible(timeout=15_000)
    run_button(page)
    page.locator("[name=mode][value=read]").focus()
    page.keyboard.press("ArrowRight")
    write(page, "CREATE TABLE pressed (id int)")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Commit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Committed.", exact=True)).to_be_visible()
    run_button(page)


def test_escape_closes_the_name_of_a_query_to_be_saved(page_at: OpenPage, keyed: str) -> None:
    page = page_at(f"/rds/{keyed}/query?sql=SELECT+1")
    opening, name = page.get_by_role("button", name="Save query"), page.get_by_label("Save as")
    opening.focus()
    page.keyboard.press("Enter")
    expect(name).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_hidden()
    expect(opening).to_be_focused()


def test_a_time_limit_of_an_address_is_offered_or_refused(page_at: OpenPage, keyed: str, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at(f"/rds/{keyed}/query?sql=SELECT+1&timeout=45")
    expect(page.get_by_label("Stop after")).to_have_value("45")
    page = page_at(f"/rds/{keyed}/query?sql=SELECT+1&timeout=0", status=422)
    expect(page.locator(".rds-mistake")).to_contain_text(re.compile("No such time limit.*from 1 to 600 seconds", re.S))
    expect(page.locator(".cm-content")).to_have_text("SELECT 1")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#results")).to_contain_text("1 row")
