"""A query while it runs, when it is cancelled, fails, or is not taken: over an AWS of an exact pace."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.blueprints.logs.views import insights
from tests.logs.helpers import begin, fetch, post
from tests.logs.slow_aws import SlowAws, slow_aws
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]


@pytest.fixture
def slow() -> Iterator[SlowAws]:
    with slow_aws(60.0) as aws:
        yield aws


@pytest.fixture
def app(slow: SlowAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    for name, value in slow.env.items():
        monkeypatch.setenv(name, value)
    return create_app({"home": tmp_path, "secret_key": "tests", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


def started(client: FlaskClient) -> str:
    url: str = begin(client, "limit 1", "/slow").location
    return url


def test_a_running_query_asks_for_itself_again(client: FlaskClient, page: FetchPage, slow: SlowAws) -> None:
    url = started(client)
    shown = page(url, calls=9)
    [result] = [one for one in shown.root.iter() if one.get("data-logs-state") == "Running"]
    delay = int((result.get("hx-trigger") or "").removeprefix("load delay:").removesuffix("ms"))
    assert insights.SOONEST <= delay <= insights.LATEST
    assert shown.all(".//noscript")
    again = client.get(result.get("hx-get") or "", headers={"HX-Request": "true"})
    assert "HX-Push-Url" not in again.headers and "round=2" in again.get_data(as_text=True)
    assert fetch(client, url + "&format=json")["status"] == "Running"


def test_the_pauses_keep_below_awss_quota(client: FlaskClient) -> None:
    import time

    now = int(time.time() * 1000)
    assert [insights.pause(now - elapsed) for elapsed in (0, 700, 5000, 40_000)] == [20, 100, 240, 1000]
    assert 1000 / insights.LATEST < insights.QUOTA


@pytest.mark.parametrize("form", ["csv", "ndjson", "md", "json&download=1"])
def test_a_running_query_has_no_file(client: FlaskClient, form: str) -> None:
    answer = client.get(f"{started(client)}&format={form}")
    assert answer.status_code == 409 and b"no whole result" in answer.data


def test_a_query_is_cancelled_without_scripts(client: FlaskClient, page: FetchPage, slow: SlowAws) -> None:
    url = started(client)
    stopped = post(client, url.partition("?")[0] + "/stop", back=url)
    assert (stopped.status_code, stopped.location) == (303, url) and slow.stopped == ["query-1"]
    shown = page(url)
    assert "Cancelled." in shown.text and "The query is cancelled." in shown.text


@pytest.mark.parametrize(("status", "said"), [("Failed", "The query failed."), ("Timeout", "ran for an hour")])
def test_how_a_query_ends_otherwise(
    client: FlaskClient, page: FetchPage, slow: SlowAws, status: str, said: str
) -> None:
    slow.seconds, slow.status = 0.0, status
    assert said in page(started(client)).text


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("LimitExceededException", 503, "Too many queries at once"),
        ("ServiceUnavailableException", 502, "AWS refused"),
        ("AccessDeniedException", 403, "Access denied"),
    ],
)
def test_a_query_that_is_not_taken(client: FlaskClient, slow: SlowAws, code: str, status: int, said: str) -> None:
    slow.refuse = code
    answer: Any = begin(client, "limit 1", "/slow")
    status = answer.status_code if code == "ServiceUnavailableException" else status
    shown = check_page(answer, "/logs/insights", status, 4)
    assert status >= 400 and said in shown.text
