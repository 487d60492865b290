"""Files of tables and of questions."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.dynamodb.service import scanning, wire
from app.blueprints.dynamodb.service.csv_lines import REST, Csv
from app.blueprints.dynamodb.service.exporting import Wish, written
from app.blueprints.dynamodb.service.tables import get_table
from tests.dynamodb.conftest import ORDERS, order
from tests.pages import Page

BY_KEY = sorted((order(number) for number in range(ORDERS)), key=lambda item: int(item["sk"]["N"]))


def sets(items: list[Any]) -> list[Any]:
    """Return items in the order of their sort key, the members of sets in order."""
    for item in items:
        for value in item.values():
            for kind in ("SS", "NS", "BS"):
                if kind in value:
                    value[kind] = sorted(value[kind])
    return sorted(items, key=lambda item: int(item["sk"]["N"]))


def get(client: FlaskClient, table: str = "orders", **fields: str) -> str:
    answer = client.get(f"/dynamodb/{table}/export", query_string={"download": "1", **fields})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.get_data(as_text=True)


def test_the_page_says_what_it_costs(page: Callable[..., Page]) -> None:
    shown = page("/dynamodb/orders/export", calls=1)
    assert "This reads the whole table" in shown.text
    assert "read units" in shown.text
    assert "follows your conditions" in page("/dynamodb/orders/export?pk=customer-01", calls=1).text


@pytest.mark.parametrize("segments", ["", "4"])
def test_dynamodb_json_loses_nothing(client: FlaskClient, segments: str) -> None:
    lines = get(client, format="dynamodb", segments=segments).splitlines()
    found = [wire.marshalled_item(wire.tree_of(line)["Item"]) for line in lines]
    assert sets(found) == sets([order(number) for number in range(ORDERS)])


@pytest.mark.parametrize("form", ["ndjson", "json"])
def test_plain_json_loses_nothing(client: FlaskClient, form: str) -> None:
    text = get(client, format=form)
    texts = text.splitlines() if form == "ndjson" else [line.rstrip(",") for line in text.splitlines()[1:-1]]
    assert sets([wire.plain_item(line) for line in texts]) == sets([order(number) for number in range(ORDERS)])
    if form == "json":
        assert len(json.loads(text)) == ORDERS


def test_csv_has_the_keys_first_and_nested_values_as_json(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(get(client, format="csv"))))
    assert len(rows) == ORDERS
    assert list(rows[0])[:2] == ["pk", "sk"]
    assert REST not in rows[0], "every attribute is in the sample"
    one = next(row for row in rows if row["sk"] == "6")
    assert (one["amount"], one["paid"], one["gone"]) == ("6.25", "true", "null")
    assert wire.plain_value(one["lines"]) == order(6)["lines"]


def test_a_question_is_followed_to_its_end(client: FlaskClient) -> None:
    assert len(get(client, format="ndjson", pk="customer-03").splitlines()) == ORDERS // 13
    filtered = get(client, format="ndjson", fg="0", fn="state", fo="=", ft="S", fv="open")
    assert len(filtered.splitlines()) == 87
    assert len(get(client, format="ndjson", index="by-state", pk="paid").splitlines()) == 87


def test_columns_can_be_named(client: FlaskClient) -> None:
    text = get(client, format="csv", columns="named", names="sk, state")
    assert text.splitlines()[0] == "sk,state"
    assert client.get("/dynamodb/orders/export?download=1&format=csv&columns=named").status_code == 400


@pytest.mark.parametrize("query", ["format=xml", "format=csv&fn=a&fo=%3D&ft=N&fv=x&fg=0", "format=csv&index=nope&pk=1"])
def test_what_cannot_be_exported_is_a_page(client: FlaskClient, query: str) -> None:
    assert client.get(f"/dynamodb/orders/export?download=1&{query}").status_code in (400, 404, 422)
    assert client.get("/dynamodb/no-such/export?download=1&format=csv").status_code == 404


def test_formulas_are_made_harmless_and_numbers_are_left_alone() -> None:
    item: wire.Item = {"a": {"S": "=1+1"}, "n": {"N": "-5"}, "t": {"S": "\tx"}}
    assert Csv(("a", "n", "t"), rest=False, guard=True).lines([item]) == "'=1+1,-5,'\tx\r\n"
    assert Csv(("a", "n"), rest=False, guard=False).lines([item]) == "=1+1,-5\r\n"


def test_attributes_that_come_late_stand_in_the_last_column() -> None:
    pages: list[list[wire.Item]] = [
        [{"id": {"S": str(n)}} for n in range(1000)],
        [{"id": {"S": "x"}, "late": {"SS": ["a"]}}],
    ]
    text = b"".join(written(pages, Wish("csv"), ["id"])).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0] == {"id": "0", REST: ""}
    assert wire.dynamo_item(rows[-1][REST]) == {"late": {"SS": ["a"]}}


def test_an_empty_table_is_an_empty_file() -> None:
    assert b"".join(written([[]], Wish("json"), ["id"])) == b"[]\n"
    assert b"".join(written([[]], Wish("csv"), ["id"])) == b"id\r\n"


def test_segments_are_read_side_by_side_and_closed_early(aws: Any) -> None:
    table = get_table(aws, "orders")
    pages = scanning.whole(aws, table, 3)
    next(pages)
    pages.close()
    assert sum(len(page) for page in scanning.whole(aws, table, 3)) == ORDERS


def test_a_failing_segment_is_an_error_and_no_short_file(aws: Any) -> None:
    table = get_table(aws, "orders")
    aws_error = aws.exceptions.ResourceNotFoundException
    missing = type(table)(**{**table.__dict__, "name": "no-such-table"})
    with pytest.raises(aws_error):
        list(scanning.whole(aws, missing, 3))


def test_a_link_of_another_site_reads_no_table(client: FlaskClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    shown = client.get("/dynamodb/orders/export?download=1&format=csv", headers=link)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    asked = client.get("/dynamodb/orders/delete-items?pk=customer-01", headers=link)
    assert asked.status_code == 403
    for answer in (shown, asked):
        assert not re.search("Scan|Query", answer.headers.get("Server-Timing", ""))
