"""The page of an item: its views, new ones, copies, changes, and two people at once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.blueprints.dynamodb.service import wire
from tests.dynamodb.conftest import order
from tests.dynamodb.helpers import fetch, post, table
from tests.pages import Page, check_page

ITEM = "/dynamodb/desk/item"


@pytest.fixture(scope="module", autouse=True)
def desk(aws: Any) -> str:
    return table(aws, "desk", "id:S")


def stored(aws: Any, key: str) -> Any:
    return aws.get_item(TableName="desk", Key={"id": {"S": key}}, ConsistentRead=True).get("Item")


def form(shown: Page) -> dict[str, str]:
    """What a browser would send of the item's form, without a button."""
    (found,) = [e for e in shown.all(".//form") if e.get("data-ddb-item") is not None]
    fields = dict[str, str]()
    for element in found.iter():
        name = element.get("name")
        if element.tag == "template" or not name or element.tag == "button":
            continue
        if element.tag == "select":
            chosen = [o for o in element.iter("option") if o.get("selected") is not None] or list(
                element.iter("option")
            )
            fields[name] = chosen[0].get("value") or ""
        else:
            fields[name] = (
                (element.text or "").replace("\n", "\r\n") if element.tag == "textarea" else element.get("value") or ""
            )
    return fields


def test_an_item_is_shown_with_its_size(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/item?pk=customer-01&sk=1", calls=2)
    sent = form(shown)
    assert (sent["n0"], sent["v0"], sent["n1"], sent["v1"]) == ("pk", "customer-01", "sk", "1")
    assert str(wire.item_size(order(1))) in shown.text
    assert "of 409 600 bytes" in shown.text


def test_an_item_as_json(client: FlaskClient) -> None:
    found = fetch(client, "/dynamodb/orders/item?pk=customer-01&sk=1")
    assert found["item"]["amount"] == {"N": "1.25"}
    assert found["size"] == wire.item_size(order(1))


@pytest.mark.parametrize("way", [("json", "dynamodb", "form"), ("dynamodb", "form", "json"), ("form", "json", "form")])
def test_the_views_change_into_each_other_without_loss(client: FlaskClient, aws: Any, way: tuple[str, ...]) -> None:
    item = {
        **order(7),
        "id": {"S": "views"},
        "cr": {"S": "a\r\nb"},
        "nul": {"S": "\x00"},
        "m": {"M": {"$binary": {"S": "x"}}},
    }
    aws.put_item(TableName="desk", Item=item)
    shown = check_page(client.get(f"{ITEM}?pk=views"), "item", 200, 2)
    for view in way:
        shown = check_page(post(client, ITEM, **form(shown), action=f"view-{view}"), view, 200, 0)
        assert form(shown)["view"] == view
    answer = post(client, ITEM, **form(shown), action="save")
    assert answer.status_code == 303
    with client.session_transaction() as session:
        assert ("done", "Nothing was changed.") in session["_flashes"]
    assert stored(aws, "views") == item


def test_two_items_of_different_shape_as_dynamodb_json(client: FlaskClient, aws: Any) -> None:
    first = '{"id": {"S": "123"}, "name": {"S": "Ada"}, "address": {"S": "London"}}'
    second = '{"id": {"S": "1234"}, "name": {"S": "Grace"}, "profession": {"SS": ["Admiral"]}}'
    for text in (first, second):
        assert post(client, ITEM, view="dynamodb", text=text, old="", action="save").status_code == 303
    assert stored(aws, "1234")["profession"] == {"SS": ["Admiral"]}
    again = post(client, ITEM, view="dynamodb", text=first.replace("Ada", "Other"), old="", action="save")
    shown = check_page(again, "again", 409, 1)
    assert "There is an item of this key already." in shown.text
    assert "Other" in form(shown)["text"], "what was typed is kept"
    assert stored(aws, "123")["name"] == {"S": "Ada"}


def test_a_change_by_the_form(client: FlaskClient, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "by form"}, "a": {"N": "1"}, "b": {"S": "x"}})
    shown = check_page(client.get(f"{ITEM}?pk=by+form"), "item", 200, 2)
    sent = form(shown)
    at = next(name[1:] for name, value in sent.items() if value == "a")
    gone = next(name[1:] for name, value in sent.items() if value == "b")
    changes = {f"v{at}": "2.5", f"n{gone}": "", "n3": "new", "t3": "SS", "v3": '["x", "y"]'}
    assert post(client, ITEM, **{**sent, **changes}, action="save").status_code == 303
    assert stored(aws, "by form") == {"id": {"S": "by form"}, "a": {"N": "2.5"}, "new": {"SS": ["x", "y"]}}


def test_a_copy_has_another_key(client: FlaskClient, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "copied"}, "a": {"BS": [b"1"]}})
    sent = form(check_page(client.get(f"{ITEM}?pk=copied&copy=1"), "copy", 200, 2))
    assert sent["old"] == ""
    assert post(client, ITEM, **{**sent, "v0": "the copy"}, action="save").status_code == 303
    assert stored(aws, "the copy")["a"] == {"BS": [b"1"]}
    with_key = form(check_page(client.get(f"{ITEM}?pk=copied"), "item", 200, 2))
    moved = post(client, ITEM, **{**with_key, "v0": "moved"}, action="save")
    assert "The key names the item and cannot change" in check_page(moved, "moved", 422, 1).text
    assert stored(aws, "moved") is None


