"""The dashboard's own table is closed to who signs in, whatever their role and whichever page they take."""

from typing import Any

import boto3
import pytest
from flask import Flask

from app import aws
from app.access import accounts, audit, own
from app.access.audit import Actor
from app.access.resources import resource
from app.problems import Refused
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from app.store import shared
from tests.access.conftest import TABLE, Browser, post

ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}"
KEY = {"owner": {"S": "shared#accounts"}, "id": {"S": "p-1"}}


@pytest.mark.parametrize("role", [VIEWER, EDITOR, INSTRUCTOR])
@pytest.mark.parametrize(
    "page", ["items", "export?format=csv&download=1", "export?format=ndjson&download=1&segments=4"]
)
def test_nobody_reads_hashes(browser: Browser, role: Role, page: str) -> None:
    text = browser(role).get(f"/dynamodb/{TABLE}/{page}").get_data(as_text=True)
    assert "scrypt" not in text and "shared#" not in text


def test_the_page_says_why(browser: Browser) -> None:
    answer = browser(EDITOR).get(f"/dynamodb/{TABLE}/items")
    assert answer.status_code == 403
    assert "own table" in answer.get_data(as_text=True)
    assert browser(EDITOR).get(f"/dynamodb/{TABLE}/").status_code == 200, "what sort of table it is, all may see"


def test_an_editor_makes_nobody_an_instructor(app: Flask, people: dict[Role, Any], browser: Browser) -> None:
    statement = (
        f"UPDATE \"{TABLE}\" SET \"value\" = '{{}}' WHERE owner = 'shared#accounts' AND id = '{people[EDITOR].id}'"
    )
    post(browser(EDITOR), "/dynamodb/partiql", "/dynamodb/partiql", sql=statement, statement=statement, mode="write")
    post(browser(EDITOR), f"/dynamodb/{TABLE}/delete", f"/dynamodb/{TABLE}/delete", confirm=TABLE, name=TABLE)
    with app.app_context():
        assert accounts.get(people[EDITOR].id) == people[EDITOR]


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_item", {"TableName": TABLE, "Key": KEY}),
    ("get_item", {"TableName": ARN, "Key": KEY}),
    ("scan", {"TableName": TABLE}),
    (
        "query",
        {"TableName": ARN, "KeyConditionExpression": "owner = :o", "ExpressionAttributeValues": {":o": {"S": "x"}}},
    ),
    ("put_item", {"TableName": TABLE, "Item": KEY}),
    ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [KEY]}}}),
    ("batch_write_item", {"RequestItems": {ARN: [{"DeleteRequest": {"Key": KEY}}]}}),
    ("transact_write_items", {"TransactItems": [{"Delete": {"TableName": TABLE, "Key": KEY}}]}),
    ("transact_get_items", {"TransactItems": [{"Get": {"TableName": ARN, "Key": KEY}}]}),
    ("execute_statement", {"Statement": f'SELECT * FROM "{TABLE}"'}),
    ("execute_statement", {"Statement": f'SELECT*FROM"{TABLE}"."by-owner"'}),
    ("batch_execute_statement", {"Statements": [{"Statement": f'SELECT * FROM "{ARN}"'}]}),
    ("execute_transaction", {"TransactStatements": [{"Statement": f'DELETE FROM "{TABLE}" WHERE id = 1'}]}),
    ("update_table", {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST"}),
    ("create_backup", {"TableName": TABLE, "BackupName": "mine"}),
    ("restore_table_to_point_in_time", {"SourceTableName": TABLE, "TargetTableName": "mine"}),
    ("export_table_to_point_in_time", {"TableArn": ARN, "S3Bucket": "things"}),
    ("restore_table_from_backup", {"BackupArn": f"{ARN}/backup/1", "TargetTableName": "mine"}),
]


@pytest.fixture(scope="module")
def client() -> Any:
    """A client of every operation, of which the dashboard's own have only those that it uses."""
    made = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    own.keeper(TABLE)(made.meta.events, "us-east-1", False, "")
    return made


def test_the_dashboards_clients_are_watched(app: Flask) -> None:
    token = audit.actor.set(Actor("p-1", "ada", ""))
    try:
        with app.app_context(), pytest.raises(Refused, match="accounts, sessions"):
            aws.door().client("dynamodb", "us-east-1").scan(TableName=TABLE)
    finally:
        audit.actor.reset(token)


@pytest.mark.parametrize(("method", "params"), CALLS)
def test_no_call_reaches_it(app: Flask, client: Any, method: str, params: dict[str, Any]) -> None:
    token = audit.actor.set(Actor("p-1", "ada", ""))
    try:
        with app.app_context(), pytest.raises(Refused, match="accounts, sessions"):
            getattr(client, method)(**params)
    finally:
        audit.actor.reset(token)


def test_the_dashboard_and_this_computer_reach_it(app: Flask) -> None:
    with app.app_context():
        shared("things").put({"a": 1}, "one")
        assert aws.door().client("dynamodb", "us-east-1").scan(TableName=TABLE)["Count"]


@pytest.mark.parametrize("name", [f"{TABLE}-2", f"my-{TABLE}", "state"])
def test_other_tables_are_not_meant(name: str) -> None:
    assert not own._names(name, TABLE)
    assert not own._names(f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}/index/x", TABLE)
    assert TABLE not in list(own._places({"Statement": f'SELECT * FROM "{name}"'}))


def test_an_items_key_is_in_no_entry() -> None:
    assert resource({"TableName": "t", "Key": {"Key": {"S": "secret"}, "Bucket": {"S": "b"}}}) == "t"
    assert resource({"CopySource": {"Bucket": "a", "Key": "b"}, "Bucket": "c", "Key": "d"}) == "c/a/b/d"
