"""What does not do is told beside its field, with what was typed kept; and nothing is started."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.logs.conftest import EMPTY, SHOP, put
from tests.logs.helpers import begin, ended, post, run, written
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"group": []}, "group", "Choose at least one log group."),
        ({"group": [f"/g/{number}" for number in range(51)]}, "group", "at most 50 log groups at once; these are 51"),
        ({"query": "  "}, "query", "Write a query"),
        ({"query": "# " + "x" * 10_000}, "query", "this one has 10,002"),
        ({"start": "soon"}, "start", "“soon” is no time."),
        ({"start": "now", "end": "-1h"}, "end", "ends before it begins"),
        ({"query": "filter a = {{x}} and b = {{y}}", "p.x": "1"}, "parameters", "Give a value for y."),
    ],
)
def test_a_fault_stands_beside_its_field(client: FlaskClient, fields: dict[str, Any], field: str, said: str) -> None:
    asked = {"group": [SHOP], "query": "limit 1", "start": "-1h", "end": "now", **fields}
    answer = post(client, "/logs/insights", **asked)
    shown = check_page(answer, "/logs/insights", 422, 1)
    [fault] = [one for one in shown.root.iter() if one.get("id") == f"fault-{field}"]
    assert said in "".join(fault.itertext())
    assert written(shown) == asked["query"] and shown.field("start").get("value") == asked["start"]
    fragment = client.post("/logs/insights", data={**asked, "csrf_token": shown.csrf}, headers={"HX-Request": "true"})
    assert fragment.status_code == 422 and said in fragment.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("fields @timestamp\n| filtre level = 1", "filtre"),
        ("stats cuont(*) by level", "cuont"),
        ("fields a | limit none", "none"),
    ],
)
def test_a_mistake_is_marked_at_its_word(client: FlaskClient, query: str, word: str) -> None:
    shown = check_page(begin(client, query, SHOP), "/logs/insights", 422, 2)
    [mark] = [one for one in shown.root.iter() if one.get("data-logs-mistake") is not None]
    at = int(mark.get("data-from") or -1)
    assert query[at : at + len(word)] == word, (at, mark.get("data-message"))
    assert "Nothing ran" in shown.text


@pytest.mark.parametrize(
    "query", ['filter level = "open', "filter @message like /open", "fields (a", "| | |", "filter ü§$%&"]
)
def test_what_is_not_closed_is_a_mistake(client: FlaskClient, query: str) -> None:
    shown = check_page(begin(client, query, SHOP), "/logs/insights", 422, 2)
    assert "AWS does not understand the query" in shown.text and written(shown) == query


def test_the_mark_is_moved_back_where_parameters_were_filled(client: FlaskClient) -> None:
    query = 'filter level = "{{level}}"\n| filtre x'
    shown = check_page(begin(client, query, SHOP, **{"p.level": "a much longer value"}), "/logs/insights", 422, 2)
    [mark] = [one for one in shown.root.iter() if one.get("data-logs-mistake") is not None]
    assert query[int(mark.get("data-from") or -1) :].startswith("filtre")


def test_a_group_that_is_not_there(client: FlaskClient) -> None:
    shown = check_page(begin(client, "limit 1", "/gone"), "/logs/insights", 404, 2)
    assert "No such log group" in shown.text and "/gone" in shown.text


def test_a_catastrophic_pattern_hangs_nothing(client: FlaskClient) -> None:
    answer = begin(client, "filter @message like /(a+)+(b|c|d)*\\1$/ | stats count(*)", SHOP)
    if answer.status_code == 303:
        assert ended(client, answer.location)["status"] in ("Complete", "Failed", "Timeout")
    else:
        assert answer.status_code == 422


def test_a_range_without_events(client: FlaskClient, page: FetchPage) -> None:
    url, _ = run(client, "limit 1", EMPTY)
    assert "There are no events in this range of time." in page(url, calls=5).text
    url, _ = run(client, 'filter level = "NONE"', SHOP)
    assert "600 events were scanned, none matched." in page(url, calls=5).text.replace("\u202f", "")


def test_ten_thousand_rows_are_said_to_be_the_most(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    now = int(time.time() * 1000)
    put(embedded.client("logs"), "/app/many", "s", [(now - 60_000 + at, f"line {at}") for at in range(10_500)])
    url, answer = run(client, "fields @message | sort @timestamp", "/app/many")
    assert len(answer["rows"]) == 10_000 and answer["full"]
    shown = page(url, calls=5)
    assert "AWS gives at most 10,000 rows of a query" in shown.text
    assert len(shown.all(".//table/tbody/tr")) == 500
    last = page(url + "&page=20", calls=5)
    assert "line 9999" in last.text and "Next 500" not in last.text


def test_a_long_query_is_recalled_without_its_address(client: FlaskClient, page: FetchPage) -> None:
    query = "fields level | limit 1 # " + "x" * 9_000
    url, answer = run(client, query, SHOP)
    assert len(url) < 3_500 and len(answer["rows"]) == 1
    assert written(page(url, calls=5)) == query


@pytest.mark.parametrize("query_id", ["nothing", "00000000-0000-0000-0000-000000000000", "x" * 300, "<b>"])
def test_a_query_of_another_account_is_no_query(client: FlaskClient, query_id: str) -> None:
    answer = client.get(f"/logs/queries/{query_id}")
    assert answer.status_code in (400, 404)
    assert "<b>" not in answer.get_data(as_text=True)


def test_stopping_what_has_ended_is_no_error(client: FlaskClient) -> None:
    _, answer = run(client, "limit 1", SHOP)
    stopped = post(client, f"/logs/queries/{answer['id']}/stop", left="1")
    assert (stopped.status_code, stopped.json["stopped"]) == (200, False)
    back = post(client, f"/logs/queries/{answer['id']}/stop", back="https://evil.example/")
    assert back.location == "/logs/insights"


@pytest.mark.parametrize("path", ["histogram", "steps", "compare"])
def test_what_is_asked_beside_no_query(client: FlaskClient, path: str) -> None:
    assert post(client, f"/logs/queries/nothing/{path}").status_code in (400, 404)


def test_a_record_that_is_none(page: FetchPage) -> None:
    assert "not there" in page("/logs/record?pointer=bm9uZQ==", status=404).text


@pytest.mark.parametrize(("name", "query"), [("", "limit 1"), ("x" * 256, "limit 1"), ("name", "")])
def test_what_cannot_be_saved(client: FlaskClient, page: FetchPage, name: str, query: str) -> None:
    answer = post(client, "/logs/saved", name=name, query=query)
    assert answer.status_code == 303
    assert "Nothing was saved." in page(answer.location).text
