"""What a role may do, as far as IAM lets its policies be read, beside what a job or a function needs.

The evaluation follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for
the policies of one role: an explicit Deny, then an Allow. Conditions are not evaluated: what has some is uncertain.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Need:
    """One action on one resource that cannot be done without; `granted` is yes, no, denied, perhaps or unknown."""

    action: str
    resource: str
    why: str
    granted: str = "unknown"


@dataclass(frozen=True)
class Comparison:
    """What is needed, and whether a role grants it; `unread` says what could not be read."""

    needs: tuple[Need, ...]
    policy: str
    unread: str = ""

    @property
    def missing(self) -> tuple[Need, ...]:
        """What the role does not grant."""
        return tuple(one for one in self.needs if one.granted in ("no", "denied"))


def listed(client: Any, principal: str) -> tuple[list[str], str]:
    """Return the names of roles that a service (`glue.amazonaws.com`) may assume; where IAM does not say, why."""
    try:
        every = _every(client, "list_roles", "Roles")
    except ClientError as error:
        return [], error.response["Error"].get("Message", "") or str(error)
    return sorted(one["RoleName"] for one in every if _trusts(one, principal)), ""


def _every(client: Any, operation: str, member: str, **asked: Any) -> list[Any]:
    """Return a list of IAM's to its end."""
    return [one for page in client.get_paginator(operation).paginate(**asked) for one in page[member]]


def _trusts(role: Mapping[str, Any], principal: str) -> bool:
    return principal in json.dumps(_document(role.get("AssumeRolePolicyDocument", {})))


def _document(given: Any) -> dict[str, Any]:
    """Return a policy; botocore decodes it, some answers come as text."""
    found: dict[str, Any] = json.loads(unquote(given)) if isinstance(given, str) else given
    return found


def compare(client: Any, role: str, needs: Sequence[Need]) -> Comparison:
    """Return what is needed beside what a role (its name or ARN) grants."""
    policy = document(needs)
    try:
        statements = _statements(client, role.rpartition("/")[2])
    except ClientError as error:
        return Comparison(tuple(needs), policy, error.response["Error"].get("Message", "") or str(error))
    told = [Need(one.action, one.resource, one.why, decided(statements, one.action, one.resource)) for one in needs]
    return Comparison(tuple(told), policy)


def _statements(client: Any, role: str) -> list[dict[str, Any]]:
    documents = [
        client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in _every(client, "list_role_policies", "PolicyNames", RoleName=role)
    ]
    for one in _every(client, "list_attached_role_policies", "AttachedPolicies", RoleName=role):
        arn = one["PolicyArn"]
        version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return [statement for one in documents for statement in _listed(_document(one).get("Statement", []))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def decided(statements: Sequence[Mapping[str, Any]], action: str, resource: str) -> str:
    """Return yes, no, denied or perhaps for an action on a resource, which may end with * itself."""
    found = [one for one in statements if _fits(one, action, resource)]
    if any(one["Effect"] == "Deny" and not one.get("Condition") for one in found):
        return "denied"
    allowed = [one for one in found if one["Effect"] == "Allow"]
    if not allowed:
        return "no"
    plain = any(not one.get("Condition") for one in allowed) and all(one["Effect"] == "Allow" for one in found)
    return "yes" if plain else "perhaps"


def _fits(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    actions = [one.lower() for one in _listed(statement.get("Action", []))]
    others = [one.lower() for one in _listed(statement.get("NotAction", []))]
    wanted = any(_like(one, action.lower()) for one in actions)
    if others:
        wanted = not any(_like(one, action.lower()) for one in others)
    if "NotResource" in statement:
        return wanted and not any(_like(one, resource) for one in _listed(statement["NotResource"]))
    return wanted and any(_like(one, resource) for one in _listed(statement.get("Resource", [])))


def _like(pattern: str, text: str) -> bool:
    made = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(made, text, re.DOTALL) is not None


def document(needs: Sequence[Need]) -> str:
    """Return the policy that grants exactly what is needed."""
    by_resource: dict[str, list[str]] = {}
    for one in needs:
        by_resource.setdefault(one.resource, []).append(one.action)
    statements = [
        {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
        for resource, actions in by_resource.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
