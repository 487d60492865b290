"""A function's resource policy: who may invoke it, in words."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

SERVICES = {
    "s3.amazonaws.com": "S3", "apigateway.amazonaws.com": "API Gateway", "events.amazonaws.com": "EventBridge",
    "sns.amazonaws.com": "SNS", "logs.amazonaws.com": "CloudWatch Logs", "cognito-idp.amazonaws.com": "Cognito",
    "elasticloadbalancing.amazonaws.com": "A load balancer", "iot.amazonaws.com": "IoT", "*": "Anybody",
}  # fmt: skip


@dataclass(frozen=True)
class Permission:
    """One statement: who may do what, and only from where."""

    sid: str
    who: str
    action: str
    source: str = ""
    account: str = ""
    other: str = ""
    effect: str = "Allow"

    @property
    def open(self) -> bool:
        """Whether a whole service, or anybody, may invoke it from any account."""
        narrow = self.source or self.account or self.other
        return self.effect == "Allow" and not narrow and (self.who == "Anybody" or self.who in SERVICES.values())


@dataclass(frozen=True)
class Policy:
    """The permissions, or why they are not known; `revision` guards a change."""

    permissions: tuple[Permission, ...] = ()
    revision: str = ""
    unread: str = ""


def get(client: Any, name: str) -> Policy:
    """Return a function's policy; one without any is empty."""
    try:
        answer = client.get_policy(FunctionName=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            return Policy()
        return Policy(unread=error.response["Error"].get("Message", "") or str(error))
    document = json.loads(answer["Policy"])
    return Policy(tuple(map(_permission, document.get("Statement", []))), answer.get("RevisionId", ""))


def _permission(one: dict[str, Any]) -> Permission:
    conditions = {
        key.lower(): str(value[0] if isinstance(value, list) else value)
        for pairs in one.get("Condition", {}).values()
        for key, value in pairs.items()
    }
    source, account = conditions.pop("aws:sourcearn", ""), conditions.pop("aws:sourceaccount", "")
    other = ", ".join(f"{key} {value}" for key, value in conditions.items())
    return Permission(one.get("Sid", ""), _who(one.get("Principal")), str(one.get("Action", "")), source, account,
                      other,                      one.get("Effect", "Allow"))  # fmt: skip


def _who(principal: Any) -> str:
    if isinstance(principal, dict):
        principal = principal.get("Service") or principal.get("AWS") or principal
    return SERVICES.get(str(principal), str(principal))


def remove(client: Any, name: str, sid: str) -> None:
    """Remove a permission."""
    client.remove_permission(FunctionName=name, StatementId=sid)
