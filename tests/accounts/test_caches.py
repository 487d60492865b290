"""What one identity was told is never shown to another: tables, and connections to databases."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from flask import Flask, g, session

from app.access.people import Person
from app.blueprints.dynamodb.service.known import Known
from app.blueprints.rds.service.instances import Instance
from app.blueprints.rds.service.logins import Login
from app.blueprints.rds.views import connected
from app.roles import EDITOR
from app.sql.target import Target


def client() -> Any:
    return boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def described(items: int) -> dict[str, Any]:
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    kinds = [{"AttributeName": "pk", "AttributeType": "S"}]
    facts = {"TableName": "tab", "TableStatus": "ACTIVE", "KeySchema": key, "AttributeDefinitions": kinds}
    return {"Table": {**facts, "ItemCount": items}}


def test_a_table_is_known_to_the_client_that_described_it_alone() -> None:
    known, one, two = Known(), client(), client()
    with Stubber(one) as first, Stubber(two) as second:
        first.add_response("describe_table", described(1))
        second.add_client_error("describe_table", "AccessDeniedException")
        assert known.get(one, "tab").items == known.get(one, "tab").items == 1
        with pytest.raises(two.exceptions.ClientError):
            known.get(two, "tab")


def targets(app: Flask, account: str, id: str) -> tuple[tuple[str, ...], Target]:
    """Return under what a person's connection in an account is known, and its target."""
    kind = {"engine": "mysql", "version": "8.0", "status": "available", "host": "127.0.0.1", "port": 3306}
    given: Any = {name: "" for name in Instance.__dataclass_fields__}
    instance = replace(Instance(**given), identifier="shop", username="admin", **kind)  # type: ignore[arg-type]
    with app.test_request_context("/"):
        session["account"], g.who, g.person = account, Person(id, "ada", EDITOR), id
        made = connected.by(instance, Login("typed", user="admin", credential="same"), "p")
        return connected._key("shop"), made.target


def test_connections_are_lent_to_the_same_person_in_the_same_account_alone(app: Flask) -> None:
    own, again = targets(app, "", "p-1"), targets(app, "", "p-2")
    assert own == again  # both ask with the dashboard's own credentials
    seen = [own, *(targets(app, name, id) for name in ("staging", "teaching") for id in ("p-1", "p-2"))]
    assert len({key for key, _ in seen}) == len({target for _, target in seen}) == 5
    assert targets(app, "staging", "p-1") == seen[1]
