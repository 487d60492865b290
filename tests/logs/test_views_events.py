"""Events: of a stream, filtered, around a moment, live, and in full; nothing in them can do harm."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.logs.conftest import EMPTY, ODD, SECRET, SHOP, STREAM, TEST_LOGS, put
from tests.pages import Page

FetchPage = Callable[..., Page]


def test_the_books_stream_without_its_credentials(page: FetchPage, client: FlaskClient) -> None:
    path = f"/logs/events?group={TEST_LOGS}&stream={STREAM}"
    shown = page(path, calls=1)
    assert "AWS_DEFAULT_REGION" in shown.text and "START RequestId" in shown.text
    assert "1 access key id, 1 secret access key, 1 session token masked" in shown.text
    for text in (shown.html, client.get(f"{path}&format=json").get_data(as_text=True)):
        assert SECRET not in text and "ASIAABCD" not in text and "IQoJb3" not in text


def test_a_page_of_a_stream_leads_to_earlier_ones(page: FetchPage) -> None:
    first = page(f"/logs/events?group={SHOP}&stream=web-1")
    assert len(first.all(".//ol/li[@data-id]")) == 200
    [link] = [one for one in first.all(".//main//a") if "Earlier" in "".join(one.itertext())]
    second = page(link.get("href") or "")
    ids = [{one.get("data-id") for one in shown.all(".//ol/li[@data-id]")} for shown in (first, second)]
    assert len(ids[1]) == 200 and not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ('{ $.level = "ERROR" }', {"ERROR"}),
        ("?ERROR ?WARN", {"ERROR", "WARN"}),
        ("%ERR[O]R%", {"ERROR"}),
        ("-INFO -WARN", {"ERROR"}),
    ],
)
def test_a_filter_pattern(page: FetchPage, pattern: str, wanted: set[str]) -> None:
    shown = page("/logs/events?" + _query(group=SHOP, filter=pattern), calls=8)
    found = [" ".join(one.itertext()) for one in shown.all(".//ol/li[@data-id]")]
    levels = {level for level in ("ERROR", "WARN", "INFO") for text in found if f'"{level}"' in text}
    assert found and levels == wanted
    assert shown.field("filter").get("value") == pattern


def _query(**fields: str) -> str:
    from urllib.parse import urlencode

    return urlencode(fields)


def test_a_pattern_that_is_none_is_told_beside_it(page: FetchPage) -> None:
    shown = page("/logs/events?" + _query(group=SHOP, filter="{ $.level ="), status=422)
    assert shown.field("filter").get("aria-invalid") == "true"
    assert "AWS does not understand the pattern" in shown.text


@pytest.mark.parametrize(("start", "end", "field"), [("soon", "now", "start"), ("now", "-1h", "end")])
def test_a_range_that_is_none(page: FetchPage, start: str, end: str, field: str) -> None:
    shown = page("/logs/events?" + _query(group=SHOP, start=start, end=end), status=422, calls=0)
    assert shown.field(field).get("aria-invalid") == "true"
    assert (shown.field("start").get("value"), shown.field("end").get("value")) == (start, end)


def test_nothing_here_says_where_to_look(page: FetchPage) -> None:
    assert "No events in this time" in page(f"/logs/events?group={EMPTY}", calls=8).text
    assert "no log group" in page("/logs/events?group=/gone", status=404).text
    assert "no log group" in page(f"/logs/events?group={SHOP}&stream=gone", status=404).text


def test_what_is_odd_is_seen_and_does_nothing(page: FetchPage) -> None:
    shown = page(f"/logs/events?group={ODD}&stream=one")
    for said in ("ESC[31m", "U+202E", "NUL", "BEL", "<script>alert(1)</script>", "postgres://ada:••••••@db"):
        assert said in shown.text
    assert "opensesame" not in shown.html and "hunter2" not in shown.html and "\u202e" not in shown.html
    assert len(shown.html) < 200_000 and "Show all 250\u202f008 characters" in shown.html
    [link] = [one for one in shown.all(".//main//a") if "Show all" in "".join(one.itertext())]
    whole = page(link.get("href") or "")
    assert "x the end" in whole.text


def test_an_event_has_a_link_to_its_moment(page: FetchPage) -> None:
    shown = page(f"/logs/events?group={TEST_LOGS}&stream={STREAM}")
    link = shown.all(".//ol/li[@data-id]/a")[1].get("href") or ""
    around = page(link, calls=2)
    assert [len(around.all(".//ol/li[@data-id]")), len(around.all(".//ol/li[@class='logs-event is-marked']"))] == [4, 1]


def test_a_live_tail_gives_what_came_since(client: FlaskClient, embedded: Embedded) -> None:
    now = int(time.time() * 1000)
    put(embedded.client("logs"), "/app/tail", "s", [(now - 3_000_000, "old"), (now, "fresh password=hunter2")])
    answer = client.get(f"/logs/events/tail?group=/app/tail&after={now - 1000}", headers={"HX-Request": "true"})
    html = answer.get_data(as_text=True)
    assert html.count("<li") == 1 and "fresh password=••••••" in html and "filter_log_events" in html


def test_a_tail_of_a_wrong_pattern_is_refused(client: FlaskClient) -> None:
    answer = client.get("/logs/events/tail?" + _query(group=SHOP, filter="{ $. }"), headers={"HX-Request": "true"})
    assert answer.status_code == 422


def test_an_event_that_is_gone(page: FetchPage) -> None:
    shown = page(f"/logs/events/message?group={SHOP}&stream=web-1&at=5&digest=0", status=404)
    assert "not there any more" in shown.text
