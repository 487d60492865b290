"""What a function's role must allow: its log, and the calls of its code; and a role that allows exactly that."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import calls
from app.codegen.grants import Where
from app.role_policies import Need, document

PRINCIPAL = "lambda.amazonaws.com"
EVERY_OBJECT, EVERY_BUCKET = ":s3:::*/*", ":s3:::*"
TRIES, PAUSE = 10, 1.0  # of a role that IAM has just made


class RoleTaken(Exception):
    """There is a role of this name already."""


def of(code: str, name: str, where: Where, environment: Mapping[str, str], bucket: str = "") -> tuple[Need, ...]:
    """Return what a function needs; `bucket` is what an unknown bucket stands for."""
    found = [_narrowed(one, where, bucket) for one in calls.needs(code, where, environment)]
    group = where.arn(f"logs:{where.region}:{where.account}:log-group:/aws/lambda/{name}")
    logs = [Need("logs:CreateLogGroup", f"{group}:*", "makes its log")]
    logs += [Need(f"logs:{one}", f"{group}:*", "writes its log") for one in ("CreateLogStream", "PutLogEvents")]
    return (*logs, *found)


def _narrowed(one: Need, where: Where, bucket: str) -> Need:
    if not bucket:
        return one
    if one.resource.endswith(EVERY_OBJECT):
        return replace(one, resource=where.arn(f"s3:::{bucket}/*"))
    return replace(one, resource=where.arn(f"s3:::{bucket}")) if one.resource.endswith(EVERY_BUCKET) else one


def role_name(function: str) -> str:
    """Return the name of a function's own role."""
    return f"{re.sub(r'[^A-Za-z0-9_+=,.@-]', '-', function)[:56]}-role"


def trust() -> str:
    """Return the policy that lets Lambda assume a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": PRINCIPAL}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(client: Any, name: str, wanted: Sequence[Need]) -> str:
    """Make a role that allows exactly what is needed and return its ARN. Raises RoleTaken."""
    try:
        arn: str = client.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityAlreadyExists":
            raise RoleTaken(name) from error
        raise
    try:
        client.put_role_policy(RoleName=name, PolicyName="what-the-code-needs", PolicyDocument=document(wanted))
    except ClientError:
        client.delete_role(RoleName=name)
        raise
    return arn


def drop_role(client: Any, name: str) -> None:
    """Remove a role that was made for a function that could not be made."""
    client.delete_role_policy(RoleName=name, PolicyName="what-the-code-needs")
    client.delete_role(RoleName=name)


def when_ready(call: Any, fresh: bool, **given: Any) -> dict[str, Any]:
    """Make a call with a role; one made a moment ago is known to Lambda only after some seconds."""
    for turn in range(TRIES):
        try:
            answer: dict[str, Any] = call(**given)
        except ClientError as error:
            said = error.response["Error"]
            waits = fresh and said["Code"] == "InvalidParameterValueException" and "assume" in said.get("Message", "")
            if not waits or turn == TRIES - 1:
                raise
            time.sleep(PAUSE)
        else:
            return answer
    raise AssertionError("unreachable")  # pragma: no cover
