"""Least privilege: the right action, on the right ARN, on the right condition, merged."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from app import awsdata
from app.codegen import Context, covered, missing, policy, policy_text, statements
from app.codegen.actions import TABLES
from app.codegen.grants import partition_of
from app.recorder import Call
from tests.codegen.iam_cases import CASES, OBJECT, RUN, K
from tests.codegen.samples import EVERY, call, sample

ME = Context("123456789012")


def needs(made: Call) -> set[tuple[str, str]]:
    """Every action with every resource, flat."""
    found = set()
    for statement in statements(made, ME):
        for action in _many(statement["Action"]):
            found |= {(action, resource) for resource in _many(statement["Resource"])}
    return found


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize(("service", "operation", "given", "expected"), CASES)
def test_what_a_call_needs(service: str, operation: str, given: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    assert needs(call(operation, given, service)) == expected


def test_a_prefix_is_a_condition_and_prefixes_unite() -> None:
    listed = [call("ListObjectsV2", {"Bucket": "b", "Prefix": prefix}) for prefix in ("b/", "a/", "${x}")]
    (statement,) = policy(listed, ME)["Statement"]
    assert statement["Condition"] == {"StringEquals": {"s3:prefix": ["${$}{x}", "a/", "b/"]}}
    whole = policy([*listed, call("ListObjectsV2", {"Bucket": "b"})], ME)
    assert "Condition" not in whole["Statement"][0]


def test_a_role_is_passed_to_its_service_only() -> None:
    given = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {"S3Bucket": "b", "S3Key": "k"}}
    made = statements(call("CreateFunction", given, "lambda"), ME)
    passed = next(s for s in made if s["Action"] == "iam:PassRole")
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert ("s3:GetObject", K) in needs(call("CreateFunction", given, "lambda"))


def test_the_merged_policy_is_minimal_and_sorted() -> None:
    calls = [
        call(name, {"Bucket": "b", "Key": key}) for name in ("GetObject", "HeadObject", "PutObject") for key in "lk"
    ]
    document = policy([*calls, call("ListBuckets"), call("ListBuckets")], ME)
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::b/k", "arn:aws:s3:::b/l"],
            },
            {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        ],
    }


def test_every_resource_covers_each() -> None:
    made = [call("DescribeDBInstances", {}, "rds"), call("ListTagsForResource", {}, "rds")]
    assert [s["Resource"] for s in policy(made, ME)["Statement"]] == [f"arn:aws:rds:{RUN}:db:*", "*"]


def test_unknown_operations_are_named_not_guessed() -> None:
    made = call("WriteGetObjectResponse", {"RequestRoute": "r", "RequestToken": "t"})
    assert not covered(made)
    assert missing([made]) == ["s3:WriteGetObjectResponse"]
    assert policy([made], ME)["Statement"] == []
    assert policy_text([made], ME).startswith("# s3:WriteGetObjectResponse is not in this dashboard's table")
    text = policy_text([made, call("ListBuckets")], ME)
    assert json.loads("\n".join(line for line in text.splitlines() if line[:1] != "#"))["Statement"]


def test_no_permission_is_said() -> None:
    assert policy_text([call("GetCallerIdentity", {}, "sts")], ME) == "# No permission is needed."


def test_partitions_follow_the_region() -> None:
    endpoints = Loader().load_data("partitions")
    for partition in endpoints["partitions"]:
        for region in partition["regions"]:
            if not region.endswith("-global"):
                assert partition_of(region) == partition["id"], region
    made = call("GetObject", OBJECT, region="cn-north-1")
    assert statements(made, ME)[0]["Resource"] == "arn:aws-cn:s3:::b/k"


_WHOLE = awsdata.loader()  # a client's description has what is in the tables, and nothing else


def test_tables_name_real_operations() -> None:
    for service, table in TABLES.items():
        assert set(table) <= set(_WHOLE.load_service_model(service, "service-2")["operations"])


# Actions of AWS's service authorization reference that none of its managed policies spells out.
_CHECKED = {
    "cloudwatch:DeleteDashboards", "cloudwatch:PutCompositeAlarm", "dynamodb:ExportTableToPointInTime",
    "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "glue:CreateScript",
    "glue:StartTrigger", "glue:StopTrigger", "glue:UpdateTrigger", "lambda:CreateFunctionUrlConfig",
    "lambda:DeleteFunctionUrlConfig", "lambda:PutFunctionEventInvokeConfig", "lambda:PutFunctionRecursionConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "logs:CreateExportTask", "logs:DeleteMetricFilter", "logs:DeleteQueryDefinition", "logs:PutQueryDefinition",
    "rds:ModifyDBSnapshot", "s3:GetObjectTorrent", "s3:PutBucketRequestPayment", "s3:PutObjectLegalHold",
    "secretsmanager:CancelRotateSecret", "elasticbeanstalk:AbortEnvironmentUpdate",
    "elasticbeanstalk:CheckDNSAvailability", "elasticbeanstalk:CreateApplication",
    "elasticbeanstalk:CreateApplicationVersion", "elasticbeanstalk:CreateEnvironment",
    "elasticbeanstalk:CreateStorageLocation", "elasticbeanstalk:DeleteApplication",
    "elasticbeanstalk:DeleteApplicationVersion", "elasticbeanstalk:RebuildEnvironment",
    "elasticbeanstalk:RequestEnvironmentInfo", "elasticbeanstalk:RestartAppServer",
    "elasticbeanstalk:RetrieveEnvironmentInfo", "elasticbeanstalk:SwapEnvironmentCNAMEs",
    "elasticbeanstalk:TerminateEnvironment", "elasticbeanstalk:UpdateEnvironment",
}  # fmt: skip


def test_actions_exist() -> None:
    from moto.iam import aws_managed_policies

    documents = json.loads(aws_managed_policies.aws_managed_policies_data)
    known = {action.lower() for document in documents.values() for action in _actions(document["Document"])}
    known |= {action.lower() for action in _CHECKED}
    made = policy([sample(service, name) for service, name in EVERY], ME)
    assert {action for action in _actions(made) if action.lower() not in known} == set()


def _actions(document: dict[str, Any]) -> set[str]:
    parts = document["Statement"]
    return {a for part in (parts if isinstance(parts, list) else [parts]) for a in _many(part.get("Action", []))}


def test_every_call_of_the_dashboard_is_in_the_tables() -> None:
    """Find the client methods that the source calls, and ask the tables for each."""
    used = _used()
    assert {"list_objects_v2", "put_object"} <= {method for method, _ in used}
    unknown = {
        (method, services) for method, services in used if not any(_covers(service, method) for service in services)
    }
    assert unknown == set()


def _used() -> set[tuple[str, tuple[str, ...]]]:
    methods: dict[str, set[str]] = {}
    for service in TABLES:
        for name in _WHOLE.load_service_model(service, "service-2")["operations"]:
            methods.setdefault(xform_name(name), set()).add(service)
    found = set()
    for path in Path(__file__).parents[2].joinpath("app").rglob("*.py"):
        if path.parent.name == "beanstalk":  # the command that deploys, whose clients know everything
            continue
        nodes = list(ast.walk(ast.parse(path.read_text())))
        own = {name for node in nodes for name in _own_names(node)}
        for called in (node.func for node in nodes if isinstance(node, ast.Call)):
            if isinstance(called, ast.Attribute) and called.attr in methods and ast.unparse(called.value) not in own:
                found.add((called.attr, tuple(sorted(methods[called.attr]))))
    return found


def _own_names(node: ast.AST) -> list[str]:
    """What an import brings from the dashboard itself: its modules have functions named like methods of clients.

    So do botocore's.
    """
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
        return [alias.asname or alias.name for alias in node.names]
    return []


def _covers(service: str, method: str) -> bool:
    return any(xform_name(name) == method for name in TABLES[service])
