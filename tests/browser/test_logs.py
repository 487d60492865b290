"""The book's logs walked through in Chromium; a query followed, cancelled, left behind; charts, filters, live tail."""

import csv
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.browser.serving import dashboard
from tests.logs.conftest import ODD, SHOP, STREAM, TEST_LOGS, fill, put
from tests.logs.slow_aws import SlowAws, slow_aws

DEFAULT = "fields @timestamp, @message\n| sort @timestamp desc\n| limit 20"
MANY = 100_000
LOAD = "/app/load"


@pytest.fixture(scope="module")
def groups(live: Live) -> int:
    """The groups of the tests, and one of 100,000 events of six hours, each tenth an error; returns its end."""
    client: Any = live.aws.client("logs")
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_log_group(logGroupName=TEST_LOGS)  # Lambda's own tests may have written to it
    fill(client)
    now = int(time.time()) // 300 * 300 * 1000
    begin = now - 6 * 3600 * 1000
    lines = [(begin + at * 216, json.dumps({"level": "INFO" if at % 10 else "ERROR", "n": at})) for at in range(MANY)]
    put(client, LOAD, "s", lines)
    return now


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SlowAws, str]]:
    """A dashboard over an AWS whose queries take a minute."""
    with slow_aws(60.0) as aws, dashboard(aws.env, tmp_path_factory.mktemp("slow")) as url:
        yield aws, url


