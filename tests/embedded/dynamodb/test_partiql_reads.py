"""SELECT: what DynamoDB's PartiQL answers, page by page, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.dynamodb.world import Tables, message, numbers, pages, refused, schema
from tests.embedded.process import Embedded

MALFORMED = "Statement wasn't well formed, can't be processed: "


def test_limit_counts_what_is_read_and_the_token_leads_to_the_end(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 7, "b": 6})
    statement = f'SELECT * FROM "{name}" WHERE v = 1'
    found = pages(run, "NextToken", statement=statement, Limit=4)
    assert [len(page["Items"]) for page in found] == [1, 1, 2, 0]
    assert all(page["LastEvaluatedKey"] for page in found[:-1])
    together = sorted((item["pk"]["S"], item["sk"]["N"]) for page in found for item in page["Items"])
    assert together == [("a", "1"), ("a", "4"), ("b", "1"), ("b", "4")]


def test_without_a_limit_everything_is_one_page(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 5})
    answer = run(f'SELECT * FROM "{name}"')
    assert len(answer["Items"]) == 5
    assert "NextToken" not in answer


def test_a_page_ends_at_one_megabyte(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 9}, text={"S": "x" * 200_000})
    found = pages(run, "NextToken", statement=f"SELECT sk FROM \"{name}\" WHERE pk = 'a'")
    assert [len(page["Items"]) for page in found] == [5, 4]


def test_a_token_belongs_to_its_statement_and_parameters(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 5})
    statement = f'SELECT * FROM "{name}" WHERE v = ?'
    token = run(statement, {"N": "0"}, Limit=2)["NextToken"]
    assert run(statement, {"N": "0"}, Limit=1, NextToken=token)
    mismatch = "NextToken does not match request"
    assert message(run, statement, {"N": "1"}, NextToken=token) == mismatch
    assert message(run, f'SELECT * FROM "{name}"', NextToken=token) == mismatch
    assert message(run, f'SELECT * FROM "{name}"', NextToken="nonsense") == "Invalid NextToken"
    assert message(run, f"INSERT INTO \"{name}\" VALUE {{'pk': 'z', 'sk': 1}}", NextToken=token) == mismatch


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("SELECT COUNT(*) FROM {}", "Unexpected path component at 1:8:5"),
        ("SELECT\n  max(v) FROM {}", "Unexpected path component at 2:3:3"),
        ("SELECT size(v) FROM {}", "Unexpected path component at 1:8:4"),
        ("SELECT * FROM {} LIMIT 3", "Unsupported clause: LIMIT at 1:"),
        ("SELECT * FROM {} AS t", "Aliasing is not supported"),
        ("SELECT * FROM {} WHERE pk LIKE 'a%'", "Unsupported operation: Like"),
        ("SELECT * FROM {} WHERE", MALFORMED),
        ("SELECT * FROM {} WHERE pk =", MALFORMED),
        ("SELECT * FROM {} WHERE pk = 'a", MALFORMED),
        ("SELECT * FROM {} GROUP BY pk", "Unsupported clause: GROUP at 1:"),
        ("SELECT * FROM {} WHERE v + 1 = 2", "Unsupported operation: Plus"),
        ("SELECT * FROM {} WHERE length(pk) = 1", "Unrecognized function: length at 1:"),
        ("SELECT * FROM {} WHERE begins_with(pk)", "Incorrect number of operands for operator or function"),
        ("SELECT * FROM {} WHERE v > TRUE", "Incorrect operand type for operator or function; operator or function: >"),
        ("SELECT * FROM {} ORDER BY sk", "Must have WHERE clause in the statement when using ORDER BY clause."),
        ("SELECT * FROM {} WHERE pk = 'a' ORDER BY v", "Attribute v in ORDER BY clause must be part of the primary"),
        ("SELECT * FROM {} WHERE v = 1 ORDER BY sk", "Must have at least one non-optional hash key condition"),
        ("SELECT * FROM {} WHERE pk IN ['a', 'b'] ORDER BY sk", "Must have hash key in ORDER BY clause when more"),
        ("SELECT v, v FROM {}", "Duplicate identifiers in select clause: v"),
        ("SELEKT * FROM {}", f"{MALFORMED}Expected data manipulation"),
        ("", "Statement must not be null or empty"),
    ],
)
def test_what_dynamodb_does_not_have_is_refused(tables: Tables, run: Any, clause: str, said: str) -> None:
    name = tables.fill({"a": 1})
    assert message(run, clause.format(f'"{name}"') or " ").startswith(said)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("pk = 'a' AND sk = 3", [3]),
        ("pk = 'a' AND sk <> 3", [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("pk = 'a' AND sk > 9", [10, 11]),
        ("pk = 'a' AND 2 > sk", [0, 1]),
        ("pk = 'a' AND sk >= 2 AND sk < 4", [2, 3]),
        ("pk = 'a' AND sk BETWEEN 9 AND 10", [9, 10]),
        ("pk = 'a' AND sk IN [11, 2]", [11, 2]),
        ("pk = 'a' AND sk NOT BETWEEN 1 AND 10", [0, 11]),
        ("pk = 'a' AND contains(text, 'ell') AND sk < 1", [0]),
        ("pk = 'a' AND begins_with(text, 'hel') AND size(text) = 5 AND sk = 0", [0]),
        ("pk = 'a' AND attribute_type(text, 'S') AND v = 2 AND sk < 3", [2]),
        ("pk = 'a' AND gone IS MISSING AND text IS NOT MISSING AND sk = 1", [1]),
        ("pk = 'a' AND text IS STRING AND sk = 1", [1]),
        ("pk = 'a' AND nothing IS NULL AND sk = 1", [1]),
        ("pk = 'a' AND (v = 1 OR v = 2) AND NOT (sk > 4)", [1, 2, 4]),
        ("pk = 'a' AND text = 'it''s'", []),
        ("pk = 'none'", []),
        ("(pk = 'a' AND sk = 1) OR (pk = 'a' AND sk = 2)", [1, 2]),
        ("v = 1 AND NOT sk IN (1, 4)", [7, 10]),
    ],
)
def test_conditions(tables: Tables, run: Any, where: str, found: list[int]) -> None:
    name = tables.fill({"a": 12}, text={"S": "hello"}, nothing={"NULL": True})
    assert numbers(run(f'SELECT sk FROM "{name}" WHERE {where}')["Items"]) == found


def test_a_named_partition_is_queried_and_anything_else_scans(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 4, "b": 4}, text={"S": "x" * 8000})
    capacity = {"ReturnConsumedCapacity": "TOTAL"}
    queried = run(f"SELECT * FROM \"{name}\" WHERE pk = 'a' AND v = 1", **capacity)
    scanned = run(f'SELECT * FROM "{name}" WHERE v = 1', **capacity)
    consistent = run(f'SELECT * FROM "{name}" WHERE v = 1', ConsistentRead=True, **capacity)
    units = [answer["ConsumedCapacity"]["CapacityUnits"] for answer in (queried, scanned, consistent)]
    # 4 and 8 items of 8,0xx bytes, in steps of 4 KB.
    assert units == [4.0, 8.0, 16.0]


def test_order_by_the_sort_key_and_by_the_partition_key(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 12, "b": 2})
    back = run(f"SELECT sk FROM \"{name}\" WHERE pk = 'a' ORDER BY sk DESC", Limit=3)
    assert numbers(back["Items"]) == [11, 10, 9]
    both = run(f"SELECT pk, sk FROM \"{name}\" WHERE pk IN ['a', 'b'] AND sk < 2 ORDER BY pk DESC, sk")
    assert [(item["pk"]["S"], item["sk"]["N"]) for item in both["Items"]] == [
        ("b", "0"),
        ("b", "1"),
        ("a", "0"),
        ("a", "1"),
    ]


def test_an_in_list_is_read_ten_keys_a_page(tables: Tables, run: Any) -> None:
    name = tables.fill({f"p{number:02}": 1 for number in range(23)})
    keys = ", ".join(f"'p{number:02}'" for number in range(23))
    found = pages(run, "NextToken", statement=f'SELECT pk FROM "{name}" WHERE pk IN [{keys}]')
    assert [len(page["Items"]) for page in found] == [10, 10, 3]
    many = ", ".join(f"'p{number}'" for number in range(51))
    assert message(run, f'SELECT pk FROM "{name}" WHERE pk IN [{many}]').startswith("Too many decomposed")


def test_an_index_is_named_behind_its_table(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 3, "b": 3})
    found = pages(run, "NextToken", statement=f'SELECT * FROM "{name}"."by-g" WHERE g = \'x\' AND sk > 0', Limit=3)
    assert [numbers(page["Items"]) for page in found] == [[1, 1, 2], [2]]
    assert message(run, f'SELECT * FROM "{name}"."none"') == "The table does not have the specified index"
    said = "Strongly consistent read is not supported on Global Secondary Indexes"
    assert message(run, f'SELECT * FROM "{name}"."by-g"', ConsistentRead=True) == said


def test_nested_values_stand_under_their_last_name(tables: Tables, run: Any) -> None:
    address = {"M": {"city": {"S": "Zürich"}, "lines": {"L": [{"S": "one"}, {"S": "two"}]}}}
    name = tables.fill({"a": 1}, address=address, **{"odd.name": {"N": "1"}})
    answer = run(f'SELECT address.city, address.lines[1], "odd.name", none FROM "{name}" WHERE pk = \'a\'')
    assert answer["Items"] == [{"city": {"S": "Zürich"}, "lines": {"S": "two"}, "odd.name": {"N": "1"}}]
    assert run(f'SELECT none FROM "{name}"')["Items"] == [{}]


def test_parameters_are_counted_and_exact(tables: Tables, run: Any) -> None:
    name = tables.fill({"a": 1}, exact={"N": "0.1000000000000000000000000000000000001"}, raw={"B": b"\x00\xff"})
    statement = f'SELECT exact, raw FROM "{name}" WHERE exact = ? AND raw = ?'
    answer = run(statement, {"N": "0.10000000000000000000000000000000000010"}, {"B": b"\x00\xff"})
    assert answer["Items"] == [{"exact": {"N": "0.1000000000000000000000000000000000001"}, "raw": {"B": b"\x00\xff"}}]
    mismatch = "Number of parameters in request and statement don't match."
    assert message(run, statement, {"N": "1"}) == mismatch
    assert message(run, statement, {"N": "1"}, {"N": "1"}, {"N": "1"}) == mismatch


def test_a_table_that_is_not_there(run: Any) -> None:
    code, said = refused(run, 'SELECT * FROM "no-such-table"')
    assert (code, said) == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: no-such-table not found",
    )


def test_the_aws_cli_pages_through_a_statement(tables: Tables, embedded_aws: Embedded) -> None:
    name = tables.fill({"a": 5})
    command = [
        str(Path(sys.executable).with_name("aws")),
        "dynamodb",
        "execute-statement",
        "--statement",
        f'SELECT sk FROM "{name}"',
        "--limit",
        "2",
    ]
    end = ["--endpoint-url", embedded_aws.endpoint, "--output", "json"]
    rows, token = [], ""
    while True:
        more = ["--next-token", token] if token else []
        done = subprocess.run([*command, *more, *end], env=embedded_aws.env, check=True, capture_output=True, text=True)
        answer = json.loads(done.stdout)
        rows += numbers(answer["Items"])
        token = answer.get("NextToken", "")
        if not token:
            break
    assert rows == [0, 1, 2, 3, 4]


def test_a_local_index_fetches_what_it_does_not_hold(client: Any, tables: Tables, run: Any) -> None:
    index = {
        "IndexName": "by-v",
        "KeySchema": [schema("pk", "HASH"), schema("v", "RANGE")],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    kinds = [("pk", "S"), ("sk", "N"), ("v", "N"), ("g", "S")]
    definitions = [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds]
    name = tables.make(LocalSecondaryIndexes=[index], AttributeDefinitions=definitions)
    for number in range(3):
        item = {"pk": {"S": "a"}, "sk": {"N": str(number)}, "v": {"N": str(9 - number)}, "text": {"S": f"t{number}"}}
        client.put_item(TableName=name, Item=item)
    statement = f'SELECT text FROM "{name}"."by-v" WHERE pk = \'a\' AND v > 7'
    answer = run(statement, ConsistentRead=True, ReturnConsumedCapacity="INDEXES")
    assert [item["text"]["S"] for item in answer["Items"]] == ["t1", "t0"]
    assert answer["ConsumedCapacity"]["LocalSecondaryIndexes"] == {"by-v": {"CapacityUnits": 1.0}}
    said = "One or more parameter values were invalid: Secondary index by-v does not project one or more filter"
    assert message(run, f"{statement} AND text = 't0'").startswith(said)


@pytest.mark.parametrize(
    "where",
    [
        "(" * 2000 + "v = 1" + ")" * 2000,
        "NOT " * 400 + "v = 1",
        "NOT " * 1900 + "v = 1",
        " OR ".join(["v = 1"] * 400),
        "v = " + "[" * 1000 + "]" * 1000,
        "v = 1e99999999999999",
        "v = '\x00\ud7ff'",
        "v IN []",
    ],
    ids=range(8),
)
def test_strange_statements_are_answered_or_refused(tables: Tables, run: Any, where: str) -> None:
    name = tables.fill({"a": 1})
    try:
        run(f'SELECT * FROM "{name}" WHERE {where}')
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException"
