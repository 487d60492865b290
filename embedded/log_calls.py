"""What the overlays of CloudWatch Logs share: faults, answers, and log groups as the emulator knows them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded.errors import Response, aws_error
from embedded.events import Place
from embedded.layers import Below
from embedded.request import Request

DAY = 86_400_000
_TARGET = "Logs_20140328."


class Fault(Exception):
    """An answer that is an error: AWS's code, a sentence, and more members of the error's shape."""

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.members = code, message, members

    def response(self) -> Response:
        """Return it in AWS's shape."""
        plain = aws_error("json", self.code, self.message)
        if not self.members:
            return plain
        body = {**json.loads(plain.body), **self.members}
        return Response(plain.status, plain.headers, json.dumps(body).encode())


def answer(members: Mapping[str, Any]) -> Response:
    """Return a successful answer."""
    return answer_text(json.dumps(members))


def answer_text(body: str) -> Response:
    """Return a successful answer that is JSON already."""
    return Response(200, {"content-type": "application/x-amz-json-1.1"}, body.encode("utf-8", "replace"))


def asked(request: Request) -> dict[str, Any]:
    """Return the parameters of a call."""
    try:
        found = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Fault("SerializationException", "The request is not JSON.") from error
    if not isinstance(found, dict):
        raise Fault("SerializationException", "The request is not a JSON object.")
    return found


@dataclass(frozen=True)
class Group:
    """A log group that exists, and the time (milliseconds) before which its retention has removed everything."""

    place: Place
    oldest: int


async def find_group(request: Request, forward: Below, identifier: str, now: int) -> Group:
    """Return a log group by its name or ARN; ResourceNotFoundException where there is none."""
    name = group_name(request, identifier)
    status, found = await forward.json(request, "logs", _TARGET + "DescribeLogGroups", {"logGroupNamePrefix": name})
    groups = [group for group in found.get("logGroups", ()) if group["logGroupName"] == name]
    if status != 200 or not groups:
        raise Fault("ResourceNotFoundException", f"The specified log group does not exist: {identifier}")
    days = groups[0].get("retentionInDays")
    return Group(Place(request.account, request.region, name), now - days * DAY if days else 0)


def group_name(request: Request, identifier: str) -> str:
    """Return the name that a name or an ARN of this account and region stands for."""
    if not identifier.startswith("arn:"):
        return identifier
    parts = identifier.removesuffix(":*").split(":", 6)
    own = ["logs", request.region, request.account, "log-group"]
    if len(parts) != 7 or parts[2:6] != own:
        raise Fault("ResourceNotFoundException", f"The specified log group does not exist: {identifier}")
    return parts[6]


def one_of(parameters: Mapping[str, Any], *names: str) -> Any:
    """Return the one of these parameters that is given; a fault where none is, or several are."""
    given = [name for name in names if parameters.get(name)]
    if len(given) != 1:
        raise Fault("InvalidParameterException", f"Exactly one of {', '.join(names)} must be specified.")
    return parameters[given[0]]
