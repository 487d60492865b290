"""Access patterns: grouping, and the page."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from app.blueprints.dynamodb.service import patterns
from app.blueprints.dynamodb.service.tables import Key, get_table
from app.blueprints.dynamodb.service.wire import Item, item_size
from app.blueprints.dynamodb.views.patterns import WIDTH, bars
from tests.dynamodb.conftest import ORDERS
from tests.pages import Page

KEYS = (Key("pk", "S"), Key("sk", "S"))


def item(pk: str, sk: str, **more: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **{name: {"S": text} for name, text in more.items()}}


def test_items_are_told_apart_by_prefix_attribute_or_shape() -> None:
    assert patterns.kind_of(item("CUSTOMER#1", "ORDER#7"), KEYS) == "ORDER"
    assert patterns.kind_of(item("CUSTOMER#1", "x"), KEYS) == "CUSTOMER"
    assert patterns.kind_of(item("CUSTOMER#1", "PROFILE"), KEYS) == "PROFILE"
    assert patterns.kind_of(item("1", "profile"), KEYS) == "profile"
    assert patterns.kind_of(item("1", "x", type="invoice"), KEYS) == "invoice"
    assert patterns.kind_of(item("1", "x", b="", a=""), KEYS) == "a, b"
    assert patterns.kind_of(item("1", "x"), KEYS) == "only its key"


def test_a_partition_that_holds_most_is_hot() -> None:
    even = [item(f"p{n % 20}", str(n)) for n in range(100)]
    found = patterns.group(even, KEYS, 1.0, True)
    assert (found.partitions, found.hot, found.each) == (20, 0, 5.0)
    uneven = [*even, *(item("hot", str(n), text="x" * 100) for n in range(50))]
    found = patterns.group(uneven, KEYS, 1.0, True)
    assert [one.value for one in found.shown if one.hot] == ["hot"]
    assert found.shown[0].value == "hot"
    assert found.size == sum(map(item_size, uneven))
    assert round(sum(one.share for one in found.shown), 6) == 1


def test_bars_are_as_wide_as_their_bytes() -> None:
    items = [item("a", "1", text="x" * 900), item("a", "2", text="x" * 900), item("b", "1", text="x" * 900)]
    drawn = bars(patterns.group(items, KEYS, 1.0, True))
    end = {name: boxes[-1][0] + boxes[-1][1] for name, boxes in drawn.items()}
    assert 0.98 * WIDTH < end["a"] <= WIDTH
    assert 0.45 * WIDTH < end["b"] < 0.55 * WIDTH


def test_items_outside_of_an_index_are_counted() -> None:
    found = patterns.group([item("a", "1"), {"other": {"S": "x"}}], KEYS, 1.0, True)
    assert (found.read, found.missing, found.partitions) == (2, 1, 1)


def test_a_large_table_is_read_in_eight_places(aws: Any) -> None:
    table = get_table(aws, "orders")
    large = type(table)(**{**table.__dict__, "items": 5000})
    found = patterns.read(aws, large, "", 1000)
    assert found.read == ORDERS
    assert found.whole
    part = patterns.read(aws, large, "", 80)
    assert part.read < ORDERS
    assert not part.whole


def test_the_page_draws_collections(page: Callable[..., Page], client: FlaskClient) -> None:
    shown = page("/dynamodb/orders/patterns?sample=1000", calls=9)
    assert "13 partitions" in shown.text
    assert "20.0 items each" in shown.text
    assert len(shown.all(".//{*}rect")) >= ORDERS
    by_state = page("/dynamodb/orders/patterns?index=by-state&sample=1000", calls=9)
    assert "3 partitions" in by_state.text
    rows = client.get("/dynamodb/orders/patterns?sample=1000&format=csv").get_data(as_text=True).splitlines()
    assert rows[0] == "partition,items,bytes,share,hot"
    assert len(rows) == 14
    assert client.get("/dynamodb/orders/patterns?index=nope").status_code == 404
    assert client.get("/dynamodb/nope/patterns").status_code == 404
