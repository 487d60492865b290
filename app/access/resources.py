"""What a call is about: the names in its parameters, and nothing else of them."""

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 300
# Parameters that name a resource, in the order in which they are written; all else may hold secrets.
NAMES = (
    "Bucket", "CopySource", "Key", "TableName", "DBInstanceIdentifier", "DBSnapshotIdentifier", "FunctionName",
    "JobName", "JobRunId", "logGroupName", "logStreamName", "queryDefinitionName", "SecretId", "restApiId",
    "resourceId", "stageName", "httpMethod", "deploymentId", "RoleName", "PolicyName", "PolicyArn", "AlarmName",
    "RuleName", "EnvironmentName", "ApplicationName", "VersionLabel", "StackName", "QueueUrl", "TopicArn",
    "ResourceArn", "ResourceName", "Resource", "DatabaseName", "LayerName", "UUID", "Name", "name", "Id", "id",
)  # fmt: skip
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?([\w.-]{1,255})", re.IGNORECASE)


def resource(params: Mapping[str, Any]) -> str:
    """Return the resources that a call names, as “bucket/key”; of several items or statements, their tables."""
    named = [_plain(name, params[name]) for name in NAMES if name in params]
    if isinstance(params.get("RequestItems"), dict):
        named += params["RequestItems"]
    statements = params.get("Statements") or params.get("TransactStatements") or [params]
    tables = {found[1] for one in statements if (found := _TABLE.search(str(one.get("Statement", ""))))}
    return "/".join([*filter(None, named), *sorted(tables)])[:LONGEST]


def _plain(name: str, value: Any) -> str:
    if name == "CopySource" and isinstance(value, dict):  # an item's key is one, too, and its values are nobody's
        return "/".join(str(value[name]) for name in ("Bucket", "Key") if name in value)
    return value if isinstance(value, str) else ""
