"""The book's database walked through in Chromium, a query cancelled, a mistake marked, a plan read."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.rds.conftest import make_instances
from tests.rds.test_codegen_sql import run_program

ENDLESS = "SELECT count(*) FROM generate_series(1, 9000000000) a"


@pytest.fixture(scope="module")
def shop(live: Live) -> str:
    """A PostgreSQL instance, ready."""
    make_instances(live.aws, {"shop": "postgres"})
    return "shop"


def write(page: Page, sql: str) -> None:
    """Put SQL into the editor in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # Chromium styles text that replaces a selection, which the policy forbids
    page.keyboard.insert_text(sql)


def create_database_1(page: Page) -> None:
    """Fill in the form as the book does, and wait until the instance is available."""
    page.get_by_label("DB instance identifier").fill("database-1")
    expect(page.locator("[data-rds-price] strong")).to_have_text("$14.71")
    page.get_by_label("Storage in GiB").fill("200")
    expect(page.locator("[data-rds-price] strong")).to_have_text("$35.41")
    page.get_by_text("More settings").click()
    page.get_by_label("Let it grow up to, in GiB").fill("1000")
    page.get_by_label("Port").fill("3306")
    page.get_by_label("Publicly accessible").check()
    page.get_by_label("Type it").check()
    page.locator("[name=password]").fill("correct-horse")
    assert_accessible(page)
    page.locator("#create").get_by_role("button", name="Create database").click()
    page.wait_for_url("**/rds/database-1/")
    page.get_by_text("Show the page as it is now").click(timeout=60_000)


def define_and_fill(page: Page) -> None:
    """Make the book's database, table and rows; who forgets to switch to write mode is led there."""
    write(page, "CREATE DATABASE address;\nUSE address;\nCREATE TABLE address (id INT, address VARCHAR(20));")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".rds-mistake")).to_contain_text("CREATE may change something")
    assert_accessible(page)
    page.get_by_role("button", name="Switch to write mode").click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("commits by itself at CREATE")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Run it").click()
    expect(page.get_by_text("Committed.", exact=True)).to_be_visible()
    expect(page.locator(".rds-table-link")).to_have_text("address~0")
    assert "rows changed" not in page.locator("#results").inner_text(), "what defines something changes no rows"
    write(page, 'INSERT INTO address VALUES (1, "Germany");\nINSERT INTO address VALUES (2, "USA");')
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_text("Committed.", exact=True)).to_be_visible()


def test_the_books_database(page_at: OpenPage, live: Live, faults: Faults, tmp_path: Path) -> None:
    faults.expected.add(422)
    page = page_at("/rds/")
    create_database_1(page)
    made = live.aws.client("rds").describe_db_instances(DBInstanceIdentifier="database-1")["DBInstances"][0]
    assert (made["AllocatedStorage"], made["MaxAllocatedStorage"], made["PubliclyAccessible"]) == (200, 1000, True)
    page.locator(".page-head").get_by_role("link", name="Query").click()
    define_and_fill(page)
    page.locator(".work-mode").get_by_text("Read only").click()
    write(page, "SELECT * FROM address WHERE id = :id")
    page.get_by_label(":id").fill("2")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("[data-grid] td")).to_have_text(["2", "USA"])
    expect(page).to_have_url(re.compile("p.id=2"))
    assert_accessible(page)
    secret: Any = live.aws.client("secretsmanager").get_secret_value(SecretId="rds/database-1")
    assert "correct-horse" in secret["SecretString"]
    page.locator("#drawer > summary").click()
    assert "correct-horse" not in page.content()
    programs = page.locator("#drawer [data-fill=python]").all_text_contents()
    program = next(one for one in reversed(programs) if "sqlalchemy" in one)
    assert "get_secret_value" in program, "it reads with the secret"
    assert run_program(program, live.aws, tmp_path) == "(2, 'USA')\n", "a terminal gives the page's row"


def test_a_query_is_cancelled(page_at: OpenPage, shop: str, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at(f"/rds/{shop}/query")
    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_a_mistake_is_marked_where_it_is(page_at: OpenPage, shop: str, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at(f"/rds/{shop}/query")
    write(page, "SELECT 1;\nSELECT 2 FORM x")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cm-lintRange-error")).to_have_text("x")
    expect(page.locator("[data-grid-result]")).to_have_count(1)
    assert_accessible(page)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_results_plans_charts_and_menus(page_at: OpenPage, shop: str, theme: str, width: int) -> None:
    sql = "SELECT 'word ' || g %25 7 AS word, g FROM generate_series(1, 50) g".replace(" ", "+")
    page = page_at(f"/rds/{shop}/query?sql={sql}", theme=theme, width=width)
    page.locator("[data-grid-column]").first.click()
    page.locator(".grid-menu").get_by_text("word 3").click()
    expect(page.locator("[data-grid] tbody tr:visible")).to_have_count(7)
    page.get_by_role("button", name="Chart").click()
    expect(page.locator(".grid-chart rect.mark")).to_have_count(7)
    drawn, words = page.locator(".grid-chart svg").bounding_box(), page.locator(".grid-chart text").first.bounding_box()
    assert drawn and words
    assert drawn["width"] > width / 2, "the chart takes the room that it has"
    assert words["height"] > 9, "and is not scaled down until its words cannot be read"
    assert_accessible(page)
    page.get_by_role("button", name="JSON").click()
    expect(page.locator(".grid-json")).to_contain_text('"word": "word 3"')
    assert not too_wide(page)
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("[data-rds-plan]")).to_be_visible()
    assert_accessible(page)


def test_without_scripts_the_pages_work(page_at: OpenPage, shop: str) -> None:
    page = page_at(f"/rds/{shop}/query", js=False)
    page.locator("textarea[name=sql]").fill("SELECT 42 AS answer")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-grid] td")).to_have_text("42")
