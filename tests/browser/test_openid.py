"""Signing in at an OpenID provider of another site, as people do: the button, the provider's page, and back."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import BrowserContext, Page, expect

from tests.access.provider import CLIENT, SECRET, Provider, serve
from tests.browser.browsing import Faults, assert_accessible
from tests.browser.conftest import Live
from tests.browser.serving import dashboard


@dataclass
class Gate:
    """A dashboard and the provider at which its people sign in."""

    url: str
    provider: Provider


@pytest.fixture(scope="module")
def gate(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with serve([RSAKey.generate_key(2048, {"kid": "one"})]) as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")  # another site than the dashboard's
        provider.asks = True
        env = {
            **live.aws.env,
            "TRELLIS_SIGN_IN": "always",
            "TRELLIS_STATE_TABLE": "openid-gate",
            "TRELLIS_OIDC_ISSUER": provider.issuer,
            "TRELLIS_OIDC_CLIENT_ID": CLIENT,
            "TRELLIS_OIDC_CLIENT_SECRET": SECRET,
            "TRELLIS_OIDC_DOMAIN": "school.example",
            "TRELLIS_OIDC_ROLES": '{"*": "viewer", "staff": "editor"}',
        }
        with dashboard(env, tmp_path_factory.mktemp("openid-gate")) as url:
            yield Gate(url, provider)


@pytest.fixture
def begun(context_for: Callable[..., BrowserContext], faults: Faults, gate: Gate) -> Iterator[Callable[..., Page]]:
    """Follow the button of the sign-in page to the provider's own page."""

    def go(**look: object) -> Page:
        page = context_for(**look).new_page()
        page.goto(f"{gate.url}/s3/?sort=name")
        if look.get("js", True):
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name=re.compile("Sign in with localhost")).click()
        expect(page).to_have_title("Provider")
        return page

    yield go
    gate.provider.error, gate.provider.lies = "", {}


@pytest.mark.parametrize("look", [{}, {"width": 390, "theme": "dark"}, {"js": False}], ids=str)
def test_the_button_leads_there_and_back_to_where_one_was_going(
    begun: Callable[..., Page], gate: Gate, look: dict[str, object]
) -> None:
    gate.provider.person["groups"] = ["staff"]
    page = begun(**look)
    page.get_by_role("link", name="Say yes").click()
    expect(page).to_have_url(re.compile(r"/s3/\?sort=name$"))
    expect(page.get_by_title("mia@school.example, editor")).to_be_visible()
    page.get_by_title("mia@school.example, editor").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_refusal_is_a_sentence_and_the_next_try_works(begun: Callable[..., Page], gate: Gate) -> None:
    gate.provider.error = "access_denied"
    page = begun()
    page.get_by_role("link", name="Say yes").click()
    expect(page.get_by_text("it was declined there")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    gate.provider.error, gate.provider.lies = "", {"email": "mia@evil.example"}
    page.get_by_role("link", name=re.compile("Sign in with")).click()
    page.get_by_role("link", name="Say yes").click()
    expect(page.get_by_text("Only people with a mail address of school.example")).to_be_visible()
    assert_accessible(page)
    gate.provider.lies = {}
    page.get_by_role("link", name=re.compile("Sign in with")).click()
    page.get_by_role("link", name="Say yes").click()
    expect(page).to_have_url(re.compile(r"/s3/\?sort=name$"))


def test_the_way_back_opened_in_another_browser_signs_nobody_in(
    begun: Callable[..., Page], context_for: Callable[..., BrowserContext]
) -> None:
    address = begun().get_by_role("link", name="Say yes").get_attribute("href")
    assert address
    victim = context_for().new_page()
    victim.goto(address)
    expect(victim.get_by_text("begun in another browser")).to_be_visible()
    victim.goto(re.sub(r"(https?://[^/]+).*", r"\1/s3/", address))
    expect(victim.get_by_role("heading", name="Sign in")).to_be_visible()