def test_two_people_lose_no_change(client: FlaskClient, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "two"}, "a": {"N": "1"}, "b": {"N": "1"}, "c": {"N": "1"}})
    first, second = (form(check_page(client.get(f"{ITEM}?pk=two"), "item", 200, 2)) for _ in range(2))
    places = {first[f"n{at}"]: str(at) for at in range(4)}
    ours = {**first, f"v{places['a']}": "2", f"v{places['c']}": "2"}
    assert post(client, ITEM, **ours, action="save").status_code == 303
    theirs = {**second, f"v{places['b']}": "3", f"v{places['c']}": "3"}
    shown = check_page(post(client, ITEM, **theirs, action="save"), "conflict", 409, 2)
    assert stored(aws, "two")["c"] == {"N": "2"}, "nothing is overwritten before it is chosen"
    chosen = {e.get("name") or "": e.get("value") for e in shown.all(".//input") if e.get("checked") is not None}
    inputs = [(e.get("name") or "", e.get("value")) for e in shown.all(".//input")]
    names = {name: value for name, value in inputs if name.startswith("a")}
    assert {names[f"a{one[1:]}"]: value for one, value in chosen.items()} == {"a": "theirs", "b": "mine"}
    hidden = {e.get("name") or "": e.get("value") for e in shown.all(".//main//input") if e.get("type") == "hidden"}
    place = next(name for name, value in names.items() if value == "c")
    picked = {**hidden, **chosen, f"c{place[1:]}": "mine", "action": "merge"}
    assert client.post(ITEM, data=picked).status_code == 303
    assert stored(aws, "two") == {"id": {"S": "two"}, "a": {"N": "2"}, "b": {"N": "3"}, "c": {"N": "3"}}


def test_deleting_what_somebody_changed_asks_again(client: FlaskClient, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "gone"}, "a": {"N": "1"}})
    sent = form(check_page(client.get(f"{ITEM}?pk=gone"), "item", 200, 2))
    aws.put_item(TableName="desk", Item={"id": {"S": "gone"}, "a": {"N": "2"}})
    shown = check_page(post(client, ITEM, **sent, action="delete"), "conflict", 409, 2)
    assert "it was not deleted" in shown.text
    hidden = {e.get("name") or "": e.get("value") for e in shown.all(".//main//input") if e.get("type") == "hidden"}
    assert client.post(ITEM, data={**hidden, "action": "delete"}).status_code == 303
    assert stored(aws, "gone") is None


def test_saving_what_somebody_deleted_says_so(client: FlaskClient, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "away"}, "a": {"N": "1"}})
    sent = form(check_page(client.get(f"{ITEM}?pk=away"), "item", 200, 2))
    aws.delete_item(TableName="desk", Key={"id": {"S": "away"}})
    at = next(name[1:] for name, value in sent.items() if value == "a")
    shown = check_page(post(client, ITEM, **{**sent, f"v{at}": "2"}, action="save"), "conflict", 409, 2)
    assert "Somebody deleted this item" in shown.text
    hidden = {e.get("name") or "": e.get("value") for e in shown.all(".//main//input") if e.get("type") == "hidden"}
    assert client.post(ITEM, data={**hidden, "action": "save"}).status_code == 303
    assert stored(aws, "away") == {"id": {"S": "away"}, "a": {"N": "2"}}


def test_the_size_follows_what_is_typed(client: FlaskClient) -> None:
    text = '{"id": "x", "text": "' + "y" * 400_000 + '"}'
    told = post(client, f"{ITEM}/size", view="json", text=text).get_data(as_text=True)
    assert "400\u202f007" in told
    over = post(client, f"{ITEM}/size", view="json", text=text.replace("y", "yy")).get_data(as_text=True)
    assert "DynamoDB takes at most 409,600" in over
    broken = post(client, f"{ITEM}/size", view="json", text='{"id": ').get_data(as_text=True)
    assert "Line 1, column 8" in broken


def test_binary_and_hostile_keys(client: FlaskClient, aws: Any) -> None:
    table(aws, "bytes", "id:B", "n:N")
    aws.put_item(TableName="bytes", Item={"id": {"B": b"\x00\xff/+"}, "n": {"N": "1.50"}, "a": {"S": "here"}})
    listed = client.get("/dynamodb/bytes/items").get_data(as_text=True)
    address = listed.split('class="main" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "here" in client.get(address).get_data(as_text=True)
    key = "a/b?c&d=<e>\"'🌻 %2F"
    aws.put_item(TableName="desk", Item={"id": {"S": key}, "a": {"S": "</textarea><script>alert(1)</script>"}})
    shown = check_page(client.get(f"{ITEM}?pk={quote(key, safe='')}"), "hostile", 200, 2)
    assert form(shown)["v1"] == "</textarea><script>alert(1)</script>"
    assert key in shown.text
