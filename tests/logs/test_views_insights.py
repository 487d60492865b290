"""The query page: started, followed, read, exported, compared, taken apart, saved."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.logs.conftest import EVENTS, SECRET, SHOP, TEST_LOGS
from tests.logs.helpers import action, begin, ended, fetch, post, run, token, written
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
DEFAULT = "fields @timestamp, @message\n| sort @timestamp desc\n| limit 20"
BY_LEVEL = "stats count(*) as events by level | sort events desc"


def test_the_editor_opens_with_awss_own_query(page: FetchPage) -> None:
    shown = page("/logs/insights", calls=1)
    assert written(shown) == DEFAULT
    for said in ("at most 10,000 rows", "Sample queries", "Slowest invocations", "Keeps the first 20 rows."):
        assert said in shown.text
    assert shown.field("start").get("value") == "-1h"


def test_what_the_editor_holds_is_in_the_address(page: FetchPage) -> None:
    shown = page(f"/logs/insights?group={SHOP}&group={TEST_LOGS}&query=limit+1&start=-3h&end=now")
    assert written(shown) == "limit 1"
    chosen = [one.get("value") for one in shown.all(".//input[@name='group']") if one.get("checked") is not None]
    assert chosen == [SHOP, TEST_LOGS]


def test_the_books_two_queries(client: FlaskClient, page: FetchPage) -> None:
    url, answer = run(client, DEFAULT, TEST_LOGS)
    assert [row["@message"].split()[0] for row in answer["rows"]] == [
        "END",
        "[ERROR]",
        "environ({'AWS_LAMBDA_FUNCTION_NAME':",
        "START",
    ]
    url, answer = run(client, "fields @timestamp, @message | filter @message like /AWS_DEFAULT_REGION/", TEST_LOGS)
    assert len(answer["rows"]) == 1 and answer["statistics"]["matched"] == 1 and answer["statistics"]["scanned"] == 4
    assert answer["masked"] == ["1 access key id", "1 secret access key", "1 session token"]
    shown = page(url, calls=5)
    assert "1 access key id, 1 secret access key, 1 session token masked" in shown.text
    assert SECRET not in shown.html and SECRET not in json.dumps(answer)


def test_a_result_with_its_costs_and_stages(client: FlaskClient, page: FetchPage) -> None:
    url, answer = run(client, f'filter level = "ERROR" | {BY_LEVEL}', SHOP)
    shown = page(url, calls=5)
    assert f"60 matched of {EVENTS} scanned" in shown.text
    assert "free here" in shown.text and "on AWS" in shown.text
    assert answer["cost"]["dollars"] == answer["statistics"]["bytes"] / 1e9 * 0.005
    assert 'Keeps only the events where level is "ERROR".' in shown.text
    assert f"{EVENTS} events read" in shown.text and "60 rows 10 % of 600" in shown.text


def test_the_address_of_a_result_holds_what_was_asked(client: FlaskClient) -> None:
    url, _ = run(client, "limit 1", SHOP, start="-2h")
    asked = parse_qs(urlsplit(url).query)
    assert (asked["group"], asked["query"], asked["start"], asked["end"]) == ([SHOP], ["limit 1"], ["-2h"], ["now"])
    assert int(asked["to"][0]) - int(asked["from"][0]) == 7200


def test_a_fragment_alone_moves_and_says_so(client: FlaskClient) -> None:
    url, _ = run(client, DEFAULT, SHOP)
    answer = client.get(url, headers={"HX-Request": "true"})
    html = answer.get_data(as_text=True)
    assert "<html" not in html and 'data-logs-state="Complete"' in html and 'hx-trigger="load delay' not in html
    assert answer.headers["HX-Push-Url"].startswith(urlsplit(url).path)


def test_every_form_of_file_has_the_same_rows(client: FlaskClient) -> None:
    url, answer = run(client, "fields level, took, user | sort @timestamp | limit 500", SHOP)
    path = urlsplit(url).path
    rows = [(row["level"], row["took"], row["user"]) for row in answer["rows"]]
    assert len(rows) == 500
    text = client.get(f"{path}?format=csv").get_data(as_text=True)
    assert [tuple(row) for row in csv.reader(io.StringIO(text))] == [("level", "took", "user"), *rows]
    lines = client.get(f"{path}?format=ndjson").get_data(as_text=True).splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    array = client.get(f"{path}?format=json&download=1")
    assert [tuple(row.values()) for row in json.loads(array.get_data(as_text=True))] == rows
    assert "attachment" in array.headers["Content-Disposition"]
    table = client.get(f"{path}?format=md").get_data(as_text=True).splitlines()
    assert table[:3] == ["| level | took | user |", "| --- | ---: | --- |", f"| {' | '.join(rows[0])} |"]
    assert len(table) == 502


def test_files_have_no_credentials_and_markdown_no_markup(client: FlaskClient) -> None:
    url, _ = run(client, "fields @message | sort @timestamp", TEST_LOGS, "/app/odd")
    for form in ("csv", "ndjson", "md"):
        text = client.get(f"{urlsplit(url).path}?format={form}").get_data(as_text=True)
        assert SECRET not in text and "hunter2" not in text and "••••••" in text
    assert "\\<script\\>" in text and "\x1b" not in text


def test_a_spreadsheet_gets_numbers_as_numbers_and_formulas_as_texts(client: FlaskClient) -> None:
    url, _ = run(client, "fields 2 - took - 200 as below, '=1+1' as formula, '-1+1' as other | limit 1", SHOP)
    _, line = csv.reader(io.StringIO(client.get(f"{urlsplit(url).path}?format=csv").get_data(as_text=True)))
    assert float(line[0]) < 0 and line[1:] == ["'=1+1", "'-1+1"]


def test_what_is_no_query_has_no_file(client: FlaskClient) -> None:
    assert client.get("/logs/queries/nothing?format=csv").status_code == 404


def test_matches_over_time(client: FlaskClient) -> None:
    url, _ = run(client, f'filter level = "ERROR" | {DEFAULT}', SHOP)
    html = client.get(url).get_data(as_text=True)
    started = post(client, action(html, "histogram"))
    assert started.status_code == 303
    ended(client, f"/logs/queries/{parse_qs(urlsplit(started.location).query)['counted'][0]}")
    shown = check_page(client.get(started.location), started.location, 200, 5)
    counts = [int("".join(row[1].itertext())) for row in shown.all(".//tbody/tr")]
    assert sum(counts) == 60 and "Matches in each minute" in shown.text
    zoom = shown.all(".//tbody//a")[0].get("href") or ""
    assert "start=" in zoom and "end=" in zoom and "level" in zoom


def test_stages_are_counted_on_demand(client: FlaskClient) -> None:
    query = 'filter level != "INFO" | filter took > 50 | stats count(*) by user'
    url, answer = run(client, query, SHOP)
    html = client.get(url).get_data(as_text=True)
    assert "2 shortened queries, each scans" in html
    started = post(client, action(html, "steps"))
    counted = parse_qs(urlsplit(started.location).query)["count"]
    assert [ended(client, f"/logs/queries/{one.partition(':')[2]}")["status"] for one in counted] == ["Complete"] * 2
    shown = check_page(client.get(started.location), started.location, 200, 6)
    expected = [at for at in range(EVENTS) if at % 10 < 3]
    slow = [at for at in expected if at % 100 > 50]
    assert f"{len(expected)} rows 30 % of {EVENTS}" in shown.text
    assert f"{len(slow)} rows" in shown.text and f"{len(answer['rows'])} rows" in shown.text


def test_the_period_before_beside_this_one(client: FlaskClient) -> None:
    url, answer = run(client, BY_LEVEL, SHOP, start="-5m")
    html = client.get(url).get_data(as_text=True)
    started = post(client, action(html, "compare"), shift="period")
    ended(client, f"/logs/queries/{parse_qs(urlsplit(started.location).query)['before'][0]}")
    shown = check_page(client.get(started.location), started.location, 200, 5)
    assert "The period before" in shown.text
    rows = [["".join(cell.itertext()) for cell in row] for row in shown.all(".//tbody/tr")]
    assert [row[:2] for row in rows] == [[one["level"], one["events"]] for one in answer["rows"]]
    assert all(row[3].endswith("%") for row in rows)


def test_a_record_with_all_its_fields(client: FlaskClient, page: FetchPage) -> None:
    url, _ = run(client, "fields @timestamp | limit 1", SHOP)
    link = page(url, calls=5).all(".//tbody//a[@data-logs-open]")[0].get("href") or ""
    shown = page(link, calls=1)
    assert "Events around it" in shown.text and '"level"' in shown.text and "took" in shown.text


def test_fields_for_completion(client: FlaskClient) -> None:
    names = {one["name"]: one["percent"] for one in fetch(client, f"/logs/fields?group={SHOP}")["completion"]}
    assert names["level"] == 100 and "@message" in names


def test_a_query_is_saved_listed_opened_and_removed(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    made = post(
        client,
        "/logs/saved",
        name="team/by level",
        query='filter level = "{{level}}"',
        group=[SHOP],
        **{"p.level": "WARN"},
    )
    assert made.status_code == 303
    [kept] = embedded.client("logs").describe_query_definitions()["queryDefinitions"]
    assert (kept["name"], kept["logGroupNames"], kept["parameters"]) == (
        "team/by level",
        [SHOP],
        [{"name": "level", "defaultValue": "WARN"}],
    )
    shown = page("/logs/saved", calls=1)
    [link] = [one for one in shown.all(".//tbody//a") if one.text == "team/by level"]
    opened = page(link.get("href") or "")
    assert opened.field("p.level").get("value") == "WARN"
    post(client, "/logs/saved", name="team/by level", query="limit 1")
    [kept] = embedded.client("logs").describe_query_definitions()["queryDefinitions"]
    assert kept["queryString"] == "limit 1"
    post(client, "/logs/saved/delete", id=kept["queryDefinitionId"])
    assert "No saved queries" in page("/logs/saved").text


def test_a_parameter_is_given_its_value(client: FlaskClient) -> None:
    query = 'filter level = "{{level}}" | stats count(*) as n'
    assert "Give a value for level." in begin(client, query, SHOP).get_data(as_text=True)
    _, answer = run(client, query, SHOP, **{"p.level": "WARN"})
    assert answer["rows"] == [{"n": "120"}]


def test_history_leads_back(client: FlaskClient, page: FetchPage) -> None:
    from app import notes

    begin(client, "fields @message | filter a = 'password=hunter2' | limit 3", SHOP)
    notes.settle()
    shown = page("/logs/saved?view=history")
    [line] = [one for one in shown.all(".//tbody/tr") if "limit 3" in "".join(one.itertext())]
    assert "password=••••••" in "".join(line.itertext())


def test_what_aws_remembers_leads_to_rows(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    logs: Any = embedded.client("logs")
    started = logs.start_query(
        logGroupName=SHOP, startTime=1, endTime=4_000_000_000, queryString="fields level | limit 2"
    )
    shown = page("/logs/saved?view=account")
    assert f"/logs/queries/{started['queryId']}" in shown.html
    opened = page(f"/logs/queries/{started['queryId']}", calls=5)
    assert written(opened) == "fields level | limit 2"


def test_programs_start_queries_by_json(client: FlaskClient) -> None:
    fields = {"csrf_token": token(client), "query": "limit 1", "group": SHOP}
    answer = client.post("/logs/insights", data=fields, headers={"Accept": "application/json"})
    made: Any = answer.json
    assert answer.status_code == 200 and made["url"].startswith(f"/logs/queries/{made['id']}")
    assert [call["operation"] for call in made["calls"]] == ["StartQuery"]


def test_what_the_drawer_shows_runs(client: FlaskClient, embedded: Embedded) -> None:
    import html

    url, _ = run(client, BY_LEVEL, SHOP)
    for path in ("/logs/", f"/logs/group?group={SHOP}", f"/logs/events?group={SHOP}&stream=web-1", url, "/logs/saved"):
        text = client.get(path).get_data(as_text=True)
        script = html.unescape(text.split('data-fill="script"')[1].split(">", 1)[1].split("</code>")[0])
        ran = subprocess.run(
            [sys.executable, "-c", script], env=embedded.env, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, f"{path}\n{script}\n{ran.stderr}"


def test_a_stream_leads_to_the_events_around(client: FlaskClient, page: FetchPage) -> None:
    url, answer = run(client, "fields @timestamp, @logStream | sort @timestamp | limit 1", SHOP)
    [link] = [one.get("href") or "" for one in page(url, calls=5).all(".//tbody//a") if one.text == "web-1"]
    around = page(link, calls=2)
    assert around.all(".//ol/li[@class='logs-event is-marked']//time")[0].text == answer["rows"][0]["@timestamp"]


def test_a_file_for_a_spreadsheet_has_names_and_negative_numbers_as_they_are(client: FlaskClient) -> None:
    url, answer = run(client, "fields @logStream, took - 100 as less | sort @timestamp | limit 2", SHOP)
    text = client.get(f"{urlsplit(url).path}?format=csv").get_data(as_text=True)
    assert text.splitlines() == ["@logStream,less", *[f"web-1,{row['less']}" for row in answer["rows"]]]
    assert answer["rows"][0]["less"].startswith("-")
