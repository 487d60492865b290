"""DynamoDB: indexes are resources of their own, batches name several tables, PartiQL goes by its verb."""

import re
from collections.abc import Iterable
from typing import Any

from app.codegen.grants import Grant, Table, Where, every, fill, on, same, when

DB = "dynamodb:{region}:{account}:"
TABLE_ARN = DB + "table/{TableName}"

_PARTIQL = re.compile(
    r"""\s*(?:EXISTS\s*\(\s*)?(?P<verb>SELECT\b.*?\bFROM|INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+
        (?:"(?P<quoted>[^"]+)"|(?P<plain>[\w-]+)) (?:\s*\.\s*(?:"(?P<index>[^"]+)"|(?P<bare>[\w-]+)))?""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_TRANSACT = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def _read(action: str) -> Any:
    """Query and Scan: the index where one is read, else the table."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        return [Grant(action, _table_or_index(parameters, where))]

    return rule


def _table_or_index(parameters: dict[str, Any], where: Where) -> str:
    table = fill(TABLE_ARN, parameters, where)
    index = parameters.get("IndexName")
    return f"{table}/index/{index}" if index else table


def _batch(action: str) -> Any:
    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        tables = parameters.get("RequestItems") or {None: None}
        return [Grant(action, fill(TABLE_ARN, {"TableName": name}, where)) for name in tables]

    return rule


def _transact_get(parameters: dict[str, Any], where: Where) -> list[Grant]:
    items = parameters.get("TransactItems", [])
    return [Grant("dynamodb:GetItem", fill(TABLE_ARN, item.get("Get", {}), where)) for item in items]


def _transact_write(parameters: dict[str, Any], where: Where) -> list[Grant]:
    return [
        Grant(f"dynamodb:{_TRANSACT[kind]}", fill(TABLE_ARN, inner, where))
        for item in parameters.get("TransactItems", [])
        for kind, inner in item.items()
        if kind in _TRANSACT
    ]


def partiql(statement: Any, where: Where) -> list[Grant]:
    """Return what one PartiQL statement needs; all verbs on all tables where it cannot be read."""
    found = _PARTIQL.match(statement) if isinstance(statement, str) else None
    if found is None:
        every_verb = ("PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete")
        return [Grant(f"dynamodb:{verb}", fill(TABLE_ARN, {}, where)) for verb in every_verb]
    verb = found["verb"].split()[0].capitalize()
    names = {"TableName": found["quoted"] or found["plain"], "IndexName": found["index"] or found["bare"]}
    resource = _table_or_index(names, where) if verb == "Select" else fill(TABLE_ARN, names, where)
    return [Grant(f"dynamodb:PartiQL{verb}", resource)]


def _partiql_all(name: str) -> Any:
    def rule(parameters: dict[str, Any], where: Where) -> Iterable[Grant]:
        texts = [item.get("Statement") for item in parameters.get(name, [])]
        return [grant for text in texts for grant in partiql(text, where)]

    return rule


TABLE: Table = {
    **same(
        "dynamodb",
        TABLE_ARN,
        "GetItem PutItem UpdateItem DeleteItem DescribeTable DeleteTable UpdateTable DescribeTimeToLive "
        "UpdateTimeToLive DescribeContinuousBackups UpdateContinuousBackups DescribeContributorInsights "
        "DescribeKinesisStreamingDestination CreateBackup ExportTableToPointInTime",
    ),
    **same("dynamodb", "*", "ListTables DescribeLimits DescribeEndpoints ListBackups ListExports ListImports"),
    **same("dynamodb", "{ResourceArn}", "ListTagsOfResource TagResource UntagResource"),
    **same("dynamodb", "{BackupArn}", "DescribeBackup DeleteBackup"),
    "CreateTable": every(on(TABLE_ARN, "dynamodb:CreateTable"), when("Tags", on(TABLE_ARN, "dynamodb:TagResource"))),
    "Query": _read("dynamodb:Query"),
    "Scan": _read("dynamodb:Scan"),
    "BatchGetItem": _batch("dynamodb:BatchGetItem"),
    "BatchWriteItem": _batch("dynamodb:BatchWriteItem"),
    "TransactGetItems": _transact_get,
    "TransactWriteItems": _transact_write,
    "ExecuteStatement": lambda parameters, where: partiql(parameters.get("Statement"), where),
    "BatchExecuteStatement": _partiql_all("Statements"),
    "ExecuteTransaction": _partiql_all("TransactStatements"),
}

STREAMS: Table = {
    **same("dynamodb", "{StreamArn}", "DescribeStream GetShardIterator"),
    **same("dynamodb", DB + "table/*/stream/*", "GetRecords"),
    **same("dynamodb", DB + "table/{TableName}/stream/*", "ListStreams"),
}
