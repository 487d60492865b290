"""The drawer's code for DynamoDB's pages is run, as Python and as a shell command, and asks and changes the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.blueprints.dynamodb.service import explore, items, wire
from app.blueprints.dynamodb.service.asked import Asked, Condition, Group
from app.blueprints.dynamodb.service.items import Conflict
from app.blueprints.dynamodb.service.tables import Table, get_table
from tests.codegen.conftest import Lab
from tests.dynamodb.helpers import table
from tests.embedded.process import SOON

ODD: dict[str, Any] = {"id": {"S": "it's $HOME"}, "n": {"N": "1"}, "size": {"S": "`x`"}, "a.b 🌻": {"SS": ["'", '"']}}
BYTES: dict[str, Any] = {"id": {"S": "bytes"}, "n": {"N": "2"}, "size": {"B": b"\x00\xff"}}


@pytest.fixture
def things(lab: Lab) -> Iterator[Table]:
    client = lab.aws.client("dynamodb")
    table(client, "snippets", "id:S", "n:N")
    client.put_item(TableName="snippets", Item=ODD)
    yield get_table(client, "snippets")
    client.delete_table(TableName="snippets")
    client.get_waiter("table_not_exists").wait(TableName="snippets", WaiterConfig=SOON)


@pytest.mark.parametrize("partition", ["it's $HOME", ""])
def test_a_query_and_a_scan(lab: Lab, things: Table, partition: str) -> None:
    size = Condition("size", "=", "S", "`x`")
    asked = Asked(partition=partition, groups=(Group("all", (size, Condition('"a.b 🌻"', "contains", "S", "'"))),))
    with lab.recording():
        found = explore.explore(lab.client("dynamodb"), things, asked)
    assert found.items == (ODD,)
    answer, printed = lab.python()
    assert answer["Items"] == [ODD]
    assert "it's" in printed
    (shown,) = json.loads(lab.quick())["Items"]
    assert wire.marshalled_item(wire.tree_of(json.dumps(shown))) == ODD


def test_a_change_and_what_stands_against_it(lab: Lab, things: Table) -> None:
    client = lab.client("dynamodb")
    wanted = {**ODD, "size": {"S": "it's new"}, "more": {"L": [{"NULL": True}]}}

    def stored() -> Any:
        return items.get_item(lab.aws.client("dynamodb"), things, items.key_of(things, ODD))

    with lab.recording():
        items.update(client, things, ODD, wanted)
    for again in (lab.python, lab.quick):
        lab.aws.client("dynamodb").put_item(TableName="snippets", Item=ODD)
        again()
        assert stored() == wanted
    with lab.recording(), pytest.raises(Conflict):
        items.update(client, things, ODD, {**ODD, "n2": {"S": "mine"}})
    lab.python()  # the condition fails again, which is no failure of the script
    lab.shell()
    assert stored() == wanted


def test_binary_in_a_condition(lab: Lab, things: Table) -> None:
    """As Python; on the command line base64 is read by version 2 of the AWS CLI, and version 1 has no word for it."""
    lab.aws.client("dynamodb").put_item(TableName="snippets", Item=BYTES)
    asked = Asked(groups=(Group("all", (Condition("size", "=", "B", wire.base64_of(b"\x00\xff")),)),))
    with lab.recording():
        explore.explore(lab.client("dynamodb"), things, asked)
    answer, _ = lab.python()
    assert answer["Items"] == [BYTES]
