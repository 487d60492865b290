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

from tests.browser.browsing import Faults, assert_accessible, too_wide
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
    actions = [{"JobName": "copy"}]
    conditions = [{"LogicalOperator": "EQUALS", "JobName": "fail", "State": "FAILED"}]
    predicate = {"Logical": "AND", "Conditions": conditions}
    live.aws.client("glue").create_trigger(Name="looked at", Type="CONDITIONAL", Actions=actions, Predicate=predicate)
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
    end = time.monotonic() + 60
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
        page.wait_for_load_state()  # until then what is there is not all of the page
    page.get_by_text("What came of it").click()
    expect(page.get_by_role("heading", name="It failed at line 5")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize(
    "path",
    ["/glue/", "/glue/?search=zzz", "/glue/copy/", "/glue/new", "/glue/runs", "/glue/runs?search=zzz", "/glue/triggers",
     "/glue/catalog", "/glue/copy/delete", "/glue/copy/edit", "/glue/triggers?kind=CONDITIONAL",
     "/glue/new?recipe=rds-s3", "/glue/triggers/edit?name=looked at", "/glue/triggers/delete?name=looked at"],
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


def test_a_job_is_edited_and_another_starts_after_it(page_at: OpenPage, jobs: Live, faults: Faults) -> None:
    faults.expected.add(422)
    make_job(jobs.aws, "first", "print('before')\n", {"--TEXT": "old"})
    make_job(jobs.aws, "second", "print('second')\n", {})
    page = page_at("/glue/first/")
    page.get_by_role("link", name="Edit").click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text("print('after')\n")
    page.get_by_label("Retries").fill("11")
    page.get_by_role("button", name="Save job").click()
    expect(page.locator("#retries-error")).to_contain_text("from 0 to 10")
    expect(page.locator(".cm-content")).to_contain_text("print('after')")
    assert_accessible(page)
    page.get_by_label("Retries").fill("1")
    page.get_by_role("button", name="Save job").click()
    page.wait_for_url("**/glue/first/")
    expect(page.get_by_text("Changed of first: script, settings.")).to_be_visible()

    make_trigger(page, "then", "After other jobs", "second", after="first")
    make_trigger(page, "go", "When somebody fires it", "first")
    page.get_by_role("button", name="Fire go").click()
    expect(page.get_by_text("The trigger go has fired.")).to_be_visible()
    assert succeeded(jobs, "second")["TriggerName"] == "then"
    run = succeeded(jobs, "first")
    page.goto(f"{jobs.url}/glue/first/runs/{run['Id']}")
    expect(page.locator("#log-output")).to_contain_text("after")
    page.goto(f"{jobs.url}/glue/second/")
    expect(page.locator("#runs .tag").first).to_have_text("then")


def succeeded(jobs: Live, job: str) -> dict[str, Any]:
    """Return the one run of a job once it has succeeded."""
    glue, end = jobs.aws.client("glue"), time.monotonic() + 60
    while not (runs := glue.get_job_runs(JobName=job)["JobRuns"]) or runs[0]["JobRunState"] != "SUCCEEDED":
        assert time.monotonic() < end, runs
        time.sleep(0.1)
    (run,) = runs
    return dict(run)


def make_trigger(page: Page, name: str, kind: str, job: str, after: str = "") -> None:
    """Make a trigger by the form of the page of triggers."""
    page.get_by_role("link", name="Glue", exact=True).first.click()
    page.get_by_role("link", name="Triggers").click()
    page.get_by_label("Trigger name").fill(name)
    page.get_by_label("When", exact=True).select_option(label=kind)
    expect(page.get_by_label("Schedule, in UTC")).to_be_hidden()
    if after:
        page.locator("#condition-job-1").select_option(after)
    page.get_by_label("Starts the job", exact=True).select_option(job)
    page.get_by_role("button", name="Create trigger").click()
    expect(page.get_by_text(f"The trigger {name} is made.")).to_be_visible()


def test_a_table_of_a_database_is_chosen_on_the_page(page_at: OpenPage, jobs: Live, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at("/glue/new")
    expect(page.get_by_label("DB instance")).to_be_hidden()
    page.get_by_label("From").select_option(label="RDS table to S3")
    expect(page.get_by_label("DB instance")).to_be_visible()
    expect(page.get_by_label("Input", exact=True)).to_be_hidden()
    expect(page.locator("#new-databases")).to_contain_text("DB instance")
    page.get_by_role("button", name="Read the columns").click()
    expect(page.locator("#instance-error")).to_contain_text("Name the instance")
    assert_accessible(page)
