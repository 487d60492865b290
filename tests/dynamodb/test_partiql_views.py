"""The editor's page over the embedded DynamoDB."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import notes
from tests.dynamodb.conftest import ORDERS
from tests.dynamodb.helpers import post, table
from tests.pages import Page, check_page

URL = "/dynamodb/partiql"


@pytest.fixture(scope="module")
def clients(aws: Any) -> str:
    """Make a table to write to: how many items the others have is looked at by other tests."""
    return table(aws, "clients", "customer_id:S", "customer_mail:S")


def get(client: FlaskClient, statement: str, **fields: Any) -> Any:
    return client.get(URL, query_string={"statement": statement, "format": "json", **fields})


def run(client: FlaskClient, statement: str, **fields: Any) -> Any:
    return post(client, f"{URL}?format=json", statement=statement, **fields)


def test_the_empty_editor_offers_examples(page: Callable[..., Page]) -> None:
    shown = page(URL, calls=0)
    assert "Try one" in shown.text
    assert shown.field("statement").text in (None, "")


def test_a_select_is_an_address(page: Callable[..., Page], client: FlaskClient) -> None:
    shown = page(f"{URL}?statement=SELECT+*+FROM+customer+WHERE+customer_id='123'", calls=3)
    assert "A query: reads one partition of the table customer" in shown.text
    assert "ada@example.com" in shown.text
    assert "KeyConditionExpression" in shown.text, "the same with expressions"
    answer = get(
        client, "SELECT name FROM customer WHERE customer_id = '123' AND customer_mail = 'ada@example.com'"
    ).json
    assert answer["results"][0]["items"] == [{"name": {"S": "Ada"}}]
    assert answer["results"][0]["plan"] == "item"


def test_a_scan_is_warned_of_before_and_after(page: Callable[..., Page], client: FlaskClient) -> None:
    shown = page(f"{URL}?statement=SELECT+*+FROM+customer", calls=3)
    assert "This scans: it reads the whole table customer" in shown.text
    assert "This scanned: the whole table was read for 2 items" in shown.text
    typed = post(client, f"{URL}/check", statement="SELECT * FROM customer WHERE name = ?").get_data(as_text=True)
    assert "This scans" in typed
    assert 'name="p.1"' in typed


def test_pages_go_on_to_the_end_and_know_their_statement(client: FlaskClient) -> None:
    statement, found, token, rounds = "SELECT pk, sk FROM orders", list[str](), "", 0
    while True:
        answer = run(client, statement, **({"next": token} if token else {})).json
        found += [item["sk"]["N"] for item in answer["results"][0]["items"]]
        rounds += 1
        token = answer["next"]
        if not token:
            break
        kept = token
    assert rounds == -(-ORDERS // 100)
    assert sorted(map(int, found)) == list(range(ORDERS))
    for other in ("SELECT pk, sk FROM customer", "SELECT pk FROM orders"):
        refused = run(client, other, next=kept)
        assert refused.status_code == 422
        assert "belongs to another statement" in refused.json["detail"]
    assert run(client, statement, next=kept[:-2] + "xx").status_code == 422
    assert get(client, statement, next=kept).status_code == 200


def test_a_table_that_goes_away_between_two_pages_is_told(client: FlaskClient, aws: Any) -> None:
    table(aws, "brief", "id:S")
    for first in range(0, 150, 25):
        puts = [{"PutRequest": {"Item": {"id": {"S": str(number)}}}} for number in range(first, first + 25)]
        aws.batch_write_item(RequestItems={"brief": puts})
    token = run(client, "SELECT * FROM brief").json["next"]
    aws.delete_table(TableName="brief")
    gone = run(client, "SELECT * FROM brief", next=token)
    assert gone.status_code == 404
    assert gone.json["error"]["code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "item",
    [
        "{'customer_id': '', 'customer_mail': 'm'}",
        "{'customer_id': 5, 'customer_mail': 'm'}",
        "{'customer_id': 'x'}",
        "{'customer_id': 'x', 'customer_mail': 'm', 'n': " + "1" * 39 + "}",
        "{'customer_id': 'x', 'customer_mail': 'm', 's': <<>>}",
        "{'customer_id': 'x', 'customer_mail': 'm', 'd': " + "[" * 36 + "]" * 36 + "}",
    ],
)
def test_an_item_that_is_none_is_refused_in_dynamodb_words(client: FlaskClient, item: str) -> None:
    answer = run(client, f"INSERT INTO customer VALUE {item}", sure="1")
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "ValidationException"
    assert answer.json["error"]["happened"]


def test_a_filter_that_keeps_little_fills_a_page_with_several_calls(client: FlaskClient) -> None:
    answer = get(client, "SELECT * FROM orders WHERE state = 'open'").json
    assert len(answer["results"][0]["items"]) == 87
    assert answer["next"] is None


def test_parameters_are_fields_with_a_type(page: Callable[..., Page], client: FlaskClient) -> None:
    statement = "SELECT sk FROM orders WHERE pk = ? AND sk = ?"
    asked = page(f"{URL}?statement={statement.replace(' ', '+').replace('?', '%3F')}")
    assert "Fill in the parameters" in asked.text
    (chosen,) = [o for o in asked.field("t.2").iter("option") if o.get("selected") is not None]
    assert chosen.get("value") == "N", "the sort key is a number"
    fields = {"p.1": "customer-01", "p.2": "1"}
    assert get(client, statement, **fields).json["results"][0]["items"] == [{"sk": {"N": "1"}}]
    assert get(client, statement, **fields | {"t.2": "S"}).status_code == 422
    wrong = get(client, statement, **fields | {"p.2": "1" * 39}).json
    assert "39 significant digits" in wrong["error"]["happened"]
    injected = get(client, "SELECT * FROM customer WHERE name = ?", **{"p.1": "' OR '1'='1"}).json
    assert injected["results"][0]["items"] == []


def test_a_change_by_address_is_shown_and_not_run(page: Callable[..., Page], client: FlaskClient, aws: Any) -> None:
    delete = "DELETE FROM customer WHERE customer_id = '123' AND customer_mail = 'ada@example.com'"
    shown = page(f"{URL}?statement={delete.replace(' ', '+')}&sure=1")
    assert "its address alone does not run it" in shown.text
    assert get(client, delete, sure="1").json["state"] == "post"
    assert "Item" in aws.get_item(
        TableName="customer", Key={"customer_id": {"S": "123"}, "customer_mail": {"S": "ada@example.com"}}
    )


def test_a_change_is_asked_about_and_then_made(client: FlaskClient, aws: Any, clients: str) -> None:
    key = {"customer_id": {"S": "900"}, "customer_mail": {"S": "m"}}
    insert = "INSERT INTO clients VALUE {'customer_id': '900', 'customer_mail': 'm', 'n': 1}"
    asked = check_page(post(client, URL, statement=insert), URL, 200, 3)
    assert "INSERT puts one item into clients" in asked.text
    assert "Item" not in aws.get_item(TableName="clients", Key=key)
    assert run(client, insert, sure="1").json["state"] == "ran"
    again = run(client, insert, sure="1")
    assert again.status_code == 422
    assert again.json["error"]["code"] == "DuplicateItemException"
    update = "UPDATE clients SET n = n + ? WHERE customer_id = '900' AND customer_mail = 'm' RETURNING ALL NEW *"
    changed = run(client, update, sure="1", **{"p.1": "41", "t.1": "N"}).json
    assert changed["results"][0]["items"][0]["n"] == {"N": "42"}
    assert "Item" in aws.get_item(TableName="clients", Key=key)
    run(client, "DELETE FROM clients WHERE customer_id = '900' AND customer_mail = 'm'", sure="1")
    assert "Item" not in aws.get_item(TableName="clients", Key=key)


def test_a_change_without_the_whole_key_is_explained_and_not_sent(client: FlaskClient) -> None:
    answer = post(
        client, URL, statement="SELECT * FROM customer;\nDELETE FROM customer WHERE customer_id = '123'", sure="1"
    )
    shown = check_page(answer, URL, 422, 0)
    assert "without customer_mail: DynamoDB changes one item at a time" in shown.text
    assert "line 2, column 1" in shown.text


def test_batches_fail_alone_and_transactions_together(client: FlaskClient, clients: str) -> None:
    def insert(n: int) -> str:
        return f"INSERT INTO clients VALUE {{'customer_id': 'b{n}', 'customer_mail': 'm'}}"

    one, two, three = map(insert, range(3))
    assert run(client, one, sure="1").status_code == 200
    transaction = run(client, f"{two};\n{one}", sure="1", mode="transaction")
    assert transaction.status_code == 422
    codes = [result["error"]["code"] for result in transaction.json["results"]]
    assert codes == ["Cancelled", "DuplicateItem"]
    batch = run(client, f"{one};{two};{three}", sure="1", mode="batch").json
    assert [bool(result["error"]) for result in batch["results"]] == [True, False, False]
    for n in range(3):
        run(client, f"DELETE FROM clients WHERE customer_id = 'b{n}' AND customer_mail = 'm'", sure="1")
    reads = "; ".join(f"SELECT * FROM orders WHERE pk = 'customer-{n:02}' AND sk = {n}" for n in range(13))
    for mode in ("batch", "transaction"):
        assert len(get(client, reads, mode=mode).json["results"]) == 13


@pytest.mark.parametrize(
    ("statement", "line", "column"),
    [("SELECT * FROM customer\nWHERE name = 'x", 2, 14), ("SELECT * FROM customer WHERE WHERE", 1, 30)],
)
def test_a_mistake_is_marked_where_it_is(client: FlaskClient, statement: str, line: int, column: int) -> None:
    answer = get(client, statement)
    assert answer.status_code == 422
    assert (answer.json["error"]["line"], answer.json["error"]["column"]) == (line, column)
    assert "data-partiql-fault" in client.get(URL, query_string={"statement": statement}).get_data(as_text=True)


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nowhere", "SELECT count(*) FROM customer", 'SELECT * FROM "customer"."no-index"', "x"]
)
def test_what_dynamodb_refuses_is_told_in_its_words(client: FlaskClient, statement: str) -> None:
    answer = get(client, statement)
    assert 400 <= answer.status_code < 500
    assert answer.json["error"]["happened"]


def test_odd_names_and_exact_numbers(client: FlaskClient) -> None:
    answer = get(
        client, 'SELECT "odd.name 🌻 #1", "size", photo FROM orders WHERE pk = \'customer-01\' AND sk = 1'
    ).json
    assert answer["results"][0]["items"] == [
        {"odd.name 🌻 #1": {"S": "size"}, "size": {"N": "1"}, "photo": {"B": "AAE="}}
    ]


def test_a_link_of_another_site_is_shown_and_not_run(client: FlaskClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for more in ("", "&format=csv"):
        answer = client.get(f"{URL}?statement=SELECT+*+FROM+customer{more}", headers=link)
        assert "It has not run" in check_page(answer, URL, 200, 1).text


@pytest.mark.parametrize("form", ["csv", "ndjson", "dynamodb", "json"])
def test_a_whole_result_is_a_file(client: FlaskClient, form: str) -> None:
    query = {"statement": "SELECT pk, sk FROM orders", "format": form, "download": "1", "columns": "all"}
    answer = client.get(URL, query_string=query)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    if form == "json":
        assert len(json.loads(text)) == ORDERS
    else:
        assert len(text.splitlines()) == ORDERS + (form == "csv")
    assert client.get(URL, query_string={**query, "statement": "DELETE FROM orders"}).status_code == 422


def test_runs_are_noted_and_statements_saved(client: FlaskClient, page: Callable[..., Page]) -> None:
    client.get(f"{URL}?statement=SELECT+*+FROM+customer+WHERE+customer_id='noted'")
    post(client, f"{URL}/saved", name="Mine", statement="SELECT * FROM customer")
    notes.settle()
    shown = page(f"{URL}/history", calls=0)
    assert "customer_id='noted'" in shown.text
    assert "Mine" in shown.text
    id = client.get(f"{URL}/history?format=json").json["saved"][0]["id"]  # type: ignore[index]
    post(client, f"{URL}/saved/delete", id=id)
    assert client.get(f"{URL}/history?format=json").json["saved"] == []  # type: ignore[index]
    assert post(client, f"{URL}/saved", name="", statement="x").status_code == 303


def test_the_editor_is_given_names_to_complete(client: FlaskClient, page: Callable[..., Page]) -> None:
    names = client.get(f"{URL}/schema").json["completion"]  # type: ignore[index]
    assert names["orders"] == ["pk", "sk", "state", "by-state"]
    assert "orders" in page(f"{URL}/tables", calls=8).text
