"""How soon the page shows what AWS has: from the moment that a query has its result to its rows in Chromium.

The query's length is exact: a CloudWatch Logs of our own (tests/logs/slow_aws.py) answers. Beside it what a script does
that asks every 100 ms. `../shared/performance.md`: within 300 ms; a query of 1.0 s within 1.15 s of its start.
"""

import tempfile
import time
from pathlib import Path

import boto3
from playwright.sync_api import Page, sync_playwright

from bench.measure import dashboard, free_port
from bench.report import Figure, median, show
from tests.browser.browsing import SWITCHES, find_browser
from tests.logs.slow_aws import SlowAws, slow_aws

LENGTHS = (0.0, 0.3, 1.0, 3.0, 8.0)
WATCH = """() => { window.seen = 0; new MutationObserver(() => {
  if (!window.seen && document.querySelector('[data-logs-state="Complete"] tbody td')) window.seen = Date.now();
}).observe(document.getElementById("results"), { childList: true, subtree: true }); }"""


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    turns = 3 if quick else 7
    with tempfile.TemporaryDirectory() as folder, slow_aws() as aws, sync_playwright() as driver:
        port = free_port()
        with dashboard(Path(folder), port, aws.env):
            browser = driver.chromium.launch(executable_path=find_browser(), args=list(SWITCHES))
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/logs/insights?group=/slow&query=stats+count(*)")
            _run(page, aws, 0.0)
            found = [figure for length in LENGTHS for figure in _length(page, aws, length, turns)]
            browser.close()
    return show("Logs Insights: from AWS's result to the page", found)


def _length(page: Page, aws: SlowAws, seconds: float, turns: int) -> list[Figure]:
    pairs = [(_run(page, aws, seconds), _script(aws, seconds)) for _ in range(turns)]
    late = [late for (late, _), _ in pairs]
    calls = median([count for (_, count), _ in pairs])
    name = f"a query of {seconds:g} s"
    note = (
        f"{calls:.0f} calls of GetQueryResults; a script that asks every 100 ms: {median([s for _, s in pairs]):.0f} ms"
    )
    lines = [Figure(f"{name}, shown after AWS has it, median", median(late), "ms", most=300, note=note)]
    lines.append(Figure(f"{name}, the latest of {turns}", max(late), "ms"))
    if seconds == 1.0:
        lines.append(Figure(f"{name}, shown after its start, median", 1000 + median(late), "ms", most=1150))
    return lines


def _run(page: Page, aws: SlowAws, seconds: float) -> tuple[float, int]:
    """Run a query in the page; returns the milliseconds from its result to its rows, and the calls that found it."""
    aws.seconds = seconds
    page.evaluate("document.getElementById('results').replaceChildren()")
    page.evaluate(WATCH)
    page.locator("[data-logs-run]").click()
    page.locator('[data-logs-state="Complete"] tbody td').first.wait_for(timeout=30_000)
    name = f"query-{len(aws.complete)}"
    seen: float = page.evaluate("window.seen")
    return seen - aws.complete[name] * 1000, aws.asked[name]


def _script(aws: SlowAws, seconds: float) -> float:
    """Do the same by boto3, asking every 100 ms."""
    aws.seconds = seconds
    client = boto3.client(
        "logs",
        endpoint_url=aws.env["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    name = client.start_query(logGroupName="/slow", startTime=1, endTime=2, queryString="limit 1")["queryId"]
    while client.get_query_results(queryId=name)["status"] != "Complete":
        time.sleep(0.1)
    return (time.time() - aws.complete[name]) * 1000
