"""What a class types, and what AWS refuses, sooner or later."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.answers import answering
from tests.dynamodb.helpers import ask, fetch, post, table
from tests.embedded.process import SOON
from tests.pages import Page, check_page

ITEM = "/dynamodb/bad/item"
THROTTLED = ("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded.")


@pytest.fixture(scope="module", autouse=True)
def bad(aws: Any) -> str:
    return table(aws, "bad", "id:S")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": {"S": "x"}, "a": {"S": "' + "y" * 410_000 + '"}}', "400 KB"),
        ('{"id": {"S": ""}}', "empty"),
        ('{"id": {"N": "1"}}', "must be a string"),
        ('{"a": {"S": "1"}}', "is missing"),
        ('{"id": {"S": "x"}, "n": {"N": "' + "1" * 39 + '"}}', "38"),
        ('{"id": {"S": "x"}, "n": {"N": "NaN"}}', "not a number"),
        ('{"id": {"S": "x"}, "n": {"N": 1}}', "quotes"),
        ('{"id": {"S": "x"}, "s": {"SS": []}}', "cannot be empty"),
        ('{"id": {"S": "x"}, "s": {"NS": ["1", "1.0"]}}', "twice"),
        ('{"id": {"S": "x"}, "id": {"S": "y"}}', "twice"),
        ('{"id": {"S": "x"}, "l": ' + '{"L": [' * 33 + "]}" * 33 + "}", "32"),
        ('{"id": {"S": "x"}, "u": {"S": "\\ud800"}}', "surrogate"),
        ('{"id": {"S": "x"}, "x": {"Q": "1"}}', "no type"),
        ("[]", "object"),
        ("", "not JSON"),
        ('{"id": {"S": "x"', "not JSON"),
    ],
)
def test_items_that_dynamodb_refuses(client: FlaskClient, aws: Any, text: str, said: str) -> None:
    shown = check_page(post(client, ITEM, view="dynamodb", text=text, old="", action="save"), "item", 422, 1)
    assert said in shown.text
    assert (shown.field("text").text or "").lstrip("\n") == text, "what was typed is kept"
    assert aws.scan(TableName="bad")["Count"] == 0


def test_each_wrong_field_has_its_own_words_and_the_rest_names_them(client: FlaskClient) -> None:
    values = [("id", "S", "x"), ("a", "N", "9" * 39), ("b", "SS", "[]"), ("c", "L", "[" * 40 + "]" * 40), ("d", "M", '{"e": 1, "e": 2}')]  # fmt: skip # noqa: E501
    fields = {f"{sign}{at}": text for at, one in enumerate(values) for sign, text in zip("ntv", one, strict=True)}
    shown = check_page(post(client, ITEM, view="form", old="", action="save", **fields), "item", 422, 1)
    told = ["".join(e.itertext()).strip() for e in shown.all(".//p[@class='fault']")]
    assert len(told) == 4
    assert "39 significant digits" in told[0]
    assert told[1].startswith("A set cannot be empty")
    assert "more than 32 levels deep" in told[2]
    assert len(told[2]) < 120, "a deep path is cut"
    assert "stands twice" in told[3]
    assert "4 attributes are wrong: a, b, c, d." in shown.text
    assert [shown.field(f"v{at}").text for at in range(2)] == ["x", "9" * 39], "what was typed is kept"


@pytest.mark.parametrize("name", ["size", "a.b", "two words", "🌻", "#", ":v", "select", "\\", "é" * 100])
def test_names_of_any_kind_are_saved_and_found(client: FlaskClient, aws: Any, name: str) -> None:
    text = json.dumps({"id": "named", name: "here"})
    assert post(client, ITEM, view="json", text=text, old="", action="save").status_code == 303
    quoted = '"' + name + '"' if "." in name else name
    assert ask(client, "bad", (quoted, "=", "S", "here")).json["count"] == 1
    item = fetch(client, f"{ITEM}?pk=named")["item"]
    changed = json.dumps({"id": "named", name: "changed"})
    sent = {"view": "json", "text": changed, "old": json.dumps(item), "action": "save"}
    assert post(client, ITEM, **sent).status_code == 303
    assert aws.get_item(TableName="bad", Key={"id": {"S": "named"}})["Item"][name] == {"S": "changed"}
    aws.delete_item(TableName="bad", Key={"id": {"S": "named"}})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pk": "x", "sk": "1" * 39}, "sk"),
        ({"pk": "x", "sk": "NaN"}, "sk"),
        ({"pk": "x", "sk": "1", "op": "begins_with"}, "op"),
        ({"index": "no-such-index"}, "index"),
        ({"index": "by-state", "consistent": "1"}, "consistent"),
        ({"attributes": "a..b"}, "attributes"),
        ({"size": "0"}, "size"),
        ({"size": "9" * 50}, "size"),
    ],
)
def test_what_cannot_be_asked_stands_beside_its_field(
    page: Callable[..., Page], client: FlaskClient, fields: dict[str, str], field: str
) -> None:
    shown = page("/dynamodb/orders/items", status=422, calls=1, query_string=fields)
    assert [e.get("id") for e in shown.all(".//p[@class='fault']")] == [f"{field}-fault"]
    assert shown.field("pk").get("value") == fields.get("pk", "")
    told = ask(client, "orders", **fields)
    assert (told.status_code, told.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "after",
    [
        "nonsense",
        "{}",
        '{"pk": {"S": "x"}}',
        '{"pk": {"S": "x"}, "sk": {"S": "1"}}',
        '{"pk": {"S": "x"}, "sk": {"N": "1"}, "more": {"S": "x"}}',
        '{"pk": {"S": "another"}, "sk": {"N": "1"}}',
    ],
)
def test_a_key_from_another_query_is_refused(client: FlaskClient, after: str) -> None:
    told = ask(client, "orders", pk="customer-01", after=after)
    assert told.status_code == 422
    assert "Start from the first page" in told.json["detail"]


def test_a_table_that_vanishes_while_paging(page: Callable[..., Page], client: FlaskClient, aws: Any) -> None:
    table(aws, "vanishing", "id:S")
    for number in range(30):
        aws.put_item(TableName="vanishing", Item={"id": {"S": str(number)}})
    following = ask(client, "vanishing", size=25).json["next"]
    aws.delete_table(TableName="vanishing")
    aws.get_waiter("table_not_exists").wait(TableName="vanishing", WaiterConfig=SOON)
    shown = page(following.replace("format=json&", "").replace("&format=json", ""), status=404, calls=2)
    assert "Not found" in shown.text


def test_a_table_that_is_not_there(page: Callable[..., Page], client: FlaskClient) -> None:
    for path in ("/dynamodb/nowhere/", "/dynamodb/nowhere/items", "/dynamodb/nowhere/delete"):
        shown = page(path, status=404, calls=4)
        assert "No such table" in shown.text and "There is no table “nowhere”" in shown.text
    told = client.get("/dynamodb/nowhere/?format=json").get_json()
    assert (told["title"], told["code"]) == ("No such table", "ResourceNotFoundException")


def test_throttling_is_shown_and_asked_again(page: Callable[..., Page], app: Flask, client: FlaskClient) -> None:
    client.get("/dynamodb/orders/items")
    with answering(app, "Scan", *THROTTLED) as asked:
        shown = page("/dynamodb/orders/items", status=503, calls=1)
        assert len(asked) == 3, "botocore tried three times"
        assert "AWS asks to slow down" in shown.text
        assert 'hx-trigger="load delay:1s"' in shown.html
        last = page("/dynamodb/orders/items?round=6", status=503, calls=2)
        assert 'hx-trigger="load delay' not in last.html, "it gives up after some tries"
        assert ask(client, "orders").status_code == 503
    with answering(app, "Scan", *THROTTLED, times=2) as asked:
        shown = page("/dynamodb/customer/items", calls=2)
        assert "2 returned" in shown.text
        assert len(asked) == 3
        assert "retries" in shown.html


def test_access_denied_on_one_index_is_explained(page: Callable[..., Page], app: Flask, client: FlaskClient) -> None:
    client.get("/dynamodb/orders/items")
    said = "User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:Query on resource: by-state"
    with answering(app, "Query", "AccessDeniedException", said):
        shown = page("/dynamodb/orders/items?index=by-state&pk=open", status=403, calls=1)
        assert "Access denied on the index by-state" in shown.text
        assert "table/orders/index/by-state" in shown.text
        assert shown.field("pk").get("value") == "open", "the form stays"
    assert ask(client, "orders", pk="customer-01").status_code == 200


def test_the_settings_that_may_not_be_asked_are_told(page: Callable[..., Page], app: Flask) -> None:
    with answering(app, "DescribeContinuousBackups", "AccessDeniedException", "not authorized"):
        shown = page("/dynamodb/orders/", calls=4)
    assert "Point-in-time recovery Not known: AWS refuses to tell" in shown.text
    assert "Time to live Off" in shown.text


def test_a_table_that_may_not_be_described_is_listed(page: Callable[..., Page], app: Flask) -> None:
    with answering(app, "DescribeTable", "AccessDeniedException", "not authorized to describe"):
        shown = page("/dynamodb/", calls=12)
    assert "orders cannot be described. AWS said: not authorized to describe" in shown.text


def test_addresses_that_name_no_item(client: FlaskClient) -> None:
    for query in ("pk=customer-01", "pk=customer-01&sk=x", "pk=&sk=1"):
        assert client.get(f"/dynamodb/orders/item?{query}").status_code == 400, query
    assert client.get("/dynamodb/orders/item?pk=customer-01&sk=99999").status_code == 404
    assert post(client, ITEM, view="form", old="{", action="save").status_code == 400
    assert post(client, ITEM, view="form", action="delete").status_code == 400


def test_more_conditions_than_fit_are_told(client: FlaskClient) -> None:
    many = [("a", "=", "S", str(n)) for n in range(61)]
    assert "At most 60" in ask(client, "orders", *many).json["detail"]


def test_a_form_without_a_token_changes_nothing(client: FlaskClient, aws: Any) -> None:
    answer = client.post(ITEM, data={"view": "json", "text": '{"id": "forged"}', "action": "save"})
    assert answer.status_code == 400
    assert aws.scan(TableName="bad")["Count"] == 0
