"""A new function: what is typed, what is wrong with it, how it is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import needs
from app.blueprints.awslambda.service.buckets import Buckets
from app.blueprints.awslambda.service.checks import Remark, handler_fault
from app.blueprints.awslambda.service.functions import NEWEST, RUNTIMES
from app.blueprints.awslambda.service.recipes import RECIPES
from app.blueprints.awslambda.service.settings import RANGES, UNITS
from app.declined import Taken
from app.numbers import told, whole
from app.role_policies import Comparison, Need

OWN_ROLE = "+"
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
FILE, ENTRY = "lambda_function.py", "lambda_handler"
HANDLER = "lambda_function.lambda_handler"


@dataclass(frozen=True)
class Draft:
    """What is typed for a new function; `role` is a role's name, or OWN_ROLE for one made for it."""

    name: str = ""
    recipe: str = "hello"
    runtime: str = NEWEST
    role: str = OWN_ROLE
    memory: str = "128"
    timeout: str = "3"
    handler: str = HANDLER
    description: str = ""
    bucket: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True)
class DraftPage:
    """A new function as far as it is; `faults` by field."""

    draft: Draft
    comparison: Comparison | None = None
    remarks: tuple[Remark, ...] = ()
    roles: tuple[str, ...] = ()
    no_roles: str = ""
    role_name: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    buckets: Buckets = Buckets()

    @property
    def broken(self) -> bool:
        """Whether the code surely cannot run."""
        return any(one.kind == "failed" for one in self.remarks)


def faults(draft: Draft) -> dict[str, str]:
    """Return what is wrong, by field."""
    found = {}
    if not _NAME.fullmatch(draft.name):
        found["name"] = "Give it a name of 1 to 64 letters, digits, hyphens and underscores."
    if draft.recipe not in RECIPES:
        found["recipe"] = "Choose where it begins."
    if draft.runtime not in RUNTIMES:
        found["runtime"] = "Choose one of the runtimes."
    if not draft.role:
        found["role"] = "Choose the role that the code works as."
    for name, typed in (("memory", draft.memory), ("timeout", draft.timeout)):
        if whole(typed, *RANGES[name]) is None:
            found[name] = told(*RANGES[name], UNITS[name])
    if said := handler_fault(draft.handler):
        found["handler"] = said
    asks = RECIPES[draft.recipe].asks if draft.recipe in RECIPES else {}
    found |= {
        f"env.{name}": f"Give the {word[0].lower() + word[1:]}."
        for name, word in asks.items()
        if not draft.variables.get(name)
    }
    return found


def create(clients: Mapping[str, Any], draft: Draft, code: bytes, wanted: tuple[Need, ...]) -> str:
    """Make the function, and its role where it is to have its own; returns its ARN. Raises Taken, ClientError."""
    if _exists(clients["lambda"], draft.name):
        raise Taken("name", "There is a function of this name already.")
    own = draft.role == OWN_ROLE
    made = needs.role_name(draft.name)
    try:
        role = needs.make_role(clients["iam"], made, wanted) if own else arn_of(clients["iam"], draft.role)
    except needs.RoleTaken as error:
        said = f"There is a role {made} already: choose it, or give the function another name."
        raise Taken("role", said) from error
    try:
        answer = needs.when_ready(clients["lambda"].create_function, own, **definition(draft, code, role))
    except ClientError:
        if own:
            needs.drop_role(clients["iam"], made)
        raise
    arn: str = answer["FunctionArn"]
    return arn


def arn_of(client: Any, role: str) -> str:
    """Return a role's ARN. Raises Taken with words where there is no such role."""
    if role.startswith("arn:"):
        return role
    try:
        arn: str = client.get_role(RoleName=role)["Role"]["Arn"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            raise Taken("role", f"There is no role {role[:64]}.") from error
        raise
    return arn


def _exists(client: Any, name: str) -> bool:
    try:
        client.get_function_configuration(FunctionName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def definition(draft: Draft, code: bytes, role: str) -> dict[str, Any]:
    """Return CreateFunction's parameters."""
    made: dict[str, Any] = {
        "FunctionName": draft.name,
        "Runtime": draft.runtime,
        "Role": role,
        "Handler": draft.handler,
        "Code": {"ZipFile": code},
        "Timeout": int(draft.timeout),
        "MemorySize": int(draft.memory),
    }
    if draft.description:
        made["Description"] = draft.description
    if draft.variables:
        made["Environment"] = {"Variables": dict(draft.variables)}
    return made