def write(page: Page, query: str) -> None:
    """Put a query into the editor in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # Chromium styles text that replaces a selection, which the policy forbids
    page.keyboard.insert_text(query)


def finish(page: Page, state: str = "Complete") -> None:
    """Run what the editor holds, and wait for its end."""
    page.keyboard.press("Control+Enter")
    expect(page.locator(f'[data-logs-state="{state}"]')).to_be_visible()


def insights(group: str, query: str = DEFAULT, start: str = "-1h") -> str:
    return f"/logs/insights?group={quote(group)}&query={quote(query)}&start={start}&end=now"


def test_the_books_logs(page_at: OpenPage, groups: int) -> None:
    page = page_at("/logs/")
    page.get_by_role("link", name=TEST_LOGS).click()
    page.get_by_role("link", name=STREAM).click()
    expect(page.locator(".logs-event")).to_have_count(4)
    expect(page.get_by_text("1 access key id, 1 secret access key, 1 session token masked")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=TEST_LOGS).click()
    page.locator(".page-head").get_by_role("link", name="Query").click()
    expect(page.locator(".cm-content")).to_contain_text("limit 20")
    page.locator(".cm-content").click()
    finish(page)
    expect(page.locator("[data-grid] tbody tr")).to_have_count(4)
    assert_accessible(page)
    write(page, "fields @timestamp, @message\n| filter @message like /AWS_DEFAULT_REGION/")
    finish(page)
    expect(page.locator("[data-grid] tbody tr")).to_have_count(1)
    page.locator("[data-logs-open][href]").first.click()
    expect(page.locator(".logs-record")).to_contain_text("AWS_DEFAULT_REGION")
    expect(page.locator(".logs-record")).not_to_contain_text("wJalr")
    assert_accessible(page)
    page.locator("#drawer > summary").click()
    expect(page.locator("#drawer")).to_contain_text("start_query")


def test_errors_per_five_minutes_of_100_000_events(page_at: OpenPage, groups: int, tmp_path: Path) -> None:
    query = 'filter level = "ERROR"\n| stats count(*) as errors by bin(5m)'
    page = page_at(insights(LOAD, query, "-7h"))
    page.locator(".cm-content").click()
    finish(page)
    begin = groups // 1000 - 6 * 3600
    wanted = Counter((begin * 1000 + at * 216) // 300_000 for at in range(0, MANY, 10))
    marks = page.locator(".logs-figure rect.mark")
    expect(marks).to_have_count(len(wanted))
    assert_accessible(page)
    page.get_by_text("Export").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    started.value.save_as(tmp_path / "errors.csv")
    rows = list(csv.DictReader((tmp_path / "errors.csv").read_text().splitlines()))
    found = {row["bin(5m)"]: int(row["errors"]) for row in rows}
    named = {time.strftime("%Y-%m-%d %H:%M:00.000", time.gmtime(at * 300)): count for at, count in wanted.items()}
    assert found == named and sum(found.values()) == MANY // 10
    heights = [float(mark.get_attribute("height") or 0) for mark in marks.all()]
    counts = [wanted[at] for at in sorted(wanted)]
    assert [round(height / max(heights), 2) for height in heights] == [
        round(count / max(counts), 2) for count in counts
    ]


def test_a_wrong_query_is_marked_at_the_wrong_word(page_at: OpenPage, groups: int, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at(insights(SHOP))
    write(page, "fields @timestamp\n| filtre level = 1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cm-lintRange-error")).to_have_text("filtre")
    expect(page.get_by_role("heading", name="AWS does not understand the query")).to_be_visible()
    assert_accessible(page)


def test_what_is_missing_is_told_beside_its_field(page_at: OpenPage, groups: int, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at("/logs/insights?query=limit+1&start=soon")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#fault-group")).to_have_text("Choose at least one log group.")
    expect(page.locator("#fault-start")).to_contain_text("“soon” is no time.")
    assert_accessible(page)
    page.locator(".logs-chooser > summary").click()
    page.get_by_placeholder("Part of a name").fill("sho")
    page.locator(".logs-choice", has_text=SHOP).click()
    page.keyboard.press("Escape")
    page.locator(".logs-presets").get_by_text("1h", exact=True).click()
    page.locator(".cm-content").click()
    finish(page)
    expect(page.locator("#fault-group")).to_be_empty()


def test_a_value_is_put_into_the_query(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(SHOP, "stats count(*) as n by level, user"))
    page.locator(".cm-content").click()
    finish(page)
    page.locator("[data-grid-column]", has_text="level").click()
    page.locator(".grid-menu").get_by_role("button", name="WARN").click()
    expect(page.locator(".cm-content")).to_contain_text('filter level = "WARN"')
    assert (
        page.locator("textarea[name=query]").input_value()
        == 'filter level = "WARN"\n| stats count(*) as n by level, user'
    )
    page.locator(".cm-content").click()
    finish(page)
    expect(page.locator("[data-grid] tbody tr")).to_have_count(3)


def test_matches_over_time_are_zoomed_into(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(LOAD, 'filter level = "ERROR" | limit 20', "-7h"))
    page.locator(".cm-content").click()
    finish(page)
    plot = page.locator("[data-logs-plot] svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator("[name=start]").first).to_have_value(re.compile(r"^20\d\d-.*Z$"))
    expect(page.locator('[data-logs-state="Complete"]')).to_be_visible()
    page.wait_for_url("**start=20*")


def test_stages_and_the_period_before(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(SHOP, 'filter level != "INFO" | filter took > 50 | stats count(*) as n by user'))
    page.locator(".cm-content").click()
    finish(page)
    page.get_by_role("button", name="Count the rows of each stage").click()
    expect(page.locator(".logs-rung").nth(1)).to_contain_text("180 rows")
    expect(page.get_by_text("not counted")).to_have_count(0)
    assert_accessible(page)
    page.get_by_text("Compare", exact=True).click()
    page.get_by_role("button", name="Period before").click()
    expect(page.get_by_role("heading", name="Compared")).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert_accessible(page)


def test_a_running_query_is_followed_and_cancelled(page_at: OpenPage, slow: tuple[SlowAws, str]) -> None:
    aws, url = slow
    page = page_at(url + insights("/slow", "limit 1"))
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-logs-state="Running"]')).to_be_visible()
    expect(page.get_by_text("scanned").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator('[data-logs-state="Cancelled"]')).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    assert aws.stopped == [f"query-{len(aws.complete)}"]
    assert_accessible(page)


def test_a_query_left_behind_is_stopped(page_at: OpenPage, slow: tuple[SlowAws, str]) -> None:
    aws, url = slow
    page = page_at(url + insights("/slow", "limit 1"))
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-logs-state="Running"]')).to_be_visible()
    name = f"query-{len(aws.complete)}"
    page.goto(url + "/logs/")
    end = time.monotonic() + 60
    while name not in aws.stopped and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert name in aws.stopped


def test_a_query_that_failed_says_so(page_at: OpenPage, slow: tuple[SlowAws, str]) -> None:
    aws, url = slow
    aws.seconds, aws.status = 0.3, "Failed"
    page = page_at(url + insights("/slow", "limit 1"))
    page.locator(".cm-content").click()
    finish(page, "Failed")
    expect(page.get_by_text("The query failed.")).to_be_visible()
    assert_accessible(page)
    aws.seconds, aws.status = 60.0, "Complete"


def test_events_arrive_while_one_looks(page_at: OpenPage, live: Live, groups: int) -> None:
    client = live.aws.client("logs")
    put(client, "/app/live", "s", [(int(time.time() * 1000) - 5000, "before")])
    page = page_at("/logs/events?group=/app/live&stream=s")
    page.get_by_role("button", name="Live tail").click()
    put(client, "/app/live", "s", [(int(time.time() * 1000), "while looking")])
    expect(page.get_by_text("while looking")).to_be_visible()
    assert_accessible(page)
    asked: list[Route] = []
    page.route("**/events/tail**", lambda route: asked.append(route))
    while not asked:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Pause").click()
    put(client, "/app/live", "s", [(int(time.time() * 1000), "when paused")])
    with page.expect_response("**/events/tail**") as answered:
        asked[0].continue_()
    assert "when paused" in answered.value.text(), "the question was on its way already"
    expect(page.get_by_text("Paused after 1 new")).to_be_visible()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page.get_by_text("when paused")).to_have_count(0)
    expect(page.locator(".logs-event")).to_have_count(2)
    page.unroute("**/events/tail**")
    page.get_by_role("button", name="Live tail").click()
    expect(page.get_by_text("when paused")).to_be_visible()


def test_times_are_shown_in_the_zone_of_the_person(page_at: OpenPage, groups: int) -> None:
    page = page_at(f"/logs/events?group={TEST_LOGS}&stream={quote(STREAM)}")
    stamp = page.locator(".logs-at time").first
    utc = stamp.inner_text()
    page.get_by_role("button", name="Local time").click()
    shown: str = page.evaluate(
        "(at) => { const d = new Date(at); return String(d.getHours()).padStart(2, '0') }",
        stamp.get_attribute("datetime"),
    )
    assert stamp.inner_text()[11:13] == shown and stamp.inner_text()[14:] == utc[14:]


def test_saved_and_asked_for_its_parameter(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(SHOP))
    write(page, 'filter level = "{{level}}" | stats count(*) as n')
    page.get_by_label("{{level}}").fill("ERROR")
    page.get_by_role("button", name="Save query").click()
    page.get_by_label("Save as").fill("by level")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as by level.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="by level").click()
    expect(page.get_by_label("{{level}}")).to_have_value("ERROR")
    page.locator(".cm-content").click()
    finish(page)
    expect(page.locator("[data-grid] td")).to_have_text("60")


PAGES = (
    "/logs/",
    f"/logs/group?group={SHOP}",
    f"/logs/events?group={SHOP}&stream=web-1",
    f"/logs/events?group={quote(ODD)}",
    "/logs/events?group=/app/empty",
    insights(SHOP),
    "/logs/saved",
    "/logs/saved?view=history",
    "/logs/saved?view=account",
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_fit(page_at: OpenPage, groups: int, path: str, theme: str, width: int) -> None:
    page = page_at(path, theme=theme, width=width)
    assert_accessible(page)
    assert not too_wide(page)


@pytest.mark.parametrize(("theme", "width"), [("dark", 1280), ("light", 390)])
@pytest.mark.parametrize(
    "query", [DEFAULT, "stats count(*) as n by bin(1m), level", "stats count(*) as n by user | sort n desc"]
)
def test_results_are_accessible_and_fit(page_at: OpenPage, groups: int, query: str, theme: str, width: int) -> None:
    page = page_at(insights(SHOP, query), theme=theme, width=width)
    page.locator(".cm-content").click()
    finish(page)
    expect(page.locator(".grid-chart").first).to_be_visible()
    assert_accessible(page)
    assert not too_wide(page)


def test_without_scripts_a_query_runs_and_events_show(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(SHOP, "stats count(*) as n by user | sort user"), js=False)
    page.get_by_role("button", name="Run query").click()
    page.wait_for_url("**/logs/queries/**")
    expect(page.locator("[data-grid] tbody tr")).to_have_count(3)
    page = page_at(f"/logs/events?group={SHOP}&stream=web-1", js=False)
    page.get_by_label("Filter pattern").fill('{ $.level = "ERROR" }')
    page.get_by_label("From").fill("-1h")
    page.get_by_role("button", name="Show events").click()
    expect(page.locator(".logs-event")).to_have_count(60)


def test_commands_and_fields_are_completed(page_at: OpenPage, groups: int) -> None:
    page = page_at(insights(SHOP))
    expect(page.locator(".logs-fields button", has_text="level")).to_be_visible()
    write(page, "")
    page.keyboard.type("fil")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("filter")
    page.keyboard.press("Escape")
    write(page, "filter ")
    page.keyboard.type("lev")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("level")
    page.wait_for_timeout(150)  # CodeMirror takes no key in the first moment of its list
    page.keyboard.press("Enter")
    expect(page.locator("textarea[name=query]")).to_have_value("filter level")
