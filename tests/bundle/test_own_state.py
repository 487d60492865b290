"""What the instance's role may do with the dashboard's own table: what the store calls, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from app.beanstalk import policies
from app.beanstalk.policies import Place
from app.role_policies import decided
from bundle import contents, extensions

PLACE = Place("123456789012", "eu-central-1", "trellis", "trellis-demo")
ARNS = {
    "TrellisState": PLACE.arn("dynamodb", "table/awseb-e-abcdefghij-stack-TrellisState-ABCDEFGHIJKL"),
    "TrellisCache": "arn:aws:s3:::awseb-e-abcdefghij-stack-trelliscache-abcdefghijkl",
}
OPERATIONS = sorted(botocore.session.get_session().get_service_model("dynamodb").operation_names)
# Operations whose action has another name, or none: those of other operations hold for their parts.
PARTS = {"TransactWriteItems", "TransactGetItems", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}
FURTHER = ("PartiQLSelect", "PartiQLUpdate", "PartiQLDelete", "PartiQLInsert", "GetRecords", "RestoreTableFromBackup")


def resolved(value: Any) -> Any:
    """Put ARNs in the places of CloudFormation's functions."""
    if isinstance(value, dict):
        if "Fn::GetAtt" in value:
            return ARNS[value["Fn::GetAtt"][0]]
        if "Fn::Sub" in value:
            return re.sub(r"\$\{(\w+)\.Arn\}", lambda found: ARNS[found[1]], value["Fn::Sub"])
        return {key: resolved(inner) for key, inner in value.items()}
    return [resolved(inner) for inner in value] if isinstance(value, list) else value


def own() -> dict[str, Any]:
    """Return the policy of .ebextensions as IAM gets it."""
    found = extensions.read(contents.ROOT / ".ebextensions" / "10_resources.config")
    document: dict[str, Any] = resolved(found["Resources"]["TrellisOwnState"]["Properties"]["PolicyDocument"])
    return document


@pytest.fixture(scope="module", params=policies.ACCESSES)
def statements(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    documents = [*policies.instance(PLACE, request.param), own()]
    return [statement for document in documents for statement in document["Statement"]]


def used() -> set[str]:
    """Return the operations that the store calls on a table that is there."""
    text = Path(contents.ROOT / "app" / "store.py").read_text()
    methods = re.findall(r'self\._call\("(\w+)"', text)
    return {"".join(word.capitalize() for word in method.split("_")) for method in methods}


def test_the_store_may_do_what_it_calls(statements: list[dict[str, Any]]) -> None:
    assert used() == {"DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"}
    for name in used():
        assert decided(statements, f"dynamodb:{name}", ARNS["TrellisState"]) == "yes"


@pytest.mark.parametrize("place", ["", "/index/any", "/backup/any", "/stream/any", "/export/any"])
def test_nobody_does_anything_else_with_its_table(statements: list[dict[str, Any]], place: str) -> None:
    names = [name for name in OPERATIONS if not name.startswith(("Describe", "List"))]
    for name in {*names, *FURTHER} - used() - PARTS:
        assert decided(statements, f"dynamodb:{name}", ARNS["TrellisState"] + place) == "denied", name


def test_other_tables_are_as_they_were(statements: list[dict[str, Any]]) -> None:
    assert decided(statements, "dynamodb:Scan", PLACE.arn("dynamodb", "table/customer")) == "yes"


def test_it_leaves_room_in_the_role_for_the_others() -> None:
    assert len(json.dumps(own(), separators=(",", ":"))) <= policies.OWN
