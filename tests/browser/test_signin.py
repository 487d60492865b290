"""Signing in as people do: forms, links, roles, the switch; on a phone and without scripts, too."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.browsing import Faults
from tests.browser.conftest import Live
from tests.browser.serving import dashboard

CODE = "first-code-of-the-tests"
PASSWORD = "seven-lamps-in-a-harbour"


@pytest.fixture(scope="module")
def gate(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard that asks everybody to sign in, over the same AWS, with one instructor, ada."""
    env = {**live.aws.env, "TRELLIS_SIGN_IN": "always", "TRELLIS_FIRST_INSTRUCTOR": CODE, "TRELLIS_STATE_TABLE": "gate"}
    with dashboard(env, tmp_path_factory.mktemp("gate")) as url:
        yield url


@pytest.fixture
def open_at(context_for: Callable[..., BrowserContext], faults: Faults, gate: str) -> Callable[..., Page]:
    """Open a path of `gate` in a browser of its own; refusals are expected."""

    def opened(path: str = "/", **look: object) -> Page:
        faults.expected.update({401, 403, 404, 422})
        page = context_for(**look).new_page()
        page.goto(gate + path)
        return page

    return opened


def _enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def _join(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()


@pytest.fixture
def ada(open_at: Callable[..., Page]) -> Page:
    """The instructor's page; the first test that asks makes the account."""
    page = open_at("/sign-in/first")
    if page.get_by_label("Code").count():
        page.get_by_label("Code").fill(CODE)
        _join(page, "ada")
    else:
        page.goto(page.url.replace("/first", ""))
        _enter(page, "ada")
    expect(page.get_by_title("ada, instructor")).to_be_visible()
    return page


@pytest.mark.parametrize("look", [{}, {"width": 390}, {"theme": "dark"}, {"js": False}], ids=str)
def test_who_has_not_signed_in_sees_the_page_for_it(
    open_at: Callable[..., Page], ada: Page, look: dict[str, object]
) -> None:
    page = open_at("/s3/?sort=name", **look)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if look.get("js", True) else True
    expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
    _enter(page, "ada", "not the password")
    expect(page.get_by_text("The name or the password is not right.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("ada")
    _enter(page, "ada")
    expect(page).to_have_url(re.compile(r"/s3/\?sort=name$"))


def test_a_viewer_is_invited_and_told_why_buttons_are_off(open_at: Callable[..., Page], ada: Page) -> None:
    ada.goto(ada.url.split("/people")[0] + "/people/")
    ada.get_by_label("Name", exact=False).first.fill("mia")
    ada.get_by_role("button", name="Make the link").click()
    link = ada.locator(".copyable .mono").filter(has_text="/sign-in/link").inner_text()
    page = open_at("/sign-in/link" + link.split("/sign-in/link")[1])
    _join(page, "mia")
    expect(page.get_by_title("mia, viewer")).to_be_visible()
    page.goto(page.url.rstrip("/") + "/dynamodb/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Your account")).to_be_visible()
    expect(page.get_by_role("option", name="People and settings")).to_have_count(0)
    page.keyboard.press("Escape")
    stopped = page.get_by_role("link", name="Create table").first
    expect(stopped).to_have_attribute("title", re.compile("Your role only reads"))
    page.get_by_title("mia, viewer").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_axe_finds_nothing(open_at: Callable[..., Page], ada: Page) -> None:
    axe = (Path(__file__).parent / "vendor").rglob("axe.min.js")
    source = next(axe).read_text()
    for page, path in ((open_at("/sign-in"), None), (ada, "/people/"), (ada, "/people/audit"), (ada, "/people/me")):
        if path:
            page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
        page.evaluate(source + "; 0")
        found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        assert not found, (path, found)
