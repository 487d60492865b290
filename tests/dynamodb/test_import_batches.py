"""Batches against a client that throttles, leaves requests over and refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.aws import ReadOnly
from app.blueprints.dynamodb.service import work as working
from app.blueprints.dynamodb.service.batches import MOST, Batches, StillThrottled
from app.blueprints.dynamodb.service.patience import LONGEST, TRIES, patiently, wait_before
from app.blueprints.dynamodb.service.work import Cancelled, Facts, Work


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def put(self, value: dict[str, Any], id: str, seconds: int | None = None) -> str:
        self.values[id] = value
        return id

    def get(self, id: str) -> dict[str, Any] | None:
        return self.values.get(id)

    def delete(self, id: str) -> None:
        self.values.pop(id, None)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said"}}, "BatchWriteItem")


class Fake:
    """A table; `behave` decides about each batch: an exception to raise, or how many requests to leave over."""

    def __init__(self, behave: Callable[[int], Any] = lambda call: 0):
        self.items: dict[str, Any] = {}
        self.calls = 0
        self.behave = behave

    def batch_write_item(self, RequestItems: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.calls += 1
        how = self.behave(self.calls)
        if isinstance(how, Exception):
            raise how
        ((table, requests),) = RequestItems.items()
        for request in requests[how:]:
            self._apply(request)
        return {"UnprocessedItems": {table: requests[:how]} if how else {}}

    def _apply(self, request: dict[str, Any]) -> None:
        if "PutRequest" in request:
            item = request["PutRequest"]["Item"]
            self.items[item["id"]["S"]] = item
        else:
            self.items.pop(request["DeleteRequest"]["Key"]["id"]["S"], None)

    def put_item(self, TableName: str, Item: dict[str, Any]) -> None:
        if "bad" in Item:
            raise error("ValidationException")
        self.items[Item["id"]["S"]] = Item


def item(number: int, **more: Any) -> dict[str, Any]:
    return {"id": {"S": str(number)}, **more}


def work() -> Work:
    return Work(Kept(), "w", Facts("import", "t"))  # type: ignore[arg-type]


def put_all(client: Fake, count: int, waits: list[float] | None = None) -> Facts:
    doing = work()
    with Batches(client, "t", ("id",), doing, sleep=(waits if waits is not None else []).append) as batches:
        for number in range(count):
            batches.put(number + 1, number + 2, item(number))
    return doing.facts


def test_everything_is_written_in_batches_of_25() -> None:
    client = Fake()
    facts = put_all(client, 260)
    assert (len(client.items), facts.written, facts.settled) == (260, 260, 260)
    assert client.calls == -(-260 // MOST)


def test_what_is_left_over_is_sent_again_later() -> None:
    client, waits = Fake(lambda call: 10 if call % 2 else 0), list[float]()
    facts = put_all(client, 250, waits)
    assert len(client.items) == facts.written == 250
    assert facts.retried >= 100
    assert waits
    assert facts.waited == pytest.approx(sum(waits))


def test_throttling_is_waited_for_and_at_last_told() -> None:
    waits: list[float] = []
    facts = put_all(Fake(lambda call: error("ThrottlingException") if call < 4 else 0), 25, waits)
    assert (facts.written, facts.retried) == (25, 75)
    assert len(waits) == 3
    with pytest.raises(StillThrottled):
        put_all(Fake(lambda _: error("ProvisionedThroughputExceededException")), 25, [])


def test_waits_grow_and_are_never_the_same_for_all() -> None:
    for attempt in range(1, TRIES + 6):
        found = {wait_before(attempt) for _ in range(20)}
        assert len(found) > 1
        assert max(found) <= LONGEST
    assert max(wait_before(1) for _ in range(50)) <= 0.1


def test_a_read_is_tried_again_too() -> None:
    answers: list[Any] = [error("ThrottlingException"), error("ThrottlingException"), 5]
    told: list[float] = []

    def call() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(call, told.append, sleep=lambda _: None) == 5
    assert len(told) == 2
    with pytest.raises(ClientError):
        patiently(lambda: (_ for _ in ()).throw(error("AccessDeniedException")), sleep=lambda _: None)


def test_the_last_of_two_with_one_key_wins() -> None:
    client, doing = Fake(), work()
    with Batches(client, "t", ("id",), doing) as batches:
        for number in range(100):
            batches.put(number + 1, number + 2, item(number % 10, n={"N": str(number)}))
            batches.put(number + 1, number + 2, item(1000 + number))
    assert {client.items[str(key)]["n"]["N"] for key in range(10)} == {str(90 + key) for key in range(10)}
    assert doing.facts.replaced > 0


def test_one_bad_item_is_refused_and_its_neighbours_are_written() -> None:
    client, doing = Fake(lambda _: error("ValidationException")), work()
    with Batches(client, "t", ("id",), doing) as batches:
        for number in range(25):
            batches.put(number + 1, number + 2, item(number, **({"bad": {"S": ""}} if number == 7 else {})))
    doing.end("done")
    assert (doing.facts.written, doing.facts.refused) == (24, 1)
    kept: Any = doing._store
    assert list(working.refused_lines(kept, "w")) == [(9, "DynamoDB refuses it: said")]


def test_other_errors_end_it() -> None:
    client = Fake(lambda call: error("AccessDeniedException") if call == 3 else 0)
    doing = work()
    with pytest.raises(ClientError), Batches(client, "t", ("id",), doing) as batches:
        for number in range(2000):
            batches.put(number + 1, number + 2, item(number))
    assert doing.facts.settled <= doing.facts.written < 2000


def test_what_is_cancelled_counts_what_was_written() -> None:
    client, doing = Fake(), work()
    with pytest.raises(Cancelled), Batches(client, "t", ("id",), doing) as batches:
        for number in range(60):
            batches.put(number + 1, number + 2, item(number))
        raise Cancelled
    assert doing.facts.written == len(client.items) == 50


def test_work_hears_that_it_was_cancelled_and_tells_when_it_is_lost() -> None:
    doing = work()
    kept: Any = doing._store
    doing.tick()
    working.cancel(kept, "w")
    doing._noted = 0.0
    with pytest.raises(Cancelled):
        doing.tick()
    found = working.facts_of(kept, "w")
    assert found is not None
    assert not found.lost
    found.updated -= 1000
    assert found.lost
    assert working.facts_of(kept, "w:cancel") is None


class Locked(Kept):
    """The state table of a real account that may only be read."""

    def put(self, value: dict[str, Any], id: str, seconds: int | None = None) -> str:
        raise ReadOnly("dynamodb", "PutItem")

    def get(self, id: str) -> dict[str, Any] | None:
        raise ReadOnly("dynamodb", "CreateTable")


def test_a_file_is_checked_where_nothing_may_be_noted() -> None:
    doing = Work(Locked(), "w", Facts("check", "t"))  # type: ignore[arg-type]
    for line in range(1200):
        doing.refuse(line, "why")
        doing._noted = 0.0
        doing.tick()
    doing.end("done")
    assert not doing.kept
    assert doing.facts.refused == 1200


def test_deletions_are_batches_too() -> None:
    client, doing = Fake(), work()
    client.items = {str(number): item(number) for number in range(30)}
    with Batches(client, "t", ("id",), doing, delete=True) as batches:
        for number in range(30):
            batches.put(number + 1, number + 1, item(number))
    assert client.items == {}
    assert doing.facts.written == 30
