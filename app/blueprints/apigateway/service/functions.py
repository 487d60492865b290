"""The Lambda functions that an API may call, and the permission with which it may."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

PRINCIPAL = "apigateway.amazonaws.com"
_FIELD = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Function:
    """A Lambda function as lists of choices show it."""

    name: str
    arn: str
    runtime: str = ""


def every(client: Any) -> Iterator[Function]:
    """Yield all functions, page by page."""
    for page in client.get_paginator("list_functions").paginate():
        for one in page.get("Functions", []):
            yield Function(one["FunctionName"], one["FunctionArn"], one.get("Runtime") or "")


def listed(client: Any) -> tuple[tuple[Function, ...], str]:
    """Return the functions by name; where AWS does not list them, why."""
    try:
        found = sorted(every(client), key=lambda one: one.name.lower())
    except ClientError as error:
        return (), error.response["Error"].get("Message") or str(error)
    return tuple(found), ""


@dataclass(frozen=True)
class Caller:
    """The method that wants to call a function."""

    region: str
    account: str
    api: str
    verb: str
    path: str
    partition: str = "aws"

    @property
    def arn(self) -> str:
        """The ARN of the method on any stage, as a permission's SourceArn has it; parameters of the path are stars.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
        """
        verb = "*" if self.verb == "ANY" else self.verb
        path = _FIELD.sub("*", self.path)
        return f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{self.api}/*/{verb}{path}"

    @property
    def statement(self) -> str:
        """The id of the statement that lets it."""
        name = re.sub(r"[^A-Za-z0-9]+", "-", _FIELD.sub("any", self.path)).strip("-") or "root"
        return f"apigateway-{self.api}-{self.verb}-{name}"[:100]


def uri(client: Any, function_arn: str) -> str:
    """Return the URI by which an integration calls a function."""
    meta = client.meta
    head = f"arn:{meta.partition}:apigateway:{meta.region_name}:lambda:path/2015-03-31/functions"
    return f"{head}/{function_arn}/invocations"


def allow(client: Any, function: str, caller: Caller) -> None:
    """Let a method call a function; the same permission twice is no error."""
    try:
        client.add_permission(
            FunctionName=function,
            StatementId=caller.statement,
            Action="lambda:InvokeFunction",
            Principal=PRINCIPAL,
            SourceArn=caller.arn,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceConflictException":
            raise


def forbid(client: Any, function: str, caller: Caller) -> None:
    """Take the permission back; one that is not there is no error."""
    try:
        client.remove_permission(FunctionName=function, StatementId=caller.statement)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def allowed(client: Any, function: str, caller: Caller) -> str:
    """Return yes, no or gone (there is no such function), or unknown where AWS does not say."""
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            return "unknown"
        return "no" if _exists(client, function) else "gone"
    return "yes" if any(_lets(one, caller.arn) for one in policy.get("Statement", [])) else "no"


def _exists(client: Any, function: str) -> bool:
    try:
        client.get_function_configuration(FunctionName=function)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def _lets(statement: dict[str, Any], arn: str) -> bool:
    principal = statement.get("Principal")
    who = principal.get("Service", "") if isinstance(principal, dict) else principal
    services = who if isinstance(who, list) else [who]
    if statement.get("Effect") != "Allow" or not {PRINCIPAL, "*"} & set(services):
        return False
    likes = [
        value
        for test, pairs in (statement.get("Condition") or {}).items()
        if test.startswith(("ArnLike", "ArnEquals", "StringLike", "StringEquals"))
        for key, value in pairs.items()
        if key.lower() == "aws:sourcearn"
    ]
    patterns = [one for value in likes for one in (value if isinstance(value, list) else [value])]
    return not patterns or any(_covers(one, arn) for one in patterns)


def _covers(pattern: str, arn: str) -> bool:
    """Whether a pattern of ARNs lets all that an ARN with stars of its own stands for."""
    return fnmatchcase(arn.replace("*", "x"), pattern.replace("[", "[[]"))
