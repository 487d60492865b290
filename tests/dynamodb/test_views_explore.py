"""The explore page: what is asked and said before, what comes back, pages to the end, files, links."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.dynamodb.conftest import ORDERS
from tests.dynamodb.helpers import ask, fetch
from tests.pages import Page


def texts(shown: Page, column: str) -> list[str]:
    """The texts of a column."""
    heads = [e.get("data-name") for e in shown.all(".//table[@data-ddb-grid]/thead/tr/th")]
    at = heads.index(column)
    rows = shown.all(".//table[@data-ddb-grid]/tbody/tr")
    return ["".join(row[at].itertext()) for row in rows]


def test_opening_shows_the_first_items(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/customer/items", calls=2)
    assert {*texts(shown, "customer_id")} == {"123", "1234"}
    for word in ("Scan reads the whole table", "about 2 items", "2 returned", "2 read", "0.5 read units", "on AWS"):
        assert word in shown.text
    (verb,) = [e for e in shown.root.iter() if e.get("data-ddb-verb") is not None]
    assert verb.text == "Scan"
    page("/dynamodb/customer/items", calls=1)


def test_columns_are_the_union_with_the_key_first(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/customer/items")
    heads = [e.get("data-name") for e in shown.all(".//table[@data-ddb-grid]/thead/tr/th")][1:]
    assert heads[:2] == ["customer_id", "customer_mail"]
    assert {*heads[2:]} == {"name", "address", "profession"}
    absent = [e for e in shown.all(".//td") if e.get("data-null") is not None]
    assert len(absent) == 2, "an attribute that an item lacks is another thing than an empty text"


def test_a_partition_is_a_query_in_order(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/items?pk=customer-05&order=desc&size=1000", calls=2)
    (verb,) = [e for e in shown.root.iter() if e.get("data-ddb-verb") is not None]
    assert verb.text == "Query"
    numbers = [int(text) for text in texts(shown, "sk")]
    assert numbers == sorted((n for n in range(ORDERS) if n % 13 == 5), reverse=True)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"op": "=", "sk": "18"}, {18}),
        ({"op": "<", "sk": "44"}, {5, 18, 31}),
        ({"op": "<=", "sk": "31"}, {5, 18, 31}),
        ({"op": ">", "sk": "231"}, {n for n in range(232, ORDERS) if n % 13 == 5}),
        ({"op": ">=", "sk": "239"}, {n for n in range(239, ORDERS) if n % 13 == 5}),
        ({"op": "between", "sk": "18", "sk2": "44"}, {18, 31, 44}),
    ],
)
def test_every_comparison_of_the_sort_key(client: FlaskClient, fields: Any, wanted: set[int]) -> None:
    answer = ask(client, "orders", pk="customer-05", **fields).json
    assert {int(item["sk"]["N"]) for item in answer["items"]} == wanted
    assert answer["operation"] == "Query"


def test_begins_with_on_a_text_key(client: FlaskClient) -> None:
    for text, count in (("ada@", 1), ("grace", 0)):
        answer = ask(client, "customer", pk="123", op="begins_with", sk=text).json
        assert answer["count"] == count


@pytest.mark.parametrize(
    ("conditions", "match", "wanted"),
    [
        ([("lines[0].city", "=", "S", "Berlin")], "all", lambda n: True),
        ([("lines[0].n", "<", "N", "3")], "all", lambda n: n < 3),
        ([('"odd.name 🌻 #1"', "begins_with", "S", "si")], "all", lambda n: True),
        ([("size", "=", "N", "2.0")], "all", lambda n: n % 4 == 2),
        ([("tags", "contains", "S", "t3")], "all", lambda n: n % 5 == 3),
        ([("tags", "not contains", "S", "t3")], "all", lambda n: n % 5 != 3),
        ([("photo", "size >", "S", "5")], "all", lambda n: n % 7 > 4),
        ([("gone", "type", "S", "NULL")], "all", lambda n: True),
        ([("gone", "=", "NULL", "")], "all", lambda n: True),
        ([("nothing", "exists", "S", "")], "all", lambda n: False),
        ([("nothing", "not exists", "S", "")], "all", lambda n: True),
        ([("paid", "=", "BOOL", "true"), ("size", "in", "N", "0, 1")], "all", lambda n: n % 2 == 0 and n % 4 < 2),
        ([("paid", "=", "BOOL", "true"), ("size", "in", "N", "0, 1")], "any", lambda n: n % 2 == 0 or n % 4 < 2),
        ([("paid", "=", "BOOL", "true"), ("size", "=", "N", "1")], "none", lambda n: n % 4 == 3),
        ([("amount", "between", "N", "10.25", "12.25")], "all", lambda n: 10 <= n <= 12),
        ([("photo", "=", "B", "AAEC")], "all", lambda n: n % 7 == 2),
        ([("tags", "=", "JSON", '{"$stringSet": ["t1", "a"]}')], "all", lambda n: n % 5 == 1),
        ([("state", "<>", "S", "open")], "all", lambda n: n % 3 != 0),
    ],
)
def test_filters(client: FlaskClient, conditions: Any, match: str, wanted: Callable[[int], bool]) -> None:
    answer = ask(client, "orders", *conditions, g=match, size=1000).json
    assert {int(item["sk"]["N"]) for item in answer["items"]} == {n for n in range(ORDERS) if wanted(n)}
    assert answer["scanned"] == ORDERS


def test_two_groups(client: FlaskClient) -> None:
    fields = {
        "g": ["all", "any"],
        "join": "or",
        "fg": ["0", "1", "1"],
        "fn": ["paid", "size", "size"],
        "fo": ["="] * 3,
        "ft": ["BOOL", "N", "N"],
        "fv": ["true", "1", "9"],
        "fw": [""] * 3,
    }
    answer: Any = client.get("/dynamodb/orders/items", query_string={**fields, "format": "json", "size": 1000}).json
    assert {int(item["sk"]["N"]) for item in answer["items"]} == {n for n in range(ORDERS) if n % 2 == 0 or n % 4 == 1}


def test_an_index_with_projection(client: FlaskClient) -> None:
    answer = ask(client, "orders", index="by-state", pk="paid", attributes="lines[0].city, amount", size=1000).json
    assert answer["count"] == sum(n % 3 == 1 for n in range(ORDERS))
    assert set(answer["items"][0]) == {"pk", "sk", "state", "lines", "amount"}


def test_pages_lead_to_the_end(client: FlaskClient) -> None:
    path, seen, pages = "/dynamodb/orders/items?format=json&size=100", list[str](), 0
    while path:
        answer = fetch(client, path)
        seen += [item["sk"]["N"] for item in answer["items"]]
        path, pages = answer["next"], pages + 1
    assert sorted(map(int, seen)) == list(range(ORDERS))
    assert pages == 3


def test_without_scripts_a_link_leads_on(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/items?size=100")
    (more,) = [e for e in shown.all(".//a") if e.get("rel") == "next"]
    second = page(more.get("href"))
    assert len(texts(second, "sk")) == 100
    assert not {*texts(second, "sk")} & {*texts(shown, "sk")}
    assert "First page" in second.text


def test_the_address_holds_the_whole_question(page: Callable[..., Page]) -> None:
    key = "index=by-state&pk=open&op=between&sk=1&sk2=50&order=desc&size=25&attributes=amount"
    query = f"{key}&g=any&fg=0&fn=size&fo=%3D&ft=N&fv=0&fw="
    shown = page(f"/dynamodb/orders/items?{query}")
    for name, value in (
        ("pk", "open"),
        ("sk", "1"),
        ("sk2", "50"),
        ("attributes", "amount"),
        ("fn", "size"),
        ("fv", "0"),
    ):
        assert shown.field(name).get("value") == value
    links = [e.get("href") or "" for e in shown.all(".//a") if "view=json" in (e.get("href") or "")]
    told = dict(parse_qsl(urlsplit(links[0]).query))
    assert told == {**dict(parse_qsl(query)), "view": "json"}


def test_the_three_views(page: Callable[..., Page]) -> None:
    plain = page("/dynamodb/orders/items?pk=customer-01&sk=1&view=json")
    (code,) = [e for e in plain.root.iter() if e.get("data-ddb-json") is not None]
    (item,) = json.loads(code.text or "")
    assert item["tags"] == {"$stringSet": ["a", "t1"]}
    assert item["photo"] == {"$binary": "AAE="}
    marked = page("/dynamodb/orders/items?pk=customer-01&sk=1&view=dynamodb")
    (code,) = [e for e in marked.root.iter() if e.get("data-ddb-json") is not None]
    assert json.loads(code.text or "")[0]["amount"] == {"N": "1.25"}


def test_types_are_shown_quietly_and_binary_twice(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/items?pk=customer-01&sk=1")
    heads = {e.get("data-name"): "".join(e.itertext()) for e in shown.all(".//th") if e.get("data-name")}
    assert heads["tags"] == "tagsSS"
    assert heads["odd.name 🌻 #1"] == "odd.name 🌻 #1S"
    assert "base64: AAE= hex: 00 01" in shown.text


def test_files_and_links_of_a_page(client: FlaskClient) -> None:
    answer = client.get("/dynamodb/orders/items?pk=customer-01&format=csv&size=10")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert len(lines) == 10
    assert (lines[0]["pk"], lines[0]["amount"], lines[0]["photo"]) == ("customer-01", "1.25", "AAE=")
    assert 'rel="next"' in answer.headers["Link"]
    one = client.get("/dynamodb/orders/items?pk=customer-01&format=ndjson").get_data(as_text=True).splitlines()
    assert json.loads(one[0])["amount"] == "1.25"
    assert client.get("/dynamodb/orders/items?format=xml").status_code == 400


def test_drafts_read_nothing(page: Callable[..., Page]) -> None:
    page("/dynamodb/orders/items")
    for query in ("draft=1&index=by-state", "add=group"):
        shown = page(f"/dynamodb/orders/items?{query}", calls=0)
        assert "Nothing is read yet" in shown.text
    assert len(shown.all(".//select[@name='g']")) == 2


def test_a_fragment_brings_its_calls(client: FlaskClient) -> None:
    text = client.get("/dynamodb/orders/items?pk=customer-01", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in text
    calls = json.loads(text.split("data-ddb-calls>")[1].split("</script>")[0])
    assert calls["calls"][0]["operation"] == "Query"
    assert "dynamodb:Query" in calls["calls"][0]["policy"]


def test_the_same_as_expressions_and_as_partiql(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/items?pk=customer-01&op=%3C&sk=50")
    assert '"KeyConditionExpression": "#n0 = :v0 AND #n1 < :v1"' in shown.text
    assert 'WHERE "pk" = \'customer-01\' AND "sk" < 50' in shown.text


def test_a_link_of_another_site_reads_nothing_until_asked(client: FlaskClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    shown = client.get("/dynamodb/customer/items?pk=123", headers=link)
    assert "A link on another site brought this question here" in shown.get_data(as_text=True)
    assert "Query" not in shown.headers.get("Server-Timing", "")
    assert 'value="123"' in shown.get_data(as_text=True)
