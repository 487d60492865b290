"""CloudWatch Logs: a group's ARN ends in `:*`, and what is known by a query's id has no resource."""

from typing import Any

from app.codegen.grants import Grant, Rule, Table, Where, every, fill, on, pass_role, same, when

LOGS = "logs:{region}:{account}:"
GROUP = LOGS + "log-group:{logGroupName}:*"


def _group(action: str) -> Rule:
    """A group by its name or by its ARN, with or without the `:*` at its end."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        return [Grant(action, _arn(parameters.get("logGroupIdentifier") or parameters.get("logGroupName"), where))]

    return rule


def _arn(name: Any, where: Where) -> str:
    if isinstance(name, str) and name.startswith("arn:"):
        return name.removesuffix(":*") + ":*"
    return fill(GROUP, {"logGroupName": name}, where)


def _stream(action: str) -> Rule:
    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        group = _arn(parameters.get("logGroupIdentifier") or parameters.get("logGroupName"), where)
        return [Grant(action, f"{group.removesuffix('*')}log-stream:{parameters.get('logStreamName') or '*'}")]

    return rule


def _groups(action: str) -> Rule:
    """The groups that a query reads, however they are given."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        names: list[Any] = [*parameters.get("logGroupNames", []), *parameters.get("logGroupIdentifiers", [])]
        names += [parameters["logGroupName"]] if parameters.get("logGroupName") else []
        return [Grant(action, _arn(name, where)) for name in names or [None]]

    return rule


_BY_GROUP = (
    "DescribeLogStreams", "FilterLogEvents", "GetLogGroupFields", "DeleteLogGroup", "PutRetentionPolicy",
    "DeleteRetentionPolicy", "DescribeMetricFilters", "PutMetricFilter", "DeleteMetricFilter", "CreateLogStream",
    "DescribeSubscriptionFilters", "DeleteSubscriptionFilter", "ListTagsLogGroup", "TagLogGroup", "UntagLogGroup",
    "ListLogAnomalyDetectors", "GetDataProtectionPolicy", "DescribeIndexPolicies", "DescribeFieldIndexes",
)  # fmt: skip

TABLE: Table = {
    **{name: _group(f"logs:{name}") for name in _BY_GROUP},
    **{name: _stream(f"logs:{name}") for name in ("GetLogEvents", "PutLogEvents", "DeleteLogStream")},
    **same("logs", LOGS + "log-group:*", "DescribeLogGroups ListLogGroups"),
    **same(
        "logs",
        "*",
        "GetQueryResults StopQuery DescribeQueries PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition "
        "GetLogRecord TestMetricFilter DescribeExportTasks DescribeDestinations DescribeResourcePolicies",
    ),
    **same("logs", "{resourceArn}", "ListTagsForResource TagResource UntagResource"),
    "CreateLogGroup": every(_group("logs:CreateLogGroup"), when("tags", _group("logs:TagResource"))),
    "StartQuery": _groups("logs:StartQuery"),
    "StartLiveTail": _groups("logs:StartLiveTail"),
    "PutSubscriptionFilter": every(_group("logs:PutSubscriptionFilter"), pass_role("roleArn", "logs.amazonaws.com")),
    "CreateExportTask": on(GROUP, "logs:CreateExportTask"),
}
