"""A real account in a browser: the switch for changes from on to its end, who did what, and Elastic Beanstalk."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live
from tests.browser.serving import dashboard

CODE = "first-code-of-the-tests"
PASSWORD = "seven-lamps-in-a-harbour"
DEMO = {
    "EnvironmentName": "trellis-demo",
    "ApplicationName": "trellis",
    "Status": "Ready",
    "VersionLabel": "v1",
    "SolutionStackName": "64bit Amazon Linux 2023 v4.13.3 running Python 3.13",
    "CNAME": "trellis-demo-789012.us-east-1.elasticbeanstalk.com",
    "HealthStatus": "Degraded",
    "Health": "Red",
    "DateUpdated": "2026-11-24T09:30:00Z",
}
VERSION = {"ApplicationName": "trellis", "DateCreated": "2026-11-24T09:00:00Z"}
LONG = "Environment health has transitioned from Ok to Degraded. 100.0 % of the requests are failing with HTTP 5xx."
ANSWERS = {
    "DescribeApplications": {"Applications": [{"ApplicationName": "trellis", "Versions": ["v1", "v2"]}]},
    "DescribeApplicationVersions": {
        "ApplicationVersions": [
            {**VERSION, "VersionLabel": "v1", "Status": "PROCESSED"},
            {**VERSION, "VersionLabel": "v2", "Status": "FAILED"},
        ]
    },
    "DescribeEnvironments": {"Environments": [DEMO, {**DEMO, "EnvironmentName": "trellis-next", "CNAME": "x.example"}]},
    "DescribeEvents": {"Events": [{"EventDate": "2026-11-24T10:01:00Z", "Severity": "WARN", "Message": LONG}]},
    "DescribeEnvironmentHealth": {"HealthStatus": "Degraded", "Color": "Red", "Causes": ["The disk is full."]},
}
LOOKS = [{}, {"width": 390, "theme": "dark"}]
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def account(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over what it takes for a real account, which asks everybody to sign in."""
    home = tmp_path_factory.mktemp("real")
    answers = home / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    env = {
        **live.aws.env,
        "TRELLIS_SIGN_IN": "always",
        "TRELLIS_FIRST_INSTRUCTOR": CODE,
        "TRELLIS_STATE_TABLE": "real",
        "TRELLIS_TEST_ANSWERS": str(answers),
    }
    with dashboard(env, home, served="tests.browser.stand_in:real()") as url:
        yield url


@pytest.fixture
def ada(context_for: Callable[..., BrowserContext], faults: Faults, account: str) -> Opened:
    """Return a function that opens a path as ada, the instructor: ada("/s3/", width=390)."""

    def opened(path: str, **look: object) -> Page:
        faults.expected.update({401, 404, 422})
        page = context_for(**look).new_page()
        page.goto(account + "/sign-in/first")
        first = page.get_by_label("Code").count() > 0
        if not first:
            page.goto(account + "/sign-in")
        page.get_by_label("Name", exact=True).fill("ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        if first:
            page.get_by_label("Code").fill(CODE)
            page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Make the account" if first else "Sign in").click()
        expect(page.get_by_title("ada, instructor")).to_be_visible()
        page.goto(account + path)
        return page

    return opened


def _switch_on(page: Page) -> None:
    page.get_by_label("Why").fill("Lesson 3")
    page.get_by_role("button", name="Switch changes on").click()
    expect(page.get_by_role("region", name="Changes", exact=True)).to_contain_text("switched on by ada: “Lesson 3”")


def _off(page: Page) -> None:
    page.get_by_role("region", name="Changes", exact=True).get_by_role("button", name="End now").click()
    expect(page.get_by_role("region", name="Changes", exact=True)).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_changes_are_switched_on_and_count_down_to_their_end(ada: Opened, look: dict[str, object]) -> None:
    page = ada("/people/changes", **look)
    assert_accessible(page)
    _switch_on(page)
    assert_accessible(page)
    assert not too_wide(page)
    clock = page.get_by_role("region", name="Changes", exact=True).locator("[data-countdown]")
    expect(clock).to_have_text(re.compile(r"^in \d\d:\d\d$"))
    page.clock.install()
    page.goto(page.url.replace("/people/changes", "/s3/"))
    create = page.get_by_role("button", name="Create bucket")
    expect(create).to_be_enabled()
    expect(page.locator(".pill-writes")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("typed-before")
    page.clock.fast_forward("02:00:00")
    expect(page.get_by_role("status").filter(has_text="Changes have ended")).to_be_visible()
    expect(create).to_be_disabled()
    expect(create).to_have_attribute("title", re.compile("read-only again"))
    expect(page.locator(".pill-writes")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("typed-before")
    assert_accessible(page)
    page.reload()  # the server's time has not passed: they are on, until somebody ends them
    _off(page)
    expect(page.locator(".pill-aws")).to_contain_text("read-only")


def test_without_scripts_the_bar_says_when_they_end(ada: Opened) -> None:
    page = ada("/people/changes", js=False)
    _switch_on(page)
    expect(page.get_by_role("region", name="Changes", exact=True)).to_contain_text(
        re.compile(r"They end in \d+ minutes\.")
    )
    _off(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_who_did_what_is_filtered_and_taken_away(ada: Opened, look: dict[str, object], tmp_path: Path) -> None:
    page = ada("/people/audit", **look)
    expect(page.get_by_role("cell", name="trellis:SignIn").first).to_be_visible()
    assert_accessible(page)
    assert not too_wide(page)
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    file.value.save_as(tmp_path / "audit.csv")
    assert "SignIn" in (tmp_path / "audit.csv").read_text()
    page.get_by_label("Person").fill("nobody of this name")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    expect(page.get_by_label("Person")).to_have_value("nobody of this name")


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "trellis-next"),
        ("trellis/", "Source bundle"),
        ("trellis/trellis-demo/", LONG),
        ("trellis/trellis-demo/terminate", "Type the name"),
    ],
)
def test_elastic_beanstalk_fits_and_reads(ada: Opened, path: str, words: str, look: dict[str, object]) -> None:
    page = ada(f"/elasticbeanstalk/{path}", **look)
    expect(page.get_by_text(words).first).to_be_visible()
    for button in page.get_by_role("main").get_by_role("button", name=re.compile("^(Deploy|Swap|Upload)$")).all():
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", re.compile("read-only"))
    assert_accessible(page)
    assert not too_wide(page)
