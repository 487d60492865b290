"""Answers that come late: the latest question counts, and what was typed meanwhile stays."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Live, OpenPage
from tests.browser.test_rds import write
from tests.rds.conftest import make_instances


class Held:
    """Questions of a page that are answered when the test lets them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.routes = page, list[Route]()
        page.route(address, lambda route: self.routes.append(route))

    def wait(self, count: int) -> None:
        while len(self.routes) < count:
            self.page.wait_for_timeout(20)

    def answer(self, number: int) -> None:
        route = self.routes[number]
        with self.page.expect_response(lambda answer: answer.request == route.request) as answered:
            route.continue_()
        answered.value.finished()
        self.page.evaluate("() => new Promise((done) => setTimeout(done))")


def test_a_parameter_keeps_what_is_typed_while_another_comes(page_at: OpenPage, live: Live) -> None:
    make_instances(live.aws, {"overtaken": "postgres"})
    page = page_at("/rds/overtaken/query")
    write(page, "SELECT :a")
    first = page.get_by_label(":a")
    expect(first).to_be_visible()
    held = Held(page, "**/rds/overtaken/fields")
    write(page, "SELECT :b, :a")
    held.wait(1)
    first.fill("typed")
    first.press("ArrowLeft")
    held.answer(0)
    expect(page.get_by_label(":b")).to_be_visible()
    expect(first).to_have_value("typed")
    expect(first).to_be_focused()
    page.keyboard.type("-")
    expect(first).to_have_value("type-d")


def test_a_late_list_of_groups_does_not_replace_a_newer_one(page_at: OpenPage, live: Live) -> None:
    for name in ("overtaken", "overtaking"):
        live.aws.client("logs").create_log_group(logGroupName=name)
    page = page_at("/logs/insights")
    page.locator("[data-logs-chooser] summary").click()
    held = Held(page, "**/logs/choices**")
    find = page.locator("[data-logs-find]")
    find.fill("overtaken")
    held.wait(1)
    find.fill("overtaking")
    held.wait(2)
    held.answer(1)
    expect(page.locator(".logs-choice")).to_have_text(re.compile("overtaking"))
    page.locator(".logs-choice").click()
    held.answer(0)
    expect(page.locator(".logs-choice")).to_have_text(re.compile("overtaking"))
    expect(page.locator(".logs-choice").get_by_role("checkbox")).to_be_checked()
