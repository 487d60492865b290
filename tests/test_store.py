"""The dashboard's own state, against moto's DynamoDB."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from app import recorder
from app.store import LARGEST, Store, TooLarge, make_table, new_id


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        recorder.attach(client.meta.events, "us-east-1")
        yield client


@pytest.fixture
def things(dynamodb: Any) -> Store:
    return Store(dynamodb, "trellis-state", "ada", "query")


def test_the_table_is_made_by_its_first_use(things: Store) -> None:
    assert things.newest() == []
    assert things.get("x") is None


def test_making_it_twice_is_no_error(dynamodb: Any) -> None:
    make_table(dynamodb, "t")
    make_table(dynamodb, "t")


def test_what_is_put_is_got(things: Store) -> None:
    name = things.put({"sql": "SELECT 'ü€😀'", "rows": 3})
    assert things.get(name) == {"sql": "SELECT 'ü€😀'", "rows": 3}


def test_newest_come_first_and_no_more_than_asked(things: Store) -> None:
    for number in range(5):
        things.put({"n": number})
    assert [entry.value["n"] for entry in things.newest(3)] == [4, 3, 2]


def test_entries_that_need_several_answers_are_all_there(things: Store) -> None:
    for number in range(6):
        things.put({"n": number, "text": "x" * 290_000})
    assert [entry.value["n"] for entry in things.newest(5)] == [5, 4, 3, 2, 1]


def test_entries_are_found_by_the_beginning_of_their_id(things: Store) -> None:
    for name in ("a:1", "b:1", "a:2"):
        things.put({}, id=name)
    assert [entry.id for entry in things.newest(prefix="a:")] == ["a:2", "a:1"]


def test_what_has_expired_takes_no_place(things: Store) -> None:
    things.put({"n": 1})
    things.put({"n": 2}, seconds=-1)
    assert [entry.value["n"] for entry in things.newest(1)] == [1]


def test_a_named_entry_is_replaced(things: Store) -> None:
    things.put({"n": 1}, id="mine")
    things.put({"n": 2}, id="mine")
    assert things.get("mine") == {"n": 2}
    assert len(things.newest()) == 1


def test_deleting_twice_is_no_error(things: Store) -> None:
    name = things.put({})
    things.delete(name)
    things.delete(name)
    assert things.get(name) is None


def test_what_has_expired_is_gone_at_once(things: Store) -> None:
    name = things.put({}, seconds=-1)
    assert things.get(name) is None
    assert things.newest() == []


def test_people_and_kinds_do_not_see_each_other(dynamodb: Any, things: Store) -> None:
    things.put({}, id="x")
    assert Store(dynamodb, "trellis-state", "bob", "query").get("x") is None
    assert Store(dynamodb, "trellis-state", "ada", "other").newest() == []


def test_a_value_that_fits_no_item_is_refused(things: Store) -> None:
    with pytest.raises(TooLarge, match="bytes"):
        things.put({"sql": "x" * LARGEST})


def test_it_stays_out_of_the_record(things: Store) -> None:
    with recorder.recording() as calls:
        things.put({})
    assert calls == []


def test_ids_sort_by_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert [i.split("-")[0] for i in ids] == sorted(i.split("-")[0] for i in ids)
