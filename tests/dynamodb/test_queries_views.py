"""History and saved queries of the explore page over the embedded DynamoDB."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import notes
from app.blueprints.dynamodb.service.asked import Asked, Condition, Group
from app.blueprints.dynamodb.service.said import in_words
from app.blueprints.dynamodb.service.tables import Key
from tests.answers import answering
from tests.dynamodb.helpers import fetch, post
from tests.pages import Page

KEYS = (Key("pk", "S"), Key("sk", "N"))
HISTORY = "/dynamodb/orders/history"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(), "everything"),
        (Asked(partition="a", sort="3", compare=">="), "pk = a and sk ≥ 3"),
        (Asked(partition="a", compare="between", sort="1", sort_upper="2", descending=True),
         "pk = a and sk between 1 and 2, descending"),
        (Asked(index="by-state", partition="open", attributes="pk, sk"), "by-state: pk = open, only pk, sk"),
        (Asked(groups=(Group("any", (Condition("a", "exists"), Condition("b", ">", "N", "1"))),)),
         "everything, where (a exists or b > 1)"),
        (Asked(groups=(Group("none", (Condition("a", "between", "N", "1", "2"),)), Group("all", (Condition("n", "=", "NULL"),))), join="or"),  # noqa: E501
         "everything, where not (a between 1 and 2) or n = null"),
    ],
)  # fmt: skip
def test_a_question_in_words(asked: Asked, words: str) -> None:
    assert in_words(KEYS, asked) == words


def test_what_is_asked_is_noted_once(page: Callable[..., Page], client: FlaskClient) -> None:
    for _ in range(2):
        client.get("/dynamodb/orders/items?pk=customer-03&op=%3E&sk=40")
    client.get("/dynamodb/orders/items")
    client.get("/dynamodb/orders/items?pk=customer-04&format=json")
    client.get("/dynamodb/orders/items?pk=customer-05&draft=1")
    client.get("/dynamodb/orders/items?pk=&sk=")
    notes.settle()
    found = [one["value"] for one in fetch(client, HISTORY)["history"]]
    assert [one["words"] for one in found if "customer-0" in one["words"]] == ["pk = customer-03 and sk > 40"]
    assert "everything" not in {one["words"] for one in found}, "the page as it opens is no question"
    (noted,) = [one for one in found if one["words"].startswith("pk = customer-03")]
    assert (noted["scan"], noted["items"], noted["read"], noted["error"]) == (False, 17, 17, "")
    shown = page(HISTORY, calls=0)
    (link,) = [a for a in shown.all(".//a") if a.text == "pk = customer-03 and sk > 40"]
    again = page(link.get("href", ""), calls=2)
    assert again.field("pk").get("value") == "customer-03"


def test_what_aws_refuses_is_noted_too(app: Flask, client: FlaskClient) -> None:
    with answering(app, "Query", "AccessDeniedException", "not allowed"):
        assert client.get("/dynamodb/orders/items?pk=denied").status_code == 403
    notes.settle()
    (noted,) = [one["value"] for one in fetch(client, HISTORY)["history"] if one["value"]["words"] == "pk = denied"]
    assert noted["error"]


def test_a_query_is_saved_found_and_removed(page: Callable[..., Page], client: FlaskClient) -> None:
    query = "pk=customer-01&fg=0&fn=amount&fo=%3E&ft=N&fv=100&fw=&after=x&evil=%22%3E"
    answer = post(client, "/dynamodb/orders/saved", name="Dear ones", query=query)
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/dynamodb/orders/items"
    assert "evil" not in answer.location
    assert "after" not in answer.location
    shown = page(HISTORY, calls=0)
    assert "Dear ones" in shown.text
    assert "pk = customer-01, where amount > 100" in shown.text
    assert fetch(client, "/dynamodb/customer/history")["saved"] == [], "each table has its own"
    (saved,) = fetch(client, HISTORY)["saved"]
    assert post(client, "/dynamodb/orders/saved/delete", id=saved["id"]).status_code == 303
    assert fetch(client, HISTORY)["saved"] == []


def test_what_cannot_be_saved_says_so(client: FlaskClient) -> None:
    nameless = post(client, "/dynamodb/orders/saved", name=" ", query="pk=x")
    assert "pk=x" in nameless.location
    assert "needs a name" in client.get(nameless.location).get_data(as_text=True)
    assert post(client, "/dynamodb/no-such-table/saved", name="x", query="").status_code == 404
    assert fetch(client, HISTORY)["saved"] == []


def test_the_page_offers_help_and_its_lists(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/items", calls=2)
    assert "A filter is applied after reading" in shown.text
    assert [a for a in shown.all(".//a") if a.get("href") == HISTORY]
