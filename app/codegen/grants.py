"""The words in which the tables of IAM actions are written: what a call needs, on which resource, on what condition."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
    ("eusc-", "aws-eusc"),
)
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Where:
    """Where a call went: what its ARNs begin with."""

    partition: str
    region: str
    account: str

    def arn(self, rest: str) -> str:
        """Return an ARN from what follows the partition, `s3:::bucket`."""
        return f"arn:{self.partition}:{rest}"


@dataclass(frozen=True)
class Grant:
    """One action on one resource; the condition is operator, key and value."""

    action: str
    resource: str
    condition: tuple[str, str, str] | None = None


Rule = Callable[[dict[str, Any], Where], Iterable[Grant]]
Table = dict[str, Rule]


def partition_of(region: str) -> str:
    """Return the partition in which a region lies."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


def literal(text: str) -> str:
    """Return text for an ARN in a policy, where `*`, `?` and `$` would otherwise have a meaning."""
    return re.sub(r"[*?$]", lambda found: "${" + found.group() + "}", text)


def fill(template: str, parameters: dict[str, Any], where: Where) -> str:
    """Return the ARN of a template such as `dynamodb:{region}:{account}:table/{TableName}`.

    A parameter that is an ARN already is the answer; one that is not given becomes `*`.
    """
    for name in _FIELD.findall(template):
        value = parameters.get(name)
        if isinstance(value, str) and value.startswith("arn:"):
            return value + ("/*" if template.endswith("}/*") else "")
    known = {"region": where.region, "account": where.account}

    def one(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in known:
            return known[name]
        value = parameters.get(name)
        return literal(str(value)) if value not in (None, "") else "*"

    filled = _FIELD.sub(one, template)
    return "*" if filled == "*" else where.arn(filled)


def on(template: str, *actions: str) -> Rule:
    """Return the rule that needs these actions on the resource of a template; `*` stands for all resources."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        resource = fill(template, parameters, where)
        return [Grant(action, resource) for action in actions]

    return rule


def each(name: str, template: str, *actions: str) -> Rule:
    """Return the rule that needs actions on every entry of a parameter that is a list of names."""
    field = "{" + name + "}"

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        values = parameters.get(name) or [None]
        resources = [fill(template.replace("[]", field), {name: value}, where) for value in values]
        return [Grant(action, resource) for resource in resources for action in actions]

    return rule


def when(name: str, *rules: Rule) -> Rule:
    """Return the rule that holds only where a parameter is given (dots go into structures)."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        value: Any = parameters
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return list(every(*rules)(parameters, where)) if value else []

    return rule


def every(*rules: Rule) -> Rule:
    """Return the rule that needs all that its parts need."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        return [grant for part in rules for grant in part(parameters, where)]

    return rule


def same(prefix: str, template: str, operations: str) -> Table:
    """Return the table of operations whose action has their own name."""
    return {name: on(template, f"{prefix}:{name}") for name in operations.split()}


def renamed(prefix: str, template: str, actions: dict[str, str]) -> Table:
    """Return the table of operations whose action has another name."""
    return {name: on(template, f"{prefix}:{action}") for name, action in actions.items()}


def nothing(_: dict[str, Any], __: Where) -> list[Grant]:
    """Need no permission at all."""
    return []


def pass_role(name: str, service: str) -> Rule:
    """Return the rule for handing a role to a service: iam:PassRole on it, for that service alone."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        role = parameters.get(name)
        if not role:
            return []
        arn = role if role.startswith("arn:") else where.arn(f"iam::{where.account}:role/{role}")
        return [Grant("iam:PassRole", arn, ("StringEquals", "iam:PassedToService", service))]

    return rule
