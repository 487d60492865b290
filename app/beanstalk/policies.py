"""What IAM must allow: the instance, so that the dashboard works, and the person who deploys it.

The instance's policy is made from the tables behind the call drawer: of each operation that the dashboard's code calls,
the action and the resources. It never holds what would let the dashboard give itself more: changes of IAM.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name

from app.assumed import Account
from app.beanstalk.clients import Stopped
from app.codegen import iam
from app.codegen.actions import TABLES
from app.codegen.grants import Grant, Where
from app.guarding import PARTIQL, is_read

APP = Path(__file__).resolve().parent.parent
LARGEST = 6144  # characters of one managed policy, white space not counted
ROLE = 10_240  # characters of all inline policies of a role, white space not counted
OWN = 1_300  # of these .ebextensions takes no more
ACCESSES = ("read", "change")
# What changes rights, or is not for an instance at all: never in its policy.
NEVER = {"iam", "sts"}
# The names of secrets that the dashboard may read: those that RDS manages, and its own.
SECRETS = ("secret:rds!*", "secret:rds/*", "secret:trellis/*")
# With these parameters an operation needs further actions: a version's, an item's of a list.
_KINDS = ("Get", "Put", "Update", "Delete", "ConditionCheck")
GIVEN: tuple[dict[str, Any], ...] = (
    {},
    {"VersionId": "any", "Delete": {"Objects": [{}]}, "TransactItems": [{kind: {}} for kind in _KINDS]},
)
_READING_SECRETS = "secretsmanager:GetSecretValue"


@dataclass(frozen=True)
class Place:
    """An account and a region, and what is deployed there."""

    account: str
    region: str
    application: str
    environment: str
    partition: str = "aws"

    def arn(self, service: str, rest: str, region: str | None = None) -> str:
        """Return an ARN; `region` "" is that of a service without regions."""
        where = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{where}:{self.account}:{rest}"

    @property
    def role(self) -> str:
        """The name of the instance's role, and of its profile."""
        return f"{self.environment}-instance"

    @property
    def parameters(self) -> str:
        """The path below which the environment's secrets lie in Parameter Store."""
        return f"/trellis/{self.environment}"


def instance(place: Place, access: str = "read") -> list[dict[str, Any]]:
    """Return the policies with which the instance reads the account, or (`change`) changes it too."""
    where = Where(place.partition, place.region, place.account)
    left_out = set() if access == "change" else _changing(where)
    grants = [grant for grant in _grants(where) if grant.action not in left_out]
    statements = iam._merge(scoped(grant, place) for grant in grants)
    return packed([*map(_shortened, statements), *_always(place)])


def _shortened(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement without the resources that others of its own include: IAM's * also stands for slashes."""
    found = statement["Resource"]
    if not isinstance(found, list):
        return dict(statement)
    kept = [one for one in found if not any(other != one and fnmatchcase(one, other) for other in found)]
    return {**statement, "Resource": kept[0] if len(kept) == 1 else kept}


def scoped(grant: Grant, place: Place) -> Grant:
    """Return a grant that reads secrets, narrowed to those that the dashboard signs in with; others as they are."""
    if grant.action != _READING_SECRETS:
        return grant
    return Grant(grant.action, place.arn("secretsmanager", "secret:rds!*"), grant.condition)


def _always(place: Place) -> Iterator[dict[str, Any]]:
    """Yield what the instance needs whatever the dashboard shows: its own secrets."""
    own = [place.arn("secretsmanager", name) for name in SECRETS[1:]]
    yield _allow([_READING_SECRETS], own)
    parameters = place.arn("ssm", f"parameter{place.parameters}/*")
    yield _allow(["ssm:GetParameter", "ssm:GetParameters"], [parameters])


def _allow(actions: list[str], resources: list[str], condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _grants(where: Where, reads_only: bool = False) -> list[Grant]:
    wanted = [(service, name) for service, name in called() if _reads(name) or not reads_only]
    return [g for service, name in wanted for given in GIVEN for g in TABLES[service][name](given, where)]


def _changing(where: Where) -> set[str]:
    """Return the actions that only operations that change something need."""
    reading = {grant.action for grant in _grants(where, reads_only=True) if not _writes(grant.action)}
    return {grant.action for grant in _grants(where)} - reading


def _reads(operation: str) -> bool:
    return is_read(operation) or operation in PARTIQL


def _writes(action: str) -> bool:
    """Whether one action of a PartiQL operation is a writing one: that operation may do both."""
    return action.rpartition(":PartiQL")[2] in ("Insert", "Update", "Delete")


@cache
def called() -> list[tuple[str, str]]:
    """Return service and name of each operation that the dashboard's code calls, and the tables know.

    A service's client is asked for by its name: one that nobody asks for has operations named like another's.
    """
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(APP.rglob("*.py")) if _calls_aws(path))
    words, clients = set(re.findall(r"\w+", text)), set(re.findall(r'\bclient\("([\w-]+)"', text))
    return [
        (service, name)
        for service, table in TABLES.items()
        for name in table
        if service in clients - NEVER and (xform_name(name) in words or name in words)
    ]


def _calls_aws(path: Path) -> bool:
    parts = path.relative_to(APP).parts
    return parts[0] not in ("codegen", "beanstalk") and path.name not in ("aws.py", "recorder.py")


def packed(statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put statements into as few policies as hold them."""
    policies: list[list[dict[str, Any]]] = [[]]
    for statement in statements:
        if size(document([*policies[-1], statement])) > LARGEST:
            policies.append([])
        policies[-1].append(statement)
    return [document(one) for one in policies]


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a policy of these statements."""
    return {"Version": iam.VERSION, "Statement": statements}


def size(policy: Mapping[str, Any]) -> int:
    """Return the characters that IAM counts."""
    return len(json.dumps(policy, separators=(",", ":")))


def assuming(accounts: Iterable[Account]) -> dict[str, Any]:
    """Return the policy with which the instance takes on the roles of further accounts, and no others."""
    return document([_allow(["sts:AssumeRole"], sorted({one.role_arn for one in accounts}))])


def demand_room(place: Place, access: str, accounts: Iterable[Account]) -> None:
    """Raise Stopped where the instance's role has no room for the roles of so many accounts."""
    taken = sum(size(one) for one in instance(place, access)) + OWN
    if (more := size(assuming(accounts))) > ROLE - taken:
        raise Stopped(
            f"The roles of these accounts take {more:,} characters of the instance's policies, and IAM leaves "
            f"{ROLE - taken:,}. Name fewer, give their roles shorter names, or deploy with --access read."
        )


def trust(service: str, external: str = "") -> dict[str, Any]:
    """Return who may assume a role: a service, where it gives an external id only with that."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if external:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external}}
    return document([statement])
