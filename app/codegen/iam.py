"""The least that an identity must be allowed for the calls of a page, with the real ARNs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.codegen.actions import TABLES
from app.codegen.grants import Grant, Where, partition_of
from app.codegen.shell import readable_json
from app.codegen.steps import Step, step_of
from app.recorder import Call

VERSION = "2012-10-17"
REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"


@dataclass(frozen=True)
class Context:
    """Whose resources the ARNs name; without a partition each call's region tells it, `*` is any account."""

    account: str = "*"
    partition: str | None = None


def covered(call: Call) -> bool:
    """Whether the tables know what a call needs."""
    return call.operation in TABLES.get(call.service, {})


def missing(steps: Iterable[Call | Step]) -> list[str]:
    """Return the calls that no table knows, as service:Operation: what they need is not guessed."""
    calls = [call for step in steps for call in step_of(step).calls]
    return sorted({f"{call.service}:{call.operation}" for call in calls if not covered(call)})


def statements(what: Call | Step, context: Context) -> list[dict[str, Any]]:
    """Return the statements that one call, or one step, needs; none where it needs no permission."""
    return _merge(_grants([what], context))


def policy(steps: Iterable[Call | Step], context: Context) -> dict[str, Any]:
    """Return one policy for many calls: actions with the same resources together, nothing twice, sorted."""
    return {"Version": VERSION, "Statement": _merge(_grants(steps, context))}


def policy_text(steps: Iterable[Call | Step], context: Context) -> str:
    """Return the policy as JSON of two spaces; lines before it name what is not in it and why."""
    all_steps = list(steps)
    document = policy(all_steps, context)
    notes = [
        f"# {name} is not in this dashboard's table of IAM actions. What it needs: {REFERENCE}"
        for name in missing(all_steps)
    ]
    if any(step_of(step).shortened for step in all_steps):
        notes.append("# Some parameters were too long to keep: where an ARN has a * in their place, name the resource.")
    if not document["Statement"]:
        return "\n".join(notes or ["# No permission is needed."])
    return "\n".join([*notes, readable_json(document, indent=2)])


def _grants(steps: Iterable[Call | Step], context: Context) -> list[Grant]:
    grants: list[Grant] = []
    for step in steps:
        for call in step_of(step).calls:
            rule = TABLES.get(call.service, {}).get(call.operation)
            if rule is not None:
                partition = context.partition or partition_of(call.region)
                grants += rule(call.parameters, Where(partition, call.region, context.account))
    return grants


def _merge(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Group by resource and condition, then bring together what has the same actions or the same resources."""
    needed = _conditions(grants)
    resources: dict[tuple[str, Any], set[str]] = defaultdict(set)
    for (action, resource), condition in needed.items():
        resources[action, condition].add(resource)
    actions: dict[tuple[Any, tuple[str, ...]], list[str]] = defaultdict(list)
    for (action, condition), found in resources.items():
        kept = ("*",) if "*" in found else tuple(sorted(found))
        actions[condition, kept].append(action)
    return [
        _statement(names, kept, condition)
        for (condition, kept), names in sorted(actions.items(), key=lambda item: (sorted(item[1]), item[0][1]))
    ]


def _conditions(grants: Iterable[Grant]) -> dict[tuple[str, str], Any]:
    """Return each action on each resource with its condition: None allows more and wins, values are united."""
    found: dict[tuple[str, str], set[tuple[str, str, str] | None]] = defaultdict(set)
    for grant in grants:
        found[grant.action, grant.resource].add(grant.condition)
    united: dict[tuple[str, str], Any] = {}
    for key, conditions in found.items():
        real = [condition for condition in conditions if condition is not None]
        if len(real) < len(conditions):
            united[key] = None
            continue
        operator, name = real[0][:2]
        united[key] = (operator, name, tuple(sorted(value for _, _, value in real)))
    return united


def _statement(actions: list[str], resources: tuple[str, ...], condition: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": _one_or_many(sorted(actions)),
        "Resource": _one_or_many(resources),
    }
    if condition is not None:
        operator, name, values = condition
        statement["Condition"] = {operator: {name: _one_or_many(values)}}
    return statement


def _one_or_many(values: Iterable[str]) -> str | list[str]:
    found = list(values)
    return found[0] if len(found) == 1 else found
