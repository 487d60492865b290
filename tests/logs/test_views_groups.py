"""Groups and streams: listed, searched, created, kept, deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.answers import answering
from tests.embedded.process import Embedded
from tests.logs.conftest import EMPTY, SHOP, STREAM, TEST_LOGS
from tests.logs.helpers import fetch, post
from tests.pages import Page

FetchPage = Callable[..., Page]


def test_groups_with_class_retention_bytes_and_price(page: FetchPage) -> None:
    shown = page("/logs/", calls=1)
    for said in (TEST_LOGS, SHOP, "Standard", "Never expire", "A month on AWS"):
        assert said in shown.text
    [link] = [one for one in shown.all(".//tbody//a") if one.text == SHOP]
    assert link.get("href") == "/logs/group?group=/app/shop"


def test_groups_are_searched_by_a_part_of_their_name(page: FetchPage) -> None:
    shown = page("/logs/?search=sho", calls=2)
    assert SHOP in shown.text and TEST_LOGS not in shown.text
    assert "No log group has “zzz”" in page("/logs/?search=zzz").text
    assert "No log group has “a b”" in page("/logs/?search=a+b", calls=0).text


def test_groups_as_json(client: FlaskClient) -> None:
    found = fetch(client, "/logs/?format=json")["groups"]
    assert {one["name"] for one in found} >= {SHOP, TEST_LOGS, EMPTY}
    assert all(one["stored"] is not None for one in found)


def test_a_group_with_its_streams_by_last_event(page: FetchPage) -> None:
    shown = page(f"/logs/group?group={TEST_LOGS}", calls=2)
    assert STREAM in shown.text
    assert page("/logs/group?group=/nowhere", status=404).text.count("no log group “/nowhere”") == 1
    assert "names no group" in page("/logs/group", status=400).text
    assert "No log streams yet" in page(f"/logs/group?group={EMPTY}").text
    assert "No log stream begins with “zzz”" in page(f"/logs/group?group={SHOP}&prefix=zzz").text


def test_a_group_is_shown_to_who_may_not_see_its_streams(app: Flask, page: FetchPage) -> None:
    with answering(app, "DescribeLogStreams", "AccessDeniedException", "not authorized", service="logs"):
        shown = page(f"/logs/group?group={SHOP}")
    assert "Access denied" in shown.text and "logs:DescribeLogStreams" in shown.text
    assert "About this group" in shown.text


def test_a_group_is_made_kept_and_deleted(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    logs: Any = embedded.client("logs")
    made = post(client, "/logs/groups", name="/made/here")
    assert (made.status_code, made.location) == (303, "/logs/group?group=/made/here")
    kept = post(client, "/logs/group/retention", group="/made/here", days="30")
    assert kept.status_code == 303
    [found] = logs.describe_log_groups(logGroupNamePrefix="/made/here")["logGroups"]
    assert found["retentionInDays"] == 30
    assert "kept 30 days" in page("/logs/group?group=/made/here").text
    post(client, "/logs/group/retention", group="/made/here", days="never")
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix="/made/here")["logGroups"][0]
    wrong = post(client, "/logs/group/delete", group="/made/here", confirm="/made/her")
    assert wrong.status_code == 422 and "Nothing was deleted" in wrong.get_data(as_text=True)
    assert post(client, "/logs/group/delete", group="/made/here", confirm="/made/here").status_code == 303
    assert logs.describe_log_groups(logGroupNamePrefix="/made/here")["logGroups"] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give the group a name."),
        ("a b", "Letters, digits"),
        ("x" * 513, "longer than 512"),
        (SHOP, "of this name already"),
    ],
)
def test_a_name_that_does_not_do_is_told_beside_its_field(client: FlaskClient, name: str, said: str) -> None:
    answer = post(client, "/logs/groups", name=name)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in html and 'data-logs-open="create-dialog"' in html
    assert name in html


def test_retention_that_aws_does_not_have(client: FlaskClient) -> None:
    answer = post(client, "/logs/group/retention", group=SHOP, days="2")
    assert answer.status_code == 422 and "Not a valid choice" in answer.get_data(as_text=True)


def test_the_overview_counts_groups(client: FlaskClient) -> None:
    services = {one["label"]: one for one in fetch(client, "/?format=json")["services"]}
    assert "log groups" in services["Logs"]["text"]
