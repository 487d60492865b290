"""Imports over the embedded DynamoDB, as a browser without scripts and as a program send them."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.dynamodb.service import work as working
from app.store import new_id, store
from tests.dynamodb.helpers import index, table, token
from tests.pages import Page, check_page


@pytest.fixture
def people(aws: Any) -> Iterator[str]:
    """Yield an empty table with a sort key of numbers and an index by city."""
    types = {"id": "S", "n": "N", "city": "S"}
    name = table(
        aws, f"people-{new_id()[-8:]}", "id:S", "n:N", types=types, GlobalSecondaryIndexes=[index("by-city", "city")]
    )
    yield name
    aws.delete_table(TableName=name)


def send(client: FlaskClient, path: str, data: bytes, name: str = "people.csv", **fields: str) -> Any:
    form = {"csrf_token": token(client), **fields, "file": (io.BytesIO(data), name)}
    return client.post(path, data=form)


def json_of(client: FlaskClient, path: str, data: bytes, **fields: str) -> Any:
    return send(client, f"{path}?format=json", data, **fields).json


def rows(aws: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for answer in aws.get_paginator("scan").paginate(TableName=name):
        found += answer["Items"]
    return sorted(found, key=lambda item: (item["id"]["S"], float(item["n"]["N"])))


DATA = b"id,n,city,zip\na,1,Rome,00118\na,2,Oslo,0150\nb,x,Rome,1\nc,3,,\n"


def test_the_dry_run_shows_types_first_items_and_refused_lines(client: FlaskClient, aws: Any, people: str) -> None:
    shown = check_page(send(client, f"/dynamodb/{people}/import/check", DATA), "check", 200, 2)
    assert "3 items can be written" in shown.text
    assert "1 line refused" in shown.text
    assert "n: x is not a number" in shown.text
    types = [chosen(shown, f"t.{at}") for at in range(4)]
    assert types == ["S", "N", "S", "S"], "0150 and 00118 are codes, no numbers"
    (report,) = [a.get("href", "") for a in shown.all(".//a") if a.text == "All refused lines as CSV"]
    assert client.get(report).get_data(as_text=True).startswith('line,reason\r\n4,"n: x is not a number')
    assert rows(aws, people) == []


def chosen(page: Page, name: str) -> str:
    (option,) = [one for one in page.field(name).iter("option") if one.get("selected") is not None]
    return option.get("value") or ""


def test_the_import_writes_and_reports(client: FlaskClient, aws: Any, people: str) -> None:
    answer = send(client, f"/dynamodb/{people}/import", DATA, **{"t.3": "S"})
    assert answer.status_code == 303
    shown = check_page(client.get(answer.location), "work", 200, 0)
    assert "3 items written" in shown.text
    assert "1 refused" in shown.text
    assert rows(aws, people) == [
        {"id": {"S": "a"}, "n": {"N": "1"}, "city": {"S": "Rome"}, "zip": {"S": "00118"}},
        {"id": {"S": "a"}, "n": {"N": "2"}, "city": {"S": "Oslo"}, "zip": {"S": "0150"}},
        {"id": {"S": "c"}, "n": {"N": "3"}},
    ]
    found = aws.query(
        TableName=people,
        IndexName="by-city",
        KeyConditionExpression="city = :c",
        ExpressionAttributeValues={":c": {"S": "Rome"}},
    )
    assert found["Count"] == 1


def test_a_type_can_be_overridden(client: FlaskClient, aws: Any, people: str) -> None:
    data = b"id,n,code\na,1,7\n"
    checked = json_of(client, f"/dynamodb/{people}/import/check", data, **{"t.2": "S"})["checked"]
    assert checked["columns"][2]["type"] == "S"
    assert checked["columns"][2]["cells"] == [["N", 1]]
    json_of(client, f"/dynamodb/{people}/import", data, **{"t.2": "S"})
    assert rows(aws, people)[0]["code"] == {"S": "7"}
    assert send(client, f"/dynamodb/{people}/import", data, **{"t.2": "WHAT"}).status_code == 400


def test_numbers_are_exact_and_other_formats_are_seen(client: FlaskClient, aws: Any, people: str) -> None:
    digits = "12345678901234567890123456789012345678"
    data = f'{{"id": "a", "n": 1, "big": {digits}, "deep": {{"x": [true, null]}}}}\n{{"id": "b", "n": NaN}}\n'.encode()
    found = json_of(client, f"/dynamodb/{people}/import", data)
    assert (found["state"], found["written"], found["refused"]) == ("done", 1, 1)
    assert rows(aws, people)[0]["big"] == {"N": digits}
    exported = b'{"Item": {"id": {"S": "a"}, "n": {"N": "1"}, "b": {"B": "AP8="}, "s": {"SS": ["x"]}}}\n'
    assert json_of(client, f"/dynamodb/{people}/import", exported)["written"] == 1
    assert rows(aws, people)[0] == {"id": {"S": "a"}, "n": {"N": "1"}, "b": {"B": b"\x00\xff"}, "s": {"SS": ["x"]}}


def test_the_last_line_of_a_key_wins(client: FlaskClient, aws: Any, people: str) -> None:
    data = b"id,n,v\n" + b"".join(b"a,%d.0,%d\n" % (n % 3, n) for n in range(90))
    found = json_of(client, f"/dynamodb/{people}/import", data)
    assert found["replaced"] > 0
    assert [item["v"]["N"] for item in rows(aws, people)] == ["87", "88", "89"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name\nx\n", "no column “id”"),
        (b'id,n\na,1\nb,"2\n', "opened in line 3 is not closed"),
        (b"", "empty"),
        ("id,n\n".encode("utf-16"), "UTF-16"),
        (b'[{"id": "a", "n": 1}', "not closed"),
    ],
)
def test_what_cannot_be_read_is_said_by_both(client: FlaskClient, people: str, data: bytes, words: str) -> None:
    shown = check_page(send(client, f"/dynamodb/{people}/import/check", data), "check", 200, 2)
    assert words in shown.text
    assert ("JSON, UTF-8" in shown.text) == data.startswith(b"["), "what could not be found out is not claimed"
    found = json_of(client, f"/dynamodb/{people}/import", data)
    assert found["state"] == "failed"
    assert words in found["reason"]


def test_what_was_written_before_the_end_of_the_readable_is_kept_and_gone_on_with(
    client: FlaskClient, aws: Any, people: str
) -> None:
    good = b"id,n\n" + b"".join(b"p%03d,%d\n" % (n, n) for n in range(130))
    id = new_id()
    first = json_of(client, f"/dynamodb/{people}/import", good + b'"open,1\n', id=id)
    assert first["state"] == "failed"
    settled = len(rows(aws, people))
    assert settled >= first["settled"] > 0
    shown = check_page(client.get(f"/dynamodb/{people}/import?again={id}"), "again", 200, 2)
    assert f"its first {first['settled']} records are settled" in shown.text
    other = json_of(client, f"/dynamodb/{people}/import", b"id,n\nother,1\n", id=id)
    assert (other["state"], other["code"]) == ("failed", "NotTheSame")


def test_an_import_goes_on_where_it_stopped(client: FlaskClient, aws: Any, people: str, app: Any) -> None:
    good = b"id,n\n" + b"".join(b"p%03d,%d\n" % (n, n) for n in range(60)) + b"bad,x\n"
    id = new_id()
    whole = json_of(client, f"/dynamodb/{people}/import", good, id=id)
    assert (whole["written"], whole["refused"]) == (60, 1)
    with app.app_context():
        kept = store("dynamodb-work")
        kept.put(
            {
                **{k: v for k, v in whole.items() if k not in ("id", "calls")},
                "settled": 50,
                "written": 50,
                "state": "failed",
            },
            id,
        )
    aws.delete_item(TableName=people, Key={"id": {"S": "p001"}, "n": {"N": "1"}})
    again = json_of(client, f"/dynamodb/{people}/import", good, id=id)
    assert (again["state"], again["written"], again["refused"]) == ("done", 60, 1)
    assert len(rows(aws, people)) == 59, "what was settled is passed over"


def test_a_cancelled_import_stops_and_says_so(client: FlaskClient, people: str, app: Any) -> None:
    id = new_id()
    json_of(client, f"/dynamodb/{people}/import", b"id,n\na,1\n", id=id)
    answer = client.post(f"/dynamodb/partiql/work/{id}/cancel", data={"csrf_token": token(client)})
    assert answer.status_code == 303
    with app.app_context():
        assert store("dynamodb-work").get(f"{id}:cancel") == {"cancel": True}
        work = working.Work(store("dynamodb-work"), id, working.Facts("import", people))
        work._noted = 0.0
        with pytest.raises(working.Cancelled):
            work.tick()
        work.end("cancelled", "Cancelled", "It was cancelled.")
    shown = check_page(client.get(f"/dynamodb/partiql/work/{id}"), "work", 200, 0)
    assert "Cancelled" in shown.text
    assert "Go on with it" in shown.text


def test_a_table_that_goes_away_is_told(client: FlaskClient, aws: Any) -> None:
    name = table(aws, f"gone-{new_id()[-8:]}", "id:S")
    assert json_of(client, f"/dynamodb/{name}/import", b"id\na\n")["state"] == "done"
    aws.delete_table(TableName=name)
    answer = send(client, f"/dynamodb/{name}/import?format=json", b"id\na\n")
    found = answer.json
    assert answer.status_code == 404 or (found["state"], found["code"]) == ("failed", "ResourceNotFoundException")


def test_forms_that_are_none_write_nothing(client: FlaskClient, aws: Any, people: str) -> None:
    path = f"/dynamodb/{people}/import"
    assert client.post(path, data={"file": (io.BytesIO(DATA), "x.csv")}).status_code == 400, "no token"
    assert client.post(path, data={"csrf_token": token(client)}).status_code in (400, 422)
    assert client.post(path, json={}).status_code == 400
    assert send(client, path, DATA, form="xlsx").status_code == 400
    assert send(client, path, DATA, id="../../x").status_code == 400
    assert send(client, "/dynamodb/no-such-table/import", DATA).status_code == 404
    assert rows(aws, people) == []
    for path in (
        "/dynamodb/partiql/work/nothing",
        f"/dynamodb/partiql/work/{new_id()}",
        f"/dynamodb/partiql/work/{new_id()}/refused",
    ):
        assert client.get(path).status_code == 404


def test_every_refused_line_is_in_the_report(client: FlaskClient, people: str) -> None:
    data = b"id,n\n" + b"".join(b"a,x%d\n" % n for n in range(1300))
    checked = json_of(client, f"/dynamodb/{people}/import/check", data)
    report = client.get(f"/dynamodb/partiql/work/{checked['check_id']}/refused?format=ndjson").get_data(as_text=True)
    lines = [json.loads(line) for line in report.splitlines()]
    assert [one["line"] for one in lines] == list(range(2, 1302))
    assert checked["checked"]["refused"] == 1300


def test_the_dry_run_counts_keys_that_come_twice_and_indexes(client: FlaskClient, people: str) -> None:
    data = b"id,n,city\na,1,Rome\na,1.0,Oslo\nb,1,\na,1,Rome\n"
    found = json_of(client, f"/dynamodb/{people}/import/check", data)["checked"]
    assert (found["good"], found["repeated"], found["compared"]) == (4, 2, True)
    assert found["units"] == 4 + 3, "an item without a city is not in the index"
    shown = check_page(send(client, f"/dynamodb/{people}/import/check", data), "check", 200, 2)
    assert "2 items have a key that came before" in shown.text


def test_an_import_goes_on_with_a_file_of_its_size_only(client: FlaskClient, aws: Any, people: str, app: Any) -> None:
    good, id = b"id,n\n" + b"".join(b"p%03d,%d\n" % (n, n) for n in range(60)), new_id()
    whole = json_of(client, f"/dynamodb/{people}/import", good, id=id)
    assert whole["total"] == len(good)
    longer = json_of(client, f"/dynamodb/{people}/import", good + b"more,1\n", id=id)
    assert (longer["state"], longer["code"]) == ("failed", "NotTheSame")
    assert f"{len(good) + 7:,} bytes" in longer["reason"]
    assert len(rows(aws, people)) == 60
    shown = check_page(client.get(f"/dynamodb/{people}/import?again={id}"), "again", 200, 2)
    assert f"{len(good)} B" in shown.text
    assert json_of(client, f"/dynamodb/{people}/import", good, id=id)["state"] == "done", "the right one still goes on"


def test_a_check_does_not_take_over_the_notes_of_an_import(client: FlaskClient, aws: Any, people: str) -> None:
    imported = json_of(client, f"/dynamodb/{people}/import", DATA)
    checked = json_of(client, f"/dynamodb/{people}/import/check", DATA, id=imported["id"])
    assert checked["check_id"] != imported["id"]
    noted: Any = client.get(f"/dynamodb/partiql/work/{imported['id']}?format=json").json
    assert noted["facts"]["kind"] == "import"
