"""PartiQL read and judged: pure."""

from dataclasses import replace

import pytest

from app.blueprints.dynamodb.service import tables, wire
from app.blueprints.dynamodb.service.partiql.bound import NoExpression
from app.blueprints.dynamodb.service.partiql.expressions import expressed
from app.blueprints.dynamodb.service.partiql.judging import judge, refuse
from app.blueprints.dynamodb.service.partiql.nodes import Statement
from app.blueprints.dynamodb.service.partiql.parser import statements
from app.blueprints.dynamodb.service.partiql.plans import plan
from app.blueprints.dynamodb.service.wire import Mistake

TABLE = tables.read(
    {
        "TableName": "t",
        "KeySchema": [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "city", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-city",
                "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "ItemCount": 5000,
        "TableSizeBytes": 8192 * 100,
    }
)


def one(text: str) -> Statement:
    (found,) = statements(text)
    assert found.doubt is None, found.doubt
    return found


def test_semicolons_part_statements_but_not_in_texts_names_and_comments() -> None:
    text = "SELECT * FROM \"a;b\" WHERE x = 'it''s; so' -- no; one\n;/* ; */ DELETE FROM t WHERE pk = ?;;"
    first, second = statements(text)
    assert (first.table, second.table) == ("a;b", "t")
    assert second.parameters == (1,)
    assert text[second.start :].startswith("DELETE")
    assert statements(" -- nothing\n ; ") == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * FROM t\nWHERE a = 'x", 2, 11),
        ('SELECT * FROM "t', 1, 15),
        ("SELECT /* a\n * FROM t", 1, 8),
        ("SELECT * FROM t WHERE a = #", 1, 27),
        ("  SELEKT * FROM t", 1, 3),
    ],
)
def test_what_cannot_be_cut_is_marked_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(Mistake) as caught:
        statements(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("SELECT count(*) FROM t", 13, "FROM is wanted"),
        ("SELECT * FROM t WHERE", 22, "the statement ends"),
        ("SELECT * FROM t WHERE a =", 26, "the statement ends"),
        ("SELECT * FROM t WHERE select = 1", 23, "is a keyword"),
        ("INSERT INTO t VALUE {a: 1}", 22, "single quotes"),
        ("UPDATE t WHERE pk = 1", 10, "SET or REMOVE"),
        ("DELETE t", 8, "FROM is wanted"),
        ("SELECT * FROM t LIMIT 5", 17, "the end is wanted"),
        ("SELECT * FROM t WHERE " + "(" * 60 + "a", 64, "less nesting"),
    ],
)
def test_what_is_not_understood_is_a_doubt_with_a_place(text: str, column: int, words: str) -> None:
    (found,) = statements(text)
    assert found.doubt is not None
    assert (found.doubt.line, found.doubt.column) == (1, column)
    assert words in found.doubt.message


def test_hostile_texts_end() -> None:
    for text in ("'" * 200_001, "/*" * 100_000, '"' * 99_999, "SELECT * FROM t WHERE " + "[" * 8000):
        try:
            assert statements(text)
        except Mistake as error:
            assert error.line


@pytest.mark.parametrize(
    ("where", "kind", "missing"),
    [
        ("pk = 'a' AND sk = 1", "item", ()),
        ("1 = sk AND 'a' = pk AND x = 1", "item", ()),
        ("pk = 'a'", "query", ("sk",)),
        ("pk = 'a' AND sk BETWEEN 1 AND 5", "query", ("sk",)),
        ("pk IN ['a', 'b']", "queries", ("pk", "sk")),
        ("pk = 'a' OR pk = 'b'", "queries", ("pk", "sk")),
        ("pk = 'a' OR x = 1", "scan", ("pk", "sk")),
        ("pk > 'a' AND sk = 1", "scan", ("pk",)),
        ("NOT pk = 'a'", "scan", ("pk", "sk")),
        ("contains(pk, 'a')", "scan", ("pk", "sk")),
        ("pk = sk", "scan", ("pk", "sk")),
        ("pk.x = 'a'", "scan", ("pk", "sk")),
    ],
)
def test_a_select_is_a_query_only_with_an_equality_on_the_partition_key(
    where: str, kind: str, missing: tuple[str, ...]
) -> None:
    found = plan(one(f"SELECT * FROM t WHERE {where}"), TABLE)
    assert (found.kind, found.missing) == (kind, missing)


