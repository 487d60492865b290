"""Roles and their policies are read to the end of IAM's lists."""

import json
from typing import Any

from app import role_policies
from app.role_policies import Need
from tests.glue.stubs import answering

TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]})


def role(name: str, trust: str = TRUST) -> dict[str, Any]:
    """Return a role as IAM lists it."""
    return {
        "RoleName": name, "RoleId": "A" * 16, "Path": "/", "Arn": f"arn:aws:iam::1:role/{name:>20}",
        "CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
    }  # fmt: skip


def test_roles_of_every_page() -> None:
    first = {"Roles": [role("b"), role("other", "{}")], "IsTruncated": True, "Marker": "m"}
    last = {"Roles": [role("a")], "IsTruncated": False}
    with answering("iam", ("list_roles", {}, first), ("list_roles", {"Marker": "m"}, last)) as client:
        assert role_policies.listed(client, "lambda.amazonaws.com") == (["a", "b"], "")


def test_roles_that_may_not_be_listed() -> None:
    refused: tuple[str, Any, dict[str, Any]] = ("list_roles", {}, {"error": "AccessDenied", "message": "not you"})
    with answering("iam", refused) as client:
        assert role_policies.listed(client, "lambda.amazonaws.com") == ([], "not you")


def test_policies_of_every_page_count() -> None:
    allow = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    deny = json.dumps({"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}]})
    asked = {"RoleName": "r"}
    pairs: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("list_role_policies", asked, {"PolicyNames": ["one"], "IsTruncated": True, "Marker": "m"}),
        ("list_role_policies", {**asked, "Marker": "m"}, {"PolicyNames": ["two"], "IsTruncated": False}),
        ("get_role_policy", None, {"RoleName": "r", "PolicyName": "one", "PolicyDocument": allow}),
        ("get_role_policy", None, {"RoleName": "r", "PolicyName": "two", "PolicyDocument": deny}),
        ("list_attached_role_policies", asked, {"AttachedPolicies": []}),
    )
    with answering("iam", *pairs) as client:
        found = role_policies.compare(client, "r", [Need("s3:GetObject", "arn:aws:s3:::b/k", "reads")])
    assert [one.granted for one in found.needs] == ["denied"]
