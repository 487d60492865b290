"""A bucket's notifications: what S3 tells whom about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {"LambdaFunctionConfigurations": "LambdaFunctionArn", "QueueConfigurations": "QueueArn",
         "TopicConfigurations": "TopicArn"}  # fmt: skip


@dataclass(frozen=True)
class Notification:
    """One notification of a bucket; `target` is the ARN of what is told."""

    id: str
    target: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""

    @property
    def function(self) -> str:
        """The function's name; empty for a queue or a topic."""
        return self.target.partition(":function:")[2].partition(":")[0]

    @property
    def name(self) -> str:
        """The target's name."""
        return self.function or self.target.rpartition(":")[2]


def read(configuration: Mapping[str, Any]) -> tuple[Notification, ...]:
    """Return the notifications of a configuration."""
    return tuple(
        _notification(one, one[arn]) for kind, arn in KINDS.items() for one in configuration.get(kind, ()) if arn in one
    )


def _notification(one: Mapping[str, Any], target: str) -> Notification:
    rules = {
        rule["Name"].lower(): rule.get("Value", "")
        for rule in one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    }
    return Notification(
        one.get("Id", ""), target, tuple(one["Events"]), rules.get("prefix", ""), rules.get("suffix", "")
    )
