"""Whether a resource's policy lets an AWS service in: S3 or API Gateway calling a Lambda function. Pure.

A statement with what is not understood here (an operator, NotPrincipal, a key of the call that is not known) never
lets anyone in, and a Deny of that kind shuts everyone out.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SERVICE = re.compile(r"[a-z0-9-]+\.amazonaws\.com")
_NOT_UNDERSTOOD = {"NotPrincipal", "NotAction", "NotResource"}


@dataclass(frozen=True)
class Caller:
    """Who calls: a service (`apigateway.amazonaws.com`), on behalf of what (an ARN, `s3` gives the bucket's), whose.

    `resource` is the function's ARN, where statements for other qualifiers are to be left aside; empty: not compared.
    """

    service: str
    source_arn: str = ""
    source_account: str = ""
    resource: str = ""
    action: str = "lambda:InvokeFunction"

    def keys(self) -> dict[str, str]:
        """Return the keys that a condition may compare, those that the call does not have left out."""
        known = {"aws:sourcearn": self.source_arn, "aws:sourceaccount": self.source_account}
        return {name: value for name, value in known.items() if value}


def allows(policy: Mapping[str, Any] | None, caller: Caller) -> bool:
    """Whether the policy document (as GetPolicy gives it, parsed; None: there is none) lets the caller in."""
    applying = [statement for statement in _listed((policy or {}).get("Statement")) if _applies(statement, caller)]
    effects = {statement.get("Effect") for statement in applying}
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], caller: Caller) -> bool:
    deny = statement.get("Effect") == "Deny"
    if _NOT_UNDERSTOOD & set(statement):
        return deny
    resources = [str(one) for one in _listed(statement.get("Resource"))]
    return (
        _named(statement.get("Principal"), caller.service)
        and any(_like(str(action).lower(), caller.action.lower()) for action in _listed(statement.get("Action")))
        and (not caller.resource or any(_like(one, caller.resource) for one in resources))
        and all(_met(*test, caller, deny=deny) for test in _tests(statement.get("Condition")))
    )


def _named(principal: Any, service: str) -> bool:
    if isinstance(principal, Mapping):
        return service in _listed(principal.get("Service")) or "*" in _listed(principal.get("AWS"))
    # GetPolicy shows a service as a map; AddPermission with "*" shows the text.
    return principal == "*" or (bool(_SERVICE.fullmatch(service)) and principal == service)


def _tests(condition: Any) -> Iterator[tuple[str, str, list[str]]]:
    """Yield operator, key and wanted values of a Condition element."""
    for operator, keys in (condition or {}).items():
        for key, values in keys.items():
            yield operator, key.lower(), [str(value) for value in _listed(values)]


def _met(operator: str, key: str, wanted: list[str], caller: Caller, *, deny: bool) -> bool:
    found = caller.keys().get(key)
    name, if_exists = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    if name == "Null":
        return any((found is None) == (value.lower() == "true") for value in wanted)
    compare = _OPERATORS.get(name)
    if compare is None:
        return deny
    negative = "Not" in name
    if found is None:
        # A key that is not there meets only what asks for a difference, and IfExists.
        return negative or if_exists
    return any(compare(value, found) for value in wanted) != negative


def _like(pattern: str, text: str) -> bool:
    """Compare with * and ? as IAM does."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _arn_like(pattern: str, text: str) -> bool:
    """Compare ARNs part by part: a star in one part never reaches into the next."""
    wanted, found = pattern.split(":", 5), text.split(":", 5)
    return pattern == "*" or (len(wanted) == len(found) and all(map(_like, wanted, found)))


def _same(wanted: str, found: str) -> bool:
    return wanted == found


def _same_letters(wanted: str, found: str) -> bool:
    return wanted.lower() == found.lower()


_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_letters,
    "StringLike": _like,
    "ArnLike": _arn_like,
    "ArnEquals": _arn_like,
}
_OPERATORS = {
    **_POSITIVE,
    **{name.replace("String", "StringNot").replace("Arn", "ArnNot"): made for name, made in _POSITIVE.items()},
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
