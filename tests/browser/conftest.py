"""Chromium, the real dashboard over the embedded AWS, and pages that fail their test on any error in the console."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.browsing import SCREENSHOTS, SWITCHES, Faults, find_browser
from tests.browser.serving import dashboard, free_port
from tests.embedded.process import Embedded, start

HEIGHT = {390: 844, 360: 740}
PATIENCE = 60_000  # milliseconds; the machine may be busy with other tests
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Live:
    """The served dashboard, and the AWS behind it."""

    url: str
    aws: Embedded


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=find_browser(), args=list(SWITCHES))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The dashboard over an embedded AWS of its own, without demo data."""
    home = tmp_path_factory.mktemp("live")
    port = free_port()  # known beforehand: S3 answers pages of this origin only
    aws = start(home / "aws", "--allow-origin", f"http://127.0.0.1:{port}")
    try:
        with dashboard(aws.env, home / "dashboard", port) as url:
            yield Live(url, aws)
    finally:
        aws.stop()


@pytest.fixture(scope="session")
def unconnected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard that has no AWS at all."""
    with dashboard({}, tmp_path_factory.mktemp("unconnected")) as url:
        yield url


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Gather console errors and policy violations; the test fails at its end where there are any."""
    gathered = Faults()
    yield gathered
    assert not gathered.found, "\n".join(gathered.found)


@pytest.fixture
def context_for(browser: Browser, faults: Faults) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile of a theme and width, with or without JavaScript."""
    made: list[BrowserContext] = []

    def make(theme: str = "light", width: int = 1280, js: bool = True) -> BrowserContext:
        size = {"width": width, "height": HEIGHT.get(width, 860)}
        scheme: str = theme
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=js,
            has_touch=width < 800,
        )
        context.set_default_timeout(PATIENCE)
        faults.watch(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page_at(context_for: Callable[..., BrowserContext], faults: Faults, request: pytest.FixtureRequest) -> OpenPage:
    """Open a path of `live` (or a whole address): page_at("/s3/", theme="dark", width=390, js=False, status=200)."""

    def open_page(path: str, theme: str = "light", width: int = 1280, js: bool = True, status: int = 200) -> Page:
        url = path if path.startswith("http") else request.getfixturevalue("live").url + path
        page = context_for(theme, width, js).new_page()
        if status >= 400:
            faults.expected.add(status)
        response = page.goto(url)
        assert response is not None
        assert response.status == status, f"{url}: {response.status}"
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    return open_page


@pytest.fixture
def screenshots(page_at: OpenPage) -> Callable[[str, str], list[Path]]:
    """Keep pictures of a page, light and dark, wide and phone: screenshots("buckets", "/s3/")."""

    def keep(name: str, path: str, status: int = 200) -> list[Path]:
        SCREENSHOTS.mkdir(exist_ok=True)
        kept = []
        for theme in ("light", "dark"):
            for width in (1280, 390):
                target = SCREENSHOTS / f"{name}-{theme}-{width}.png"
                page_at(path, theme=theme, width=width, status=status).screenshot(path=target)
                kept.append(target)
        return kept

    return keep