def test_a_scan_is_said_before_it_runs() -> None:
    (scan,) = judge([one('SELECT * FROM "t"')], {"t": TABLE})
    assert "reads the whole table t, 5,000 items" in scan.warning
    assert "100.0 read units" in scan.warning
    (indexed,) = judge([one('SELECT * FROM "t"."by-city" WHERE city = ?')], {"t": TABLE})
    assert not indexed.warning
    (unknown,) = judge([one('SELECT * FROM "t"."no-such"')], {"t": TABLE})
    assert unknown.plan.kind == "unknown"


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("UPDATE t SET a = 1 WHERE pk = 'a'", "each", "without sk"),
        ("DELETE FROM t", "each", "without pk and sk"),
        ("DELETE FROM t WHERE pk = 'a' AND sk > 1", "each", "without sk"),
        ("SELECT * FROM t; DELETE FROM t WHERE pk = 'a' AND sk = 1", "batch", "no mixture"),
        ("SELECT * FROM t; SELECT * FROM t", "transaction", "whole key"),
        (";".join(["SELECT * FROM t WHERE pk = 'a' AND sk = 1"] * 26), "batch", "at most 25"),
        (";".join(["SELECT * FROM t WHERE pk = 'a' AND sk = 1"] * 101), "transaction", "at most 100"),
    ],
)
def test_what_dynamodb_would_refuse_is_explained_first(text: str, mode: str, words: str) -> None:
    with pytest.raises(Mistake, match=words):
        refuse(judge(statements(text), {"t": TABLE}), text, mode)


def test_what_is_right_is_not_refused() -> None:
    text = ";".join(["DELETE FROM t WHERE pk = 'a' AND sk = 1"] * 25)
    for mode in ("each", "batch", "transaction"):
        refuse(judge(statements(text), {"t": TABLE}), text, mode)


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        (
            "SELECT a.b[0] FROM t WHERE pk = ? AND sk = 1",
            "GetItem",
            {"Key": {"pk": {"S": "p"}, "sk": {"N": "1"}}, "ProjectionExpression": "#a.#b[0]"},
        ),
        (
            "SELECT * FROM t WHERE pk = ? AND sk > 5 AND (size(a) = 2 OR b IS MISSING) ORDER BY sk DESC",
            "Query",
            {
                "KeyConditionExpression": "#pk = :pk AND #sk > :sk",
                "FilterExpression": "(size(#a) = :a OR attribute_not_exists(#b))",
                "ScanIndexForward": False,
            },
        ),
        (
            'SELECT * FROM "t"."by-city" WHERE "city" = ? AND NOT "odd name" IN [1, 2]',
            "Query",
            {"IndexName": "by-city", "FilterExpression": "NOT (#n2 IN (:value, :value2))"},
        ),
        ("SELECT * FROM t WHERE begins_with(a, ?)", "Scan", {"FilterExpression": "begins_with(#a, :a)"}),
        (
            "INSERT INTO t VALUE {'pk': ?, 'sk': 1, 'tags': <<'x'>>}",
            "PutItem",
            {
                "Item": {"pk": {"S": "p"}, "sk": {"N": "1"}, "tags": {"SS": ["x"]}},
                "ConditionExpression": "attribute_not_exists(#pk)",
            },
        ),
        (
            "UPDATE t SET n = n + 1, l = list_append(l, [?]) REMOVE z WHERE pk = 'a' AND sk = 1 AND v = 2 "
            "RETURNING MODIFIED OLD *",
            "UpdateItem",
            {
                "UpdateExpression": "SET #n = #n + :n, #l = list_append(#l, :l) REMOVE #z",
                "ConditionExpression": "attribute_exists(#pk) AND #v = :v",
                "ReturnValues": "UPDATED_OLD",
            },
        ),
        (
            "UPDATE t SET s = set_add(s, <<1>>) WHERE pk = 'a' AND sk = 1",
            "UpdateItem",
            {"UpdateExpression": "ADD #s :s"},
        ),
        ("DELETE FROM t WHERE pk = ? AND sk = 1", "DeleteItem", {"Key": {"pk": {"S": "p"}, "sk": {"N": "1"}}}),
    ],
)
def test_the_same_request_is_said_with_expressions(text: str, operation: str, expected: dict[str, object]) -> None:
    found = expressed(one(text), TABLE, {1: {"S": "p"}})
    assert found.operation == operation
    assert {name: found.parameters.get(name) for name in expected} == expected


def test_what_has_no_expression_says_so() -> None:
    for text in ("SELECT * FROM t WHERE pk IN ['a']", "SELECT * FROM t WHERE frobnicate(a)", "DELETE FROM t"):
        with pytest.raises(NoExpression):
            expressed(one(text), TABLE, {})
    with pytest.raises(NoExpression):
        expressed(replace(one("DELETE FROM t WHERE pk = ? AND sk = 1")), TABLE, {})


def test_exact_numbers_stay_exact() -> None:
    digits = "9" * 38
    found = expressed(one(f"INSERT INTO t VALUE {{'pk': 'a', 'sk': {digits}}}"), TABLE, {})
    assert found.parameters["Item"]["sk"] == {"N": digits}
    assert wire.checked(digits) == digits
