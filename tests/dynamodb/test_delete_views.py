"""Deletion of what a question selects."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.dynamodb.service import deleting
from app.blueprints.dynamodb.service.asked import Asked
from app.blueprints.dynamodb.service.tables import get_table
from app.store import new_id
from tests.dynamodb.helpers import post, table
from tests.pages import check_page


@pytest.fixture
def notes(aws: Any) -> Iterator[str]:
    """Yield a table of 60 notes, a third of which are old; one attribute is a reserved word."""
    name = table(aws, f"notes-{new_id()[-8:]}", "id:S", "n:N")
    for first in range(0, 60, 20):
        requests = [
            {
                "PutRequest": {
                    "Item": {
                        "id": {"S": f"p{n % 4}"},
                        "n": {"N": str(n)},
                        "status": {"S": "old" if n % 3 == 0 else "new"},
                    }
                }
            }
            for n in range(first, first + 20)
        ]
        aws.batch_write_item(RequestItems={name: requests})
    yield name
    aws.delete_table(TableName=name)


def left(aws: Any, name: str) -> int:
    return int(aws.scan(TableName=name, Select="COUNT")["Count"])


OLD = {"fg": "0", "fn": "status", "fo": "=", "ft": "S", "fv": "old"}


def test_it_counts_first_and_wants_the_name(client: FlaskClient, aws: Any, notes: str) -> None:
    path = f"/dynamodb/{notes}/delete-items"
    shown = check_page(client.get(path, query_string=OLD), path, 200, 2)
    assert "Your conditions select 20 items of 60 that were read" in shown.text
    wrong = check_page(post(client, path, **OLD, confirm="no"), path, 422, 2)
    assert "This is not the table's name" in wrong.text
    assert left(aws, notes) == 60


def test_what_the_question_selects_is_deleted_and_nothing_else(client: FlaskClient, aws: Any, notes: str) -> None:
    answer = post(client, f"/dynamodb/{notes}/delete-items", **OLD, confirm=notes, expect="20")
    assert answer.status_code == 303
    shown = check_page(client.get(answer.location), "work", 200, 0)
    assert "20 items deleted" in shown.text
    assert left(aws, notes) == 40
    assert {item["status"]["S"] for item in aws.scan(TableName=notes)["Items"]} == {"new"}
    empty = check_page(client.get(f"/dynamodb/{notes}/delete-items", query_string=OLD), "again", 200, 2)
    assert "Nothing to delete" in empty.text


def test_one_partition_and_everything(client: FlaskClient, aws: Any, notes: str) -> None:
    path = f"/dynamodb/{notes}/delete-items?format=json"
    assert post(client, path, pk="p1", confirm=notes).json["written"] == 15
    assert left(aws, notes) == 45
    shown = check_page(client.get(f"/dynamodb/{notes}/delete-items"), "all", 200, 2)
    assert "every item" in shown.text
    assert post(client, path, confirm=notes).json["written"] == 45
    assert left(aws, notes) == 0


def test_a_projection_does_not_disturb_the_count(aws: Any, notes: str) -> None:
    asked = Asked(partition="p1", attributes="n, nothing")
    assert deleting.count(aws, get_table(aws, notes), asked).items == 15


def test_a_question_that_cannot_be_asked_deletes_nothing(client: FlaskClient, aws: Any, notes: str) -> None:
    wrong = {**OLD, "ft": "N", "fv": "x"}
    path = f"/dynamodb/{notes}/delete-items"
    assert client.get(path, query_string=wrong).status_code == 422
    assert post(client, path, **wrong, confirm=notes).status_code == 422
    assert client.get("/dynamodb/no-such/delete-items").status_code == 404
    assert left(aws, notes) == 60
