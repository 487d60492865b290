"""What the pages of people say before anybody presses a button."""

from typing import Any

import pytest

from app.access.accounts import Account
from app.access.sessions import Session
from app.blueprints.people.views import LAST
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from tests.access.conftest import Browser, post
from tests.pages import check_page


def test_the_only_instructor_is_told_before_why_they_stay(browser: Browser, people: dict[Role, Account]) -> None:
    ada = browser(INSTRUCTOR)
    page = check_page(ada.get("/people/"), "people", 200, 6)
    off = [one for one in page.all(".//main//button") if one.get("title") == LAST]
    assert [one.get("aria-label") for one in off] == ["Set the role of ada", "Switch off: ada"]
    assert all(one.get("disabled") is not None for one in off)
    post(ada, "/people/", f"/people/{people[EDITOR].id}/role", role="3")
    assert LAST not in ada.get("/people/").get_data(as_text=True)


def test_a_used_link_says_so_and_leads_to_the_sign_in(browser: Browser) -> None:
    answer = browser().get("/sign-in/link?code=gone")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "This link does not work any more" in text and 'href="/sign-in"' in text


@pytest.mark.parametrize("role", [VIEWER, INSTRUCTOR])
def test_ones_own_page_names_the_browser(browser: Browser, role: Any) -> None:
    page = check_page(browser(role).get("/people/me"), "me", 200, 6)
    assert "Where you have signed in" in page.text and "test" in page.text
    assert "Who did what" not in page.text


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 Safari/537.36"
            " Edg/130.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("something else/1.0", "something else/1.0"),
        ("", "unknown"),
    ],
)
def test_browsers_have_names(agent: str, words: str) -> None:
    assert Session("x", "p", 0, 0, "192.0.2.1", agent).browser == words
