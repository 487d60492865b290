"""The book's Glue job walked through in Chromium: made, followed, its rows compared; a failure found, a run stopped."""

import csv
import io
import json
import os
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.glue.conftest import ADDRESSES, BUCKET, CSV, ROLE, fill, make_job

PATIENT = 60_000
SLOW = """import os
import sys
import time

print("pid", os.getpid(), flush=True)
for step in range(1, 601):
    print(f"{step} of 600", flush=True)
    time.sleep(0.2)
"""


@pytest.fixture(scope="module")
def jobs(live: Live) -> Live:
    """The bucket, the role and the jobs of the tests of Glue's pages, and one that takes two minutes."""
    fill(live.aws)
    make_job(live.aws, "slow", SLOW, {})
    return live


def start(page: Page) -> None:
    """Start the run that the form describes, and wait for its page."""
    page.get_by_role("button", name="Start job").click()
    page.wait_for_url("**/runs/jr_*")


def make_addresses(page: Page) -> None:
    """Make a job from the recipe, a column dropped and one renamed."""
    page.get_by_label("Job name").fill("addresses")
    page.get_by_label("Role").select_option(ROLE)
    page.get_by_label("Input", exact=True).fill(ADDRESSES)
    page.get_by_label("Output", exact=True).fill(f"s3://{BUCKET}/book/addresses.jsonl")
    page.get_by_role("button", name="Read the columns").click()
    page.get_by_label("Keep location_id").uncheck()
    page.get_by_label("Name of address_1").fill("street")
    page.get_by_label("Type of id").select_option("text")
    assert_accessible(page)
    page.get_by_role("button", name="Write the script").click()
    expect(page.get_by_role("heading", name="What the role must allow")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("Turns a CSV in S3 into JSON lines.")
    assert_accessible(page)
    page.get_by_role("button", name="Create job").click()
    page.wait_for_url("**/glue/addresses/")


def test_the_books_job(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/new")
    make_addresses(page)
    assert_accessible(page)
    start(page)
    expect(page.get_by_text("Succeeded")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("First rows of")).to_be_visible()
    expect(page.locator("#log-output")).to_contain_text("3 rows written")
    assert "Succeeded: run of addresses" in page.title()
    assert_accessible(page)
    stored: Any = jobs.aws.client("s3").get_object(Bucket=BUCKET, Key="book/addresses.jsonl")["Body"].read().decode()
    made = [json.loads(line) for line in stored.split("\n") if line]
    rows = csv.DictReader(io.StringIO(CSV, newline=""))
    wanted = [
        {"id": r["id"], "street": r["address_1"], "city": r["city"], "state_province": r["state_province"]}
        for r in rows
    ]
    assert made == wanted
    shown = page.locator(".glue-preview tbody tr").all()
    assert [one.locator("td").nth(1).get_attribute("title") for one in shown] == [one["street"] for one in wanted]


def test_a_poisoned_row_is_found_from_the_page(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/fail/")
    start(page)
    expect(page.get_by_role("heading", name="It failed at line 5")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".glue-failed")).to_contain_text("invalid literal for int() with base 10: '1,250'")
    expect(page.get_by_text("A value does not convert")).to_be_visible()
    expect(page.locator("#log-output")).to_contain_text("1,250")
    assert page.locator("#log-error").inner_text().count("Traceback") == 1
    assert_accessible(page)


def gone(pid: int) -> bool:
    """Whether a process has ended, waiting for a moment."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_run_is_followed_reopened_and_stopped(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/slow/")
    start(page)
    expect(page.locator("#log-output")).to_contain_text("9 of 600", timeout=PATIENT)
    expect(page.locator("progress")).to_have_attribute("value", re.compile(r"\d"), timeout=PATIENT)
    assert_accessible(page)
    page.locator("#drawer > summary").click()
    asked = [one.inner_text() for one in page.locator("#drawer .call [data-fill=operation]").all() if one.inner_text()]
    assert asked.count("GetJobRun") == 1 and asked.count("GetLogEvents") <= 2
    times = page.locator("#drawer .call:not(.call-page)", has_text="GetJobRun").first.locator("[data-fill=times]")
    assert times.inner_text().startswith("× ")
    again = page_at(page.url)
    expect(again.locator("#log-output")).to_contain_text("12 of 600", timeout=PATIENT)
    pid = int(again.locator("#log-output span").first.inner_text().split()[1])
    os.kill(pid, 0)  # raises where it does not run
    again.get_by_role("button", name="Stop").click()
    expect(again.get_by_text("It was stopped")).to_be_visible(timeout=PATIENT)
    assert gone(pid)
    expect(page.get_by_text("It was stopped")).to_be_visible(timeout=PATIENT)
    lines = page.locator("#log-output span").all_inner_texts()
    assert len(lines) == len(set(lines))
    assert_accessible(again)


def test_a_run_without_javascript(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/fail/", js=False)
    start(page)
    while page.get_by_text("Look again").is_visible():
        page.get_by_text("Look again").click()
    page.get_by_text("What came of it").click()
    expect(page.get_by_role("heading", name="It failed at line 5")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize(
    "path",
    ["/glue/", "/glue/?search=zzz", "/glue/copy/", "/glue/new", "/glue/runs", "/glue/runs?search=zzz", "/glue/triggers",
     "/glue/catalog", "/glue/copy/delete"],
)  # fmt: skip
def test_pages_are_accessible_and_narrow_enough(
    page_at: OpenPage, jobs: Live, path: str, theme: str, width: int
) -> None:
    page = page_at(path, theme=theme, width=width)
    page.wait_for_load_state("networkidle")
    assert not too_wide(page)
    assert_accessible(page)


def test_a_schedule_tells_its_times_while_it_is_typed(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/triggers?job=copy")
    page.get_by_label("Schedule, in UTC").fill("cron(15 7 ? * SUN *)")
    expect(page.locator("#times li").first).to_contain_text("Sunday")
    expect(page.locator("#times li")).to_have_count(5)
    page.get_by_label("Schedule, in UTC").fill("cron(15 7)")
    expect(page.locator("#times")).to_contain_text("Write cron(")


def test_the_price_follows_the_form(page_at: OpenPage, jobs: Live) -> None:
    page = page_at("/glue/copy/")
    expect(page.locator("[data-glue-price]")).to_have_text("$0.0005")
    page.get_by_label("Size").select_option("1")
    expect(page.locator("[data-glue-price]")).to_have_text("$0.0073")
    page.get_by_text("Further arguments").click()
    page.get_by_role("button", name="One more").click()
    expect(page.locator("[name=extra_name]")).to_have_count(2)
    expect(page.locator("#extra-name-2")).to_be_focused()
