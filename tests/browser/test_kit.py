"""Every macro in Chromium: accessible and within the page, in both themes and widths; failures as people see them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import OpenPage
from tests.kit import DRAWN, add_kit


@pytest.fixture
def kit_url(app: Flask) -> Iterator[str]:
    """The address of an application with the kit's pages; its AWS does not answer."""
    add_kit(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    runner = threading.Thread(target=server.serve_forever)
    runner.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    runner.join()
    server.server_close()


@pytest.fixture(autouse=True)
def silent_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_macro_is_accessible(page_at: OpenPage, kit_url: str, theme: str, width: int) -> None:
    page = page_at(kit_url + "/show", theme=theme, width=width)
    assert_accessible(page)
    assert not too_wide(page)
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_label("Type the name photos")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#drawer > summary").click()
    page.locator(".call-failed > summary").click()
    page.locator(".call-failed").get_by_role("tab", name="Response").click()
    expect(page.locator(".call-failed")).to_contain_text("AccessDenied")
    assert_accessible(page)


def test_without_scripts_every_part_of_a_call_is_there(page_at: OpenPage, kit_url: str) -> None:
    page = page_at(kit_url + "/show", js=False)
    page.locator("#drawer > summary").click()
    page.locator(".call-failed > summary").click()
    failed = page.locator(".call-failed .call-body")
    for part in ("boto3", "AWS CLI", "IAM policy", "Response"):
        expect(failed.get_by_role("heading", name=part)).to_be_visible()
    expect(page.locator(".call-page .call-body")).to_be_hidden()


def test_fragment_that_carries_calls_adds_them(page_at: OpenPage, kit_url: str) -> None:
    page = page_at(kit_url + "/show")
    page.evaluate(
        """(call) => { const carrier = document.createElement("span");
        carrier.dataset.calls = JSON.stringify([call]);
        const part = document.createElement("div"); part.append(carrier);
        document.querySelector("main").append(part);
        htmx.trigger(part, "htmx:afterSettle"); }""",
        DRAWN.calls[1].__dict__,
    )
    expect(page.locator("[data-drawer-words]")).to_have_text("3 AWS calls, 120 ms")
    expect(page.locator("[data-drawer-failed]")).to_have_text("2 failed")


def test_failed_fragment_is_shown_where_it_was_asked_for(page_at: OpenPage, kit_url: str, faults: Faults) -> None:
    page = page_at(kit_url + "/show")
    faults.expected.add(403)
    page.evaluate("htmx.ajax('GET', '/refused', {target: '#search', swap: 'outerHTML'})")
    expect(page.get_by_role("alert").filter(has_text="REQUEST-1").first).to_contain_text("AWS said <no>.")


def test_silent_aws_is_said_in_sight(page_at: OpenPage, kit_url: str) -> None:
    page = page_at(kit_url + "/")
    expect(page.locator(".pill-silent")).to_contain_text("no answer")
    expect(page.locator("main")).to_contain_text("does not answer")
    assert_accessible(page)


@pytest.mark.parametrize(("path", "status"), [("/refused", 403), ("/broken", 500), ("/large", 413)])
def test_failures_are_accessible(page_at: OpenPage, kit_url: str, path: str, status: int) -> None:
    page = page_at(kit_url + path, status=status)
    assert_accessible(page)


def test_pictures_of_the_kit(screenshots: Callable[..., list[Path]], kit_url: str) -> None:
    kept = screenshots("kit", kit_url + "/show") + screenshots("refused", kit_url + "/refused", status=403)
    assert all(path.stat().st_size > 5000 for path in kept)
